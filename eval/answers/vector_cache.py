"""An embedder that remembers, in a file, what the real one made of each text: an unchanged text is embedded once."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from domain.search.ports import Embedder

_KEY_BYTES = 32


class RememberingEmbedder:
    """Implements Embedder. Questions are embedded anew each time: their cost belongs to the measure."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._size = 4 * embedder.dimension
        name = hashlib.sha256(f"{embedder.model}/{embedder.dimension}".encode()).hexdigest()[:16]
        self._file = folder / f"vectors-{name}.bin"
        self._known = self._read()

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return await self._embedder.embed_query(text)

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if fresh:
            vectors = await self._embedder.embed_spans(list(fresh.values()))
            made = {key: vectors[at * self._size : (at + 1) * self._size] for at, key in enumerate(fresh)}
            self._known |= made
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("ab") as file:
                file.write(b"".join(key + vector for key, vector in made.items()))
        return b"".join(self._known[key] for key in keys)

    def _read(self) -> dict[bytes, bytes]:
        content = self._file.read_bytes() if self._file.is_file() else b""
        step = _KEY_BYTES + self._size
        # A run that was cut off may have left half a record, after which nothing can be told apart.
        if len(content) % step:
            self._file.unlink()
            return {}
        return {
            content[at : at + _KEY_BYTES]: content[at + _KEY_BYTES : at + step] for at in range(0, len(content), step)
        }
