"""The boosts of a tenant near the worker: a turn should not pay a query for what changes once a day."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from domain.feedback.ports import DocumentBoosts

FRESH_SECONDS: Final = 5.0
_MAX_TENANTS: Final = 1_000


class BoostCache:
    """Implements DocumentBoosts; what it says is at most ``fresh_seconds`` old."""

    def __init__(
        self,
        source: DocumentBoosts,
        fresh_seconds: float = FRESH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._fresh_seconds = fresh_seconds
        self._monotonic = monotonic
        self._known: dict[UUID, tuple[float, Mapping[UUID, float]]] = {}

    async def active_boosts(self, tenant_id: UUID) -> Mapping[UUID, float]:
        """Raises DatabaseUnavailableError."""
        now = self._monotonic()
        read_at, boosts = self._known.get(tenant_id, (float("-inf"), {}))
        if now - read_at < self._fresh_seconds:
            return boosts
        boosts = await self._source.active_boosts(tenant_id)
        if len(self._known) >= _MAX_TENANTS:
            self._known.clear()
        self._known[tenant_id] = (now, boosts)
        return boosts
