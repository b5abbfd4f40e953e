"""Feature hashing of words: no model and no meaning, but fast and the same everywhere. For tests and development."""

import asyncio
import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np

from adapters.embedders.vectors import Vectors, normalised, to_bytes, to_tuple

_WORD: Final = re.compile(r"\w+")
_STEM_CHARACTERS: Final = 5


class HashEmbedder:
    """Texts are as near to each other as they share words, or beginnings of words."""

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 8:
            raise ValueError("the dimension must be at least 8")
        self._dimension = dimension

    @property
    def model(self) -> str:
        return f"hash-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return self.embed_query_sync(text)

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        # Many texts take long enough to be missed by an event loop.
        return await asyncio.to_thread(self.embed_spans_sync, texts)

    def embed_query_sync(self, text: str) -> tuple[float, ...]:
        return to_tuple(self._embed([text])[0])

    def embed_spans_sync(self, texts: Sequence[str]) -> bytes:
        return to_bytes(self._embed(texts))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.casefold()):
                self._add(vectors[row], word)
                self._add(vectors[row], word[:_STEM_CHARACTERS] + "…")
            if not vectors[row].any():
                # Cosine distance is undefined for a vector of zeros.
                vectors[row, 0] = 1.0
        return normalised(vectors)

    def _add(self, vector: Vectors, feature: str) -> None:
        hashed = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
        vector[(hashed >> 1) % self._dimension] += 1.0 if hashed & 1 else -1.0
