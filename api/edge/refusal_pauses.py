"""Whoever is refused again and again waits a little before the next request is read.

A refused request costs little, but a client that repeats it as fast as it can fills the one thread that serves
everybody. A pause costs nothing, and nobody is shut out by it: not even those who share an address with a guesser of
keys, because a key that was accepted before is counted by itself.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.wire.limits import peer_of

REFUSED: Final = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429})
MAX_PAUSE_SECONDS: Final = 5.0
_BURST: Final = 50
"""Refused requests in a row before the first pause."""
_PAUSE_PER_REFUSAL: Final = 0.1
_MAX_COUNTED: Final = _BURST + MAX_PAUSE_SECONDS / _PAUSE_PER_REFUSAL
_MAX_REMEMBERED: Final = 10_000
_CREDENTIALS: Final = (b"authorization", b"x-api-key")


@dataclass
class _Count:
    refusals: float
    at: float


class Refusals:
    """How often each caller was refused of late; ``per_second`` of them are forgotten each second."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def pause(self, caller: str) -> float:
        """How many seconds the caller's next request waits."""
        found = self._counts.get(caller)
        if found is None:
            return 0.0
        return min(MAX_PAUSE_SECONDS, max(0.0, self._current(found) - _BURST) * _PAUSE_PER_REFUSAL)

    def add(self, caller: str) -> None:
        found = self._counts.pop(caller, None)
        refusals = 0.0 if found is None else self._current(found)
        self._counts[caller] = _Count(min(refusals + 1, _MAX_COUNTED), time.monotonic())
        if len(self._counts) > _MAX_REMEMBERED:
            self._counts.popitem(last=False)

    def _current(self, count: _Count) -> float:
        return max(0.0, count.refusals - (time.monotonic() - count.at) * self._per_second)


class RefusalPauses:
    """Pure ASGI middleware. A caller is a key that was accepted before, or else the peer."""

    def __init__(self, app: ASGIApp, refusals_per_second: float) -> None:
        self._app = app
        self._refusals = Refusals(refusals_per_second)
        self._accepted: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        key = _key_of(scope)
        caller = key if key in self._accepted else _peer_of(scope)
        if pause := self._refusals.pause(caller):
            # Before a byte of the body is read, so that whoever waits holds no memory.
            await asyncio.sleep(pause)
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, key, status)

    def _note(self, scope: Scope, key: str, status: int) -> None:
        is_accepted = scope.get("state", {}).get("principal") is not None
        if is_accepted:
            self._accepted[key] = None
            self._accepted.move_to_end(key)
            if len(self._accepted) > _MAX_REMEMBERED:
                self._accepted.popitem(last=False)
        if status in REFUSED:
            self._refusals.add(key if is_accepted else _peer_of(scope))


def _key_of(scope: Scope) -> str:
    """A digest of what the request presents as its key."""
    presented = b"\n".join(value for name, value in scope["headers"] if name in _CREDENTIALS)
    return hashlib.blake2b(presented, digest_size=16).hexdigest()


def _peer_of(scope: Scope) -> str:
    client = scope.get("client")
    return peer_of(client[0]) if client else ""
