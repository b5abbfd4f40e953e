"""Slots that tenants share: none of them can keep the others waiting for long."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

_Queue = deque[asyncio.Future[None]]


class FairSlots:
    """At most ``total`` holders at once, of whom at most ``per_owner`` belong to one owner (a tenant's id).

    A free slot goes to the waiting owner that holds the fewest, and among equals to the one served longest ago; within
    an owner, first come, first served. One event loop only.
    """

    def __init__(self, total: int, per_owner: int | Callable[[], int] | None = None) -> None:
        """``per_owner`` may be a share that changes: it is asked whenever a slot is handed out."""
        if total < 1 or (isinstance(per_owner, int) and per_owner < 1):
            raise ValueError("there must be at least one slot")
        self._free = total
        self._share: Final = per_owner if callable(per_owner) else partial(min, total, per_owner or total)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, _Queue] = {}
        self._rounds = 0
        self._served: dict[str, int] = {}
        """The round in which an owner that waits or holds was last served."""

    def waiting(self, owner: str) -> int:
        """How many of ``owner`` wait for a slot now."""
        return len(self._waiting.get(owner, ()))

    @asynccontextmanager
    async def slot(self, owner: str) -> AsyncIterator[None]:
        """Hold one slot for the length of the context, after waiting for it."""
        await self.acquire(owner)
        try:
            yield
        finally:
            self.release(owner)

    async def acquire(self, owner: str) -> None:
        """Wait for a slot; whoever got one gives it back with ``release``."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(turn)
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # Cancelled between being given the slot and taking it.
                self.release(owner)
            else:
                self._forget(owner, turn)
            raise

    def release(self, owner: str) -> None:
        self._held[owner] -= 1
        self._free += 1
        self._hand_out()
        self._forget_if_idle(owner)

    def _hand_out(self) -> None:
        while self._free and (owner := self._next_owner()) is not None:
            turn = self._waiting[owner].popleft()
            if not turn.done():
                self._free -= 1
                self._held[owner] += 1
                self._rounds += 1
                self._served[owner] = self._rounds
                turn.set_result(None)
            self._forget_if_idle(owner)

    def _next_owner(self) -> str | None:
        share = self._share()
        may = [owner for owner in self._waiting if self._held[owner] < share]
        return min(may, key=lambda owner: (self._held[owner], self._served.get(owner, 0)), default=None)

    def _forget(self, owner: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(owner)
        if queue is not None and turn in queue:
            queue.remove(turn)
        self._forget_if_idle(owner)

    def _forget_if_idle(self, owner: str) -> None:
        if not self._waiting.get(owner):
            self._waiting.pop(owner, None)
            if not self._held[owner]:
                del self._held[owner]
                self._served.pop(owner, None)
