"""Artifacts of a store that does not find at once what was stored a moment ago."""

from pathlib import Path

import pytest

from activities.ingest.artifacts import load_bytes, load_file, store_bytes, stored_size
from domain.knowledge.errors import ArtifactMissingError
from tests.unit.activities.fakes import MemoryObjectStore

KEY = "tenant/derived/version/document.json"


class SlowStore(MemoryObjectStore):
    """Finds nothing the first ``misses`` times."""

    def __init__(self, misses: int) -> None:
        super().__init__()
        self.misses = misses

    async def get(self, key: str) -> bytes:
        if self._misses():
            raise ArtifactMissingError("There is no such object.", key=key)
        return await super().get(key)

    async def size(self, key: str) -> int | None:
        return None if self._misses() else await super().size(key)

    def _misses(self) -> bool:
        self.misses -= 1
        return self.misses >= 0


async def test_what_is_found_a_moment_later_is_loaded(tmp_path: Path) -> None:
    store = SlowStore(misses=2)
    reference = await store_bytes(store, KEY, b"content")

    assert await load_bytes(store, reference) == b"content"

    store.misses = 2
    await load_file(store, reference, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"content"

    store.misses = 2
    assert await stored_size(store, KEY) == 7


async def test_what_stays_away_is_missing(tmp_path: Path) -> None:
    store = SlowStore(misses=99)
    reference = await store_bytes(store, KEY, b"content")

    for looked_for in (
        load_bytes(store, reference),
        load_file(store, reference, tmp_path / "x"),
        stored_size(store, KEY),
    ):
        with pytest.raises(ArtifactMissingError):
            await looked_for
