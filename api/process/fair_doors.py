"""Doors at which the requests of one tenant wait for each other, so that another's do not wait for them.

What is computed at once is bounded, and divided among the tenants that are there. The rest of a tenant's requests stand
in line, and those beyond the line are refused, to retry later. Other tenants go past.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from domain.limits.errors import TooManyRequestsError
from domain.limits.fair_slots import FairSlots

_MAX_WAITING: Final = 200
_WAIT_SECONDS: Final = 15.0
HELD_SECONDS: Final = 8.0
"""Whatever takes longer waits for somebody else's system. Shorter would let a crowd in that is itself the reason."""
_PRESENT_SECONDS: Final = 60.0
"""A tenant counts among those that share for so long after its last request."""
_TENANTS: Final = 16
"""Beyond so many tenants with a request inside, even those that have none wait in line."""


class Door(StrEnum):
    TURNS = "turns"
    """Questions and searches: the chat workers compute for them."""
    UPLOADS = "uploads"
    """Bodies on their way to the object store."""
    REQUESTS = "requests"
    """Everything else."""


class FairDoor:
    """At most ``at_once`` requests of one tenant inside, fewer while other tenants are there, but always one.

    Each holds its place for at most ``held_seconds``; then the next comes in, though the first may go on.
    """

    def __init__(
        self,
        at_once: int,
        *,
        max_waiting: int = _MAX_WAITING,
        wait_seconds: float = _WAIT_SECONDS,
        held_seconds: float | None = HELD_SECONDS,
    ) -> None:
        self._slots = FairSlots(max(at_once, _TENANTS), self._share)
        self._at_once = at_once
        self._seen: OrderedDict[str, float] = OrderedDict()
        """When each tenant was here last, the longest ago first."""
        self._max_waiting = max_waiting
        self._wait_seconds = wait_seconds
        self._held_seconds = held_seconds

    @asynccontextmanager
    async def entered(self, tenant_id: UUID) -> AsyncIterator["Place"]:
        """A place inside for the length of the context. Raises TooManyRequestsError when the line is too long, or does
        not move."""
        owner = str(tenant_id)
        self._seen[owner] = time.monotonic()
        self._seen.move_to_end(owner)
        if self._slots.waiting(owner) >= self._max_waiting:
            raise _too_many()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire(owner)
        except TimeoutError:
            raise _too_many() from None
        place = Place(self._slots, owner, self._held_seconds)
        try:
            yield place
        finally:
            place.leave_unless_kept()

    def _share(self) -> int:
        long_ago = time.monotonic() - _PRESENT_SECONDS
        while self._seen and next(iter(self._seen.values())) <= long_ago:
            self._seen.popitem(last=False)
        return max(1, self._at_once // max(1, len(self._seen)))


class Place:
    """One request's place inside a door."""

    def __init__(self, slots: FairSlots, owner: str, held_seconds: float | None) -> None:
        self._slots = slots
        self._owner = owner
        self._inside = True
        self._keeper: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._timer = None if held_seconds is None else loop.call_later(held_seconds, self._leave)

    def keep_until(self, work: Coroutine[Any, Any, object]) -> None:
        """Stay inside while ``work`` runs, after the request was answered too."""
        self._keeper = asyncio.create_task(self._hold(work))

    def leave_unless_kept(self) -> None:
        if self._keeper is None:
            self._leave()

    async def _hold(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except Exception:  # noqa: BLE001, S110 - only when it ends matters here; its outcome is read elsewhere
            pass
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._slots.release(self._owner)
        if self._timer is not None:
            self._timer.cancel()


def build_doors(turns_at_once: int) -> Mapping[Door, FairDoor]:
    """``turns_at_once``: questions and searches that are computed at once."""
    return {
        Door.TURNS: FairDoor(turns_at_once),
        # They come as fast as the client sends, which is bounded elsewhere: no time bounds a place.
        Door.UPLOADS: FairDoor(2 * turns_at_once, held_seconds=None),
        Door.REQUESTS: FairDoor(turns_at_once),
    }


def _too_many() -> TooManyRequestsError:
    return TooManyRequestsError(
        "Your organisation has too many concurrent requests. Retry after a moment with the same Idempotency-Key, "
        "and send fewer at once."
    )
