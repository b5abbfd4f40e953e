"""Doors at which the requests of one tenant wait for each other, so that they do not wait before another's.

What a machine computes at once for one tenant is bounded; the rest of that tenant's requests stand in line, and those
beyond the line are told to come back. Other tenants go past.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from fastapi import Request

from domain.errors import TooManyRequestsError
from domain.fair_slots import FairSlots

_MAX_WAITING: Final = 200
_WAIT_SECONDS: Final = 15.0
_HELD_SECONDS: Final = 2.0
"""What a step may compute is bounded well below; whatever takes longer waits for somebody else's system."""
_TENANTS: Final = 16
"""How many tenants may have their full share at once."""


class Door(StrEnum):
    TURNS = "turns"
    """Questions and searches: the chat workers compute for them."""
    UPLOADS = "uploads"
    """Bodies on their way to the object store."""
    REQUESTS = "requests"
    """Everything else."""


class FairDoor:
    """At most ``per_tenant`` requests of one tenant inside, each for at most ``held_seconds``; then the next comes in,
    though the first may go on."""

    def __init__(
        self,
        per_tenant: int,
        *,
        max_waiting: int = _MAX_WAITING,
        wait_seconds: float = _WAIT_SECONDS,
        held_seconds: float | None = _HELD_SECONDS,
    ) -> None:
        self._slots = FairSlots(per_tenant * _TENANTS, per_tenant)
        self._max_waiting = max_waiting
        self._wait_seconds = wait_seconds
        self._held_seconds = held_seconds

    @asynccontextmanager
    async def entered(self, tenant_id: UUID) -> AsyncIterator["Place"]:
        """A place inside for the length of the context. Raises TooManyRequestsError when the line is too long, or does
        not move."""
        owner = str(tenant_id)
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
        self._keeper = asyncio.create_task(self._kept(work))

    def leave_unless_kept(self) -> None:
        if self._keeper is None:
            self._leave()

    async def _kept(self, work: Coroutine[Any, Any, object]) -> None:
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
    """``turns_at_once``: questions and searches that one tenant has computed at once."""
    return {
        Door.TURNS: FairDoor(turns_at_once),
        # They come as fast as the client sends, which is bounded elsewhere: no time bounds a place.
        Door.UPLOADS: FairDoor(max(4, turns_at_once), held_seconds=None),
        Door.REQUESTS: FairDoor(2 * turns_at_once),
    }


def doors_of(request: Request) -> Mapping[Door, FairDoor]:
    """The doors that the application was built with."""
    return cast(Mapping[Door, FairDoor], request.app.state.doors)


def _too_many() -> TooManyRequestsError:
    return TooManyRequestsError(
        "Your organisation has too many requests under way. Repeat this one after a moment, with the same "
        "Idempotency-Key, and send fewer at once."
    )
