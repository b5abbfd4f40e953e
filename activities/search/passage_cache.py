"""Passage texts near the worker, so that they never travel through a history."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from domain.base import sha256_of
from domain.search.ports import PassageTexts
from domain.search.retrieval import RetrievedPassage

CAPACITY: Final = 2_048


class PassageTextCache:
    """A bounded least-recently-used cache keyed by tenant, passage id and text hash; misses cost one query."""

    def __init__(self, source: PassageTexts, capacity: int = CAPACITY) -> None:
        self._source = source
        self._capacity = capacity
        self._texts: OrderedDict[tuple[UUID, UUID, str], str] = OrderedDict()

    async def texts(self, tenant_id: UUID, passages: Iterable[RetrievedPassage]) -> dict[UUID, str]:
        """Texts by passage id; a passage that was erased, or is not what was found, is missing."""
        found: dict[UUID, str] = {}
        missing: dict[UUID, str] = {}
        for passage in passages:
            key = (tenant_id, passage.passage_id, passage.text_sha256)
            if key in self._texts:
                self._texts.move_to_end(key)
                found[passage.passage_id] = self._texts[key]
            else:
                missing[passage.passage_id] = passage.text_sha256
        if missing:
            for passage_id, text in (await self._source.passage_texts(tenant_id, list(missing))).items():
                sha256 = sha256_of(text)
                self._keep((tenant_id, passage_id, sha256), text)
                if sha256 == missing.get(passage_id):
                    found[passage_id] = text
        return found

    def _keep(self, key: tuple[UUID, UUID, str], text: str) -> None:
        self._texts[key] = text
        if len(self._texts) > self._capacity:
            self._texts.popitem(last=False)
