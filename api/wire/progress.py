"""How far a connection's request has come, and whether that is too slow or leads nowhere. Times are the loop's."""

import math
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.wire.limits import HttpLimits
from api.wire.refusals import MAX_HEAD_BYTES

# Pieces of a body that may come in whatever size; of more the mean has to be as large as this.
_FREE_PIECES: Final = 2_000
_MIN_PIECE_BYTES: Final = 16
_SHORT_BODY_BYTES: Final = 64 * 1024


class Incoming:
    """One request as its application needs to know it: whether all of it is there, or soon will be."""

    def __init__(self, announced_bytes: int | None = None) -> None:
        self.is_whole = False
        self._is_short = announced_bytes is not None and announced_bytes <= _SHORT_BODY_BYTES

    def around(self, app: ASGIApp) -> ASGIApp:
        """``app``, which says so when it answers before a long request came: nothing behind it will be read. The rest
        of a short one is thrown away, and the connection serves the next."""

        async def answering(scope: Scope, receive: Receive, send: Send) -> None:
            async def saying(message: Message) -> None:
                if message["type"] == "http.response.start" and not (self.is_whole or self._is_short):
                    message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
                await send(message)

            await app(scope, receive, saying)

        return answering


class Progress:
    def __init__(self, limits: HttpLimits, now: float) -> None:
        self._limits = limits
        self.incoming = Incoming()
        self.in_head = True
        self.has_begun = False
        self._head_bytes = 0
        self._since = now
        self._body_bytes = self._pieces = self._beside_body = 0
        self._checked_at = now
        self._write_due = math.inf
        self._closing_at = math.inf
        self._discarded = 0
        self._served_one = False

    @property
    def is_between_requests(self) -> bool:
        """Whether nothing of a request is missing, for all of it is there or none has begun."""
        return self.in_head and not self.has_begun

    def received(self, size: int, now: float) -> None:
        """The parser keeps an unfinished header to itself, so what came in is counted, not what it told. Data that ends
        a request is its body's; of what follows it only the next data counts."""
        if self.in_head:
            self.begin(now)
            self._head_bytes += size
        else:
            self._beside_body += size

    def begin(self, now: float) -> None:
        """The first request's time began when the connection was made."""
        if not self.has_begun:
            self.has_begun = True
            self._since = now if self._served_one else self._since

    def head_done(self, now: float, announced_bytes: int | None) -> None:
        """``announced_bytes`` is the length of the body; None for one in chunks."""
        self.in_head = False
        self.incoming = Incoming(announced_bytes)
        self._since = self._checked_at = now
        self._body_bytes = self._pieces = self._beside_body = 0

    def body(self, size: int) -> None:
        self._body_bytes += size
        self._pieces += 1
        self._beside_body = 0

    def complete(self) -> None:
        self.incoming.is_whole = self._served_one = self.in_head = True
        self.has_begun = False
        self._head_bytes = 0

    @property
    def is_head_too_large(self) -> bool:
        return self.in_head and self._head_bytes > MAX_HEAD_BYTES

    @property
    def is_too_little_body(self) -> bool:
        """Trailers or chunk extensions without end, or a body in tiny pieces, each of which costs as much as a large
        one."""
        if self.in_head:
            return False
        in_crumbs = self._pieces > _FREE_PIECES and self._body_bytes < self._pieces * _MIN_PIECE_BYTES
        return in_crumbs or self._beside_body > MAX_HEAD_BYTES

    def is_head_late(self, now: float, is_answering: bool) -> bool:
        """A connection between two requests is left to the time for keeping alive."""
        if not self.in_head or (self._served_one and not self.has_begun):
            return False
        if is_answering:
            # The next request came while this one is answered: its time begins afterwards.
            self._since = now
        return now - self._since > self._limits.head_seconds

    def is_body_late(self, now: float, waits_for_us: bool) -> bool:
        if self.in_head:
            return False
        if waits_for_us:
            self._since += now - self._checked_at
        self._checked_at = now
        allowed = self._limits.body_seconds + self._body_bytes / self._limits.min_bytes_per_second
        return now - self._since > allowed

    def write_paused(self, now: float, waiting_bytes: int) -> None:
        allowed = self._limits.write_seconds + waiting_bytes / self._limits.min_bytes_per_second
        self._write_due = now + allowed

    def write_resumed(self) -> None:
        self._write_due = math.inf

    def is_write_late(self, now: float) -> bool:
        return now > self._write_due

    def closing(self, now: float) -> None:
        self._closing_at = now

    def is_closed_too_long(self, now: float) -> bool:
        """What was written has to be taken, and what still comes is thrown away, within their times."""
        allowed = self._limits.write_seconds if self.is_between_requests else self._limits.linger_seconds
        may_write = now < self._write_due < math.inf
        return now > self._closing_at + allowed and not may_write

    def discard(self, size: int) -> bool:
        """Throw away what comes while the connection closes; True when that was enough."""
        self._discarded += size
        return self._discarded > self._limits.linger_bytes
