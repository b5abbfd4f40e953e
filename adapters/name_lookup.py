"""Looking names up without letting a name server that hangs hold up anything else.

The system's resolver cannot be interrupted: a look-up that hangs keeps its thread for as long as the system likes. So
look-ups have threads of their own, and whoever has caused several that still hang gets no more.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

MAX_LOOK_UPS: Final = 16
MAX_LOOK_UPS_PER_CALLER: Final = 2

Resolver = Callable[[str, int], Sequence[str]]
"""Looks a host up: the addresses that it stands for."""


class TooManyLookUpsError(OSError):
    """Earlier look-ups of the same caller still hang."""


class NameLookup:
    """One event loop only; ``close`` leaves threads that hang to themselves."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._threads = ThreadPoolExecutor(MAX_LOOK_UPS, thread_name_prefix="look-up")
        self._pending: dict[tuple[str, int], Future[Sequence[str]]] = {}
        self._held: Counter[str] = Counter()

    async def addresses(self, caller: str, host: str, port: int, *, timeout_seconds: float) -> Sequence[str]:
        """Raises OSError, TimeoutError and UnicodeError. Who asks for what is being looked up waits for that."""
        pending = self._pending.get((host, port))
        if pending is None:
            if self._held[caller] >= MAX_LOOK_UPS_PER_CALLER:
                raise TooManyLookUpsError
            pending = self._start(caller, host, port)
        async with asyncio.timeout(timeout_seconds):
            return await asyncio.shield(asyncio.wrap_future(pending))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start(self, caller: str, host: str, port: int) -> Future[Sequence[str]]:
        self._held[caller] += 1
        loop = asyncio.get_running_loop()
        pending = self._threads.submit(self._resolver, host, port)
        self._pending[host, port] = pending

        def ended(_: Future[Sequence[str]]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._forget, caller, host, port)

        pending.add_done_callback(ended)
        return pending

    def _forget(self, caller: str, host: str, port: int) -> None:
        self._pending.pop((host, port), None)
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The system's own: it also reads decimal, octal and hexadecimal forms, so those are checked as what they mean."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
