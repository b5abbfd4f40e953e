"""Passages of made-up words whose frequencies are those of real texts, with clustered random unit vectors.

Words are drawn by Zipf-Mandelbrot; a passage has some 120 of them. The vectors say nothing about the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from domain.knowledge.dataset import Dataset
from domain.knowledge.passage import Passage, PassageSet, Span
from domain.knowledge.publication import Publication
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for

MODEL: Final = "synthetic-384"
DIMENSION: Final = 384
_VOCABULARY: Final = 50_000
_CLUSTERS: Final = 400
_MEAN_WORDS: Final = 120


@dataclass
class Corpus:
    """Deals passages and questions from one seed; keeps what was dealt of each dataset, in order."""

    seed: int = 1
    texts: dict[UUID, list[str]] = field(default_factory=dict)
    vectors: dict[UUID, list[NDArray[np.float32]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng(self.seed)
        weights = 1 / (np.arange(_VOCABULARY) + 30.0)
        self._weights = weights / weights.sum()
        self._centres = self._chance.normal(size=(_CLUSTERS, DIMENSION))

    def publications(self, dataset: Dataset, passages: int, at_once: int) -> Iterator[Publication]:
        """Documents of ``at_once`` passages, one span each."""
        for start in range(0, passages, at_once):
            count = min(at_once, passages - start)
            texts, vectors = self._texts(count), self.unit_vectors(count)
            self.texts.setdefault(dataset.dataset_id, []).extend(texts)
            self.vectors.setdefault(dataset.dataset_id, []).append(vectors)
            yield publication_of(dataset, f"{uuid4()}.md", texts, vectors)

    def question(self, dataset_ids: Sequence[UUID]) -> str:
        """Three to eight words of one passage."""
        texts = self.texts[dataset_ids[int(self._chance.integers(len(dataset_ids)))]]
        words = texts[int(self._chance.integers(len(texts)))].split()
        return " ".join(self._chance.choice(words, int(self._chance.integers(3, 9))))

    def unit_vectors(self, count: int) -> NDArray[np.float32]:
        near = self._centres[self._chance.integers(_CLUSTERS, size=count)]
        vectors = near + self._chance.normal(scale=0.8, size=near.shape)
        unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def _texts(self, count: int) -> list[str]:
        lengths = np.clip(self._chance.lognormal(np.log(_MEAN_WORDS), 0.4, count).astype(int), 20, 600)
        drawn = self._chance.choice(_VOCABULARY, size=int(lengths.sum()), p=self._weights)
        ends = np.cumsum(lengths)
        return [" ".join(f"w{word}" for word in drawn[end - n : end]) for end, n in zip(ends, lengths, strict=True)]


def publication_of(dataset: Dataset, name: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> Publication:
    """A version whose passages are ``texts``, with one span and one vector each."""
    version = DocumentVersion(
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.dataset_id,
        document_id=document_id_for(dataset.tenant_id, dataset.dataset_id, name),
        version_id=uuid4(),
        external_key=name,
        artifact=SourceArtifact(key=name, sha256="0" * 64, size_bytes=1, media_type="text/markdown"),
        submitted_at=datetime.now(UTC),
        submitted_by="bench",
    )
    found, start = [], 0
    for ordinal, text in enumerate(texts):
        span = Span(start=start, end=start + len(text), text=text)
        found.append(Passage(ordinal=ordinal, start=start, end=span.end, section_heading="", text=text, spans=(span,)))
        start = span.end
    return Publication(
        version=version,
        passages=PassageSet(title="Synthetic", chunker="bench-1", passages=tuple(found)),
        model=MODEL,
        dimension=DIMENSION,
        embeddings=vectors.astype("<f4").tobytes(),
    )
