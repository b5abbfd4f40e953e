"""What one connection may cost, and how many there may be: of all peers together, and of each."""

import asyncio
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class HttpLimits:
    """Times are in seconds. ``max_connections`` has to leave file descriptors for everything else."""

    max_connections: int = 1_000
    max_connections_per_peer: int = 200
    # From the first byte of a request, or from connecting, to the end of its headers.
    head_seconds: float = 10.0
    # A body has this long, and more for each byte that has come.
    body_seconds: float = 20.0
    min_bytes_per_second: int = 2_000
    # What was written has to be taken in this time, and more for each byte that waits.
    write_seconds: float = 30.0
    # A request that was answered early is read on, and thrown away, so that its client gets to see the answer.
    linger_seconds: float = 2.0
    linger_bytes: int = 8 * 1024 * 1024
    sweep_seconds: float = 1.0


class Connection(Protocol):
    @property
    def is_idle(self) -> bool:
        """Whether it could be ended without ending a request that is being answered."""
        ...

    def end(self) -> None:
        """End it at once."""
        ...

    def check(self, now: float) -> None:
        """End it if it is late. ``now`` is the loop's time."""
        ...


class ConnectionTable:
    """The connections of a process, oldest first.

    Whoever has as many as one may have makes room for a new one by its own oldest idle one. When all places are taken
    room is made by the peer that has the most, so that nobody can shut the others out.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._by_peer: dict[str, dict[Connection, None]] = {}
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return self._count

    def admit(self, connection: Connection, address: str, loop: asyncio.AbstractEventLoop) -> bool:
        """Take a new connection in; False if there is no place for it, and none could be made."""
        peer = peer_of(address)
        own = self._by_peer.get(peer, {})
        if len(own) >= self.limits.max_connections_per_peer and not _end_oldest(own):
            return False
        if self._count >= self.limits.max_connections and not self._make_room():
            return False
        self._by_peer.setdefault(peer, {})[connection] = None
        self._count += 1
        if self._sweep is None:
            self._sweep = loop.call_later(self.limits.sweep_seconds, self._check_all, loop)
        return True

    def remove(self, connection: Connection, address: str) -> None:
        """Nothing happens if it is not there (any more)."""
        peer = peer_of(address)
        own = self._by_peer.get(peer, {})
        if connection in own:
            del own[connection]
            self._count -= 1
            if not own:
                del self._by_peer[peer]

    def _make_room(self) -> bool:
        by_size = sorted(self._by_peer.values(), key=len, reverse=True)
        return any(_end_oldest(own) for own in by_size)

    def _check_all(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [one for own in self._by_peer.values() for one in own]:
            connection.check(now)
        again = loop.call_later(self.limits.sweep_seconds, self._check_all, loop) if self._count else None
        self._sweep = again


def _end_oldest(connections: Iterable[Connection]) -> bool:
    oldest = next((one for one in connections if one.is_idle), None)
    if oldest is not None:
        oldest.end()
    return oldest is not None


def peer_of(address: str) -> str:
    """Who is behind an address: of IPv6 the network, for one host has as many addresses as it likes."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
