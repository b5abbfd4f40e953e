"""Reranking without anybody's service, by the embedding model that the process has loaded already.

A candidate's score is a sum of five figures, each brought to the same scale among the candidates: its fused score;
MaxSim over its tokens (Khattab and Zaharia, ColBERT, 2020), weighted by how rare the question's words are; the
cosine of its second nearest piece; how many pairs of the question's words stand in it side by side; and how near it
is to the best candidates (Rocchio's feedback). The weights were chosen on development sets: docs/adr.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from adapters.embedders.tokens import TokenReading, weighted_similarities
from adapters.rerankers.reading_cache import ReadingCache
from adapters.search.text_analysis import tokenise
from domain.knowledge.splitting import cuts_for, split
from domain.search.errors import RerankerUnavailableError
from domain.search.reranking import RerankCandidate, RerankerKind, RerankFault

VERSION: Final = "maxsim-1"
_PIECE_CHARACTERS: Final = 600
_PIECES_AT_ONCE: Final = 4
_FUSED, _MAXSIM, _SECOND, _PAIRS, _FEEDBACK = 0.6, 0.4, 0.2, 0.15, 0.2
_FEEDBACK_PASSAGES: Final = 3
_FEEDBACK_SHARE: Final = 1.0
Floats = NDArray[np.float32]


class TokenReader(Protocol):
    """What a reranker needs of an embedder."""

    @property
    def model(self) -> str: ...

    async def read_tokens(self, texts: Sequence[str]) -> list[TokenReading]: ...


@dataclass(frozen=True)
class PassageReading:
    """``tokens``: rows of all pieces; ``pieces``: their embeddings; ``pairs``: hashes of neighbouring terms, sorted."""

    tokens: NDArray[np.float16]
    pieces: Floats
    pairs: NDArray[np.uint32]

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + self.pieces.nbytes + self.pairs.nbytes


class LocalReranker:
    """Implements the port Reranker. ``seconds`` bounds a call, None does not; what a call read of the passages before
    its time was up, and what is read of them afterwards, is kept for the next one, ``cache_bytes`` in all (0.8 MB for
    a passage of 4,000 characters). For one event loop."""

    kind = RerankerKind.LOCAL

    def __init__(
        self, reader: TokenReader, *, seconds: float | None = 0.15, cache_bytes: int = 256 * 1024 * 1024
    ) -> None:
        self._reader = reader
        self._seconds = seconds
        self._cache: ReadingCache[PassageReading] = ReadingCache(cache_bytes)
        self._reading_on: asyncio.Task[list[PassageReading]] | None = None

    @property
    def model(self) -> str:
        return f"{self._reader.model}/{VERSION}"

    async def rerank(self, question: str, candidates: Sequence[RerankCandidate]) -> tuple[float, ...]:
        """A score in (0, 1) for each candidate. Raises RerankerUnavailableError when the time is up."""
        if not candidates:
            return ()
        try:
            async with asyncio.timeout(self._seconds):
                (asked,) = await self._reader.read_tokens([question])
                read = await self._read_all(candidates)
                return await asyncio.to_thread(_scores, question, asked, candidates, read)
        except TimeoutError:
            self._read_on(candidates)
            raise RerankerUnavailableError(RerankFault.TIMEOUT) from None

    async def close(self) -> None:
        """Stop reading on."""
        if self._reading_on is not None:
            self._reading_on.cancel()
            await asyncio.gather(self._reading_on, return_exceptions=True)

    def _read_on(self, candidates: Sequence[RerankCandidate]) -> None:
        """Read what the time was too short for, so that the next question about it finds it read. One at a time."""
        if self._reading_on is None or self._reading_on.done():
            self._reading_on = asyncio.create_task(self._read_all(candidates))

    async def _read_all(self, candidates: Sequence[RerankCandidate]) -> list[PassageReading]:
        return [await self._read(candidate) for candidate in candidates]

    async def _read(self, candidate: RerankCandidate) -> PassageReading:
        key = (candidate.passage.passage_id, candidate.passage.text_sha256)
        reading = self._cache.get(key)
        if reading is None:
            pieces = _pieces(candidate)
            # A few at a time: a question that comes meanwhile waits for no more than these.
            batches = [pieces[start : start + _PIECES_AT_ONCE] for start in range(0, len(pieces), _PIECES_AT_ONCE)]
            readings = [one for batch in batches for one in await self._reader.read_tokens(batch)]
            reading = _joined(readings, candidate.text)
            self._cache.put(key, reading)
        return reading


def _pieces(candidate: RerankCandidate) -> list[str]:
    """What the model can read at once, each below the passage's title and headings, as when it was embedded."""
    passage, text = candidate.passage, candidate.text
    above = "\n".join(filter(None, (passage.title, passage.section_heading)))
    ranges = split(text, 0, len(text), _PIECE_CHARACTERS, cuts_for("paragraph"))
    return [f"{above}\n{text[one.start : one.end].strip()}" for one in ranges] or [above]


def _joined(readings: Sequence[TokenReading], text: str) -> PassageReading:
    return PassageReading(
        tokens=np.concatenate([reading.tokens for reading in readings]),
        pieces=np.stack([reading.whole for reading in readings]),
        pairs=_pairs(text),
    )


def _pairs(text: str) -> NDArray[np.uint32]:
    hashes = {crc32(f"{one} {other}".encode()) for one, other in pairwise(tokenise(text))}
    return np.array(sorted(hashes), dtype=np.uint32)


def _scores(
    question: str, asked: TokenReading, candidates: Sequence[RerankCandidate], read: Sequence[PassageReading]
) -> tuple[float, ...]:
    cosines = [np.sort(reading.pieces @ asked.whole)[::-1] for reading in read]
    nearest = np.stack([reading.pieces[int(np.argmax(reading.pieces @ asked.whole))] for reading in read])
    wanted = _pairs(question)
    figures = (
        (_FUSED, [candidate.passage.scores.boosted for candidate in candidates]),
        (_MAXSIM, weighted_similarities(asked, [reading.tokens for reading in read])),
        (_SECOND, [float(each[min(1, len(each) - 1)]) for each in cosines]),
        (_PAIRS, [len(np.intersect1d(wanted, reading.pairs)) for reading in read]),
        (_FEEDBACK, nearest @ _moved(asked.whole, nearest[:_FEEDBACK_PASSAGES])),
    )
    total = sum(weight * _standardised(np.asarray(values, np.float32)) for weight, values in figures)
    return tuple(float(score) for score in 1 / (1 + np.exp(-np.asarray(total))))


def _moved(question: Floats, best: Floats) -> Floats:
    """The question's embedding, moved towards those of the best candidates."""
    moved: Floats = question + _FEEDBACK_SHARE * best.mean(axis=0)
    length = float(np.linalg.norm(moved)) or 1.0
    return (moved / length).astype(np.float32)


def _standardised(values: Floats) -> Floats:
    """Mean 0 and deviation 1 among the candidates; equal values say nothing."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-6 else np.zeros_like(values)
