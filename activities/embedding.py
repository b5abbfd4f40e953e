"""Embed the spans of a version, part by part, so that a crash costs one part and not the document."""

import hashlib
from typing import Final

from temporalio import activity

from activities.artifacts import ArtifactReference, derived_key, load_value, reference_to, store_bytes
from activities.heartbeat import heartbeating
from activities.progress import ProgressReport
from domain.base import Value
from domain.document import DocumentVersion, IngestStage, PassageSet
from domain.errors import ArtifactMissingError
from domain.ports import Embedder, IngestRepository, ObjectStore

SPANS_PER_PART: Final = 1_024
SPANS_PER_BATCH: Final = 128


class EmbedInput(Value):
    version: DocumentVersion
    passages: ArtifactReference


class Embedded(Value):
    """The vectors lie in ``parts`` in order, each of float32 numbers."""

    parts: tuple[ArtifactReference, ...]
    model: str
    dimension: int
    spans: int


class EmbeddingActivities:
    def __init__(self, store: ObjectStore, embedder: Embedder, ingests: IngestRepository) -> None:
        self._store = store
        self._embedder = embedder
        self._ingests = ingests

    @activity.defn
    async def embed_spans(self, given: EmbedInput) -> Embedded:
        """Resumable: parts that an earlier attempt stored are read back instead of computed again."""
        version = given.version
        report = ProgressReport(self._ingests, version, IngestStage.EMBED)
        parts: list[ArtifactReference] = []
        async with heartbeating() as heartbeat:
            passages = await load_value(self._store, given.passages, PassageSet)
            texts = [span.text for passage in passages.passages for span in passage.spans]
            await report.begin(len(texts))
            for start in range(0, len(texts), SPANS_PER_PART):
                number = start // SPANS_PER_PART
                key = derived_key(version.tenant_id, version.version_id, self._part_name(number))
                wanted = texts[start : start + SPANS_PER_PART]
                stored = await self._stored(key) if number < heartbeat.reached else None
                parts.append(stored or await store_bytes(self._store, key, await self._embed(wanted, start, report)))
                heartbeat.reach(number + 1)
            await report.finish({f"embeddings-{number}": part.key for number, part in enumerate(parts)})
        return Embedded(
            parts=tuple(parts),
            model=self._embedder.model,
            dimension=self._embedder.dimension,
            spans=len(texts),
        )

    def _part_name(self, number: int) -> str:
        """Names the model too: a part of another model, left by an earlier attempt, is never taken for this one's."""
        model = hashlib.sha256(f"{self._embedder.model}/{self._embedder.dimension}".encode()).hexdigest()[:8]
        return f"embeddings-{model}-{number}.f32"

    async def _stored(self, key: str) -> ArtifactReference | None:
        """An earlier attempt's part; None if that attempt had another model."""
        try:
            return reference_to(key, await self._store.get(key))
        except ArtifactMissingError:
            return None

    async def _embed(self, texts: list[str], before: int, report: ProgressReport) -> bytes:
        vectors = bytearray()
        for start in range(0, len(texts), SPANS_PER_BATCH):
            batch = texts[start : start + SPANS_PER_BATCH]
            vectors += await self._embedder.embed_spans(batch)
            await report.reach(before + start + len(batch))
        return bytes(vectors)
