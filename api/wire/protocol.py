"""HTTP on the wire: what cannot be parsed, and what has no end, is refused in the one error shape."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.wire.limits import ConnectionTable, HttpLimits
from api.wire.progress import Progress
from api.wire.refusals import FULL, HEAD_TOO_LARGE, MALFORMED, MAX_HEAD_BYTES, MAX_HEADERS, TOO_SLOW, Refusal
from api.wire.transport import ClosingTransport

# Requests that a client sends before it has the answers to those before them. Each is kept whole.
MAX_PIPELINED: Final = 8
# A length in bytes has no more digits, and Python refuses to read thousands of them.
_MAX_LENGTH_DIGITS: Final = 19


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which has no bounds for heads, trailers, times and connections, answers nonsense with plain
    text, and reads what is sent behind an answer."""

    def __init__(self, *args: Any, table: ConnectionTable | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = ConnectionTable(HttpLimits()) if table is None else table
        self._limits = self._table.limits
        self._refusal = MALFORMED
        self._progress = Progress(self._limits, self.loop.time())
        self._is_refused = False
        self._address = ""

    # The connection.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(ClosingTransport(transport, self._lingers))
        self._address = self.client[0] if self.client else ""
        if not self._table.admit(self, self._address, self.loop):
            self._is_refused = True
            self.transport.write(FULL.as_response())
            # No lingering: the place is needed now.
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._table.remove(self, self._address)
        super().connection_lost(exc)

    @property
    def is_idle(self) -> bool:
        return not self._is_answering

    def end(self) -> None:
        self._table.remove(self, self._address)
        self.transport.abort()

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _lingers(self) -> bool:
        """Called when the connection is closed from here: whether to read on for a while."""
        self._progress.closing(self.loop.time())
        lingers = not self._is_refused and not self._progress.is_between_requests
        if lingers:
            self.flow.resume_reading()
        return lingers

    def check(self, now: float) -> None:
        progress = self._progress
        if self.transport.is_closing():
            if progress.is_closed_too_long(now):
                self.transport.abort()
        elif progress.is_write_late(now):
            self.transport.abort()
        elif self._is_late(now):
            self._time_out()

    def _is_late(self, now: float) -> bool:
        if self._progress.is_head_late(now, self._is_answering):
            return True
        return self._progress.is_body_late(now, self.flow.read_paused or self._waits_for_us)

    @property
    def _waits_for_us(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.waiting_for_100_continue

    def _time_out(self) -> None:
        self._refusal = TOO_SLOW
        is_answered = not self._progress.in_head and not self._is_answering
        if self._progress.has_begun and not is_answered:
            self.send_400_response("")
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        self._progress.write_paused(self.loop.time(), self.transport.get_write_buffer_size())
        super().pause_writing()

    def resume_writing(self) -> None:
        self._progress.write_resumed()
        super().resume_writing()

    # What comes in.

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            if self._progress.discard(len(data)):
                self.transport.abort()
            return
        self._progress.received(len(data), self.loop.time())
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._progress.is_head_too_large:
            self._refuse(HEAD_TOO_LARGE)
        elif self._progress.is_too_little_body:
            self._refuse(MALFORMED)

    def on_message_begin(self) -> None:
        self._progress.begin(self.loop.time())
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._progress.in_head:
            # Trailers: nobody here reads them, and they must not become headers that were never checked.
            return
        if len(self.headers) >= MAX_HEADERS:
            self._give_up(HEAD_TOO_LARGE)
        if name.lower() == b"content-length" and len(value) > _MAX_LENGTH_DIGITS:
            self._give_up(MALFORMED)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            self._give_up(HEAD_TOO_LARGE)
        if len(self.pipeline) >= MAX_PIPELINED:
            self._give_up(MALFORMED)
        announced = [int(value) for name, value in self.headers if name == b"content-length"]
        self._progress.head_done(self.loop.time(), announced[0] if announced else None)
        self.app = self._progress.incoming.around(self.config.loaded_app)
        super().on_headers_complete()
        if self.parser.should_upgrade():
            # The parser reads nothing behind it, whether or not anybody upgrades.
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._progress.body(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._progress.complete()
        super().on_message_complete()
        if self.cycle.response_complete and self.timeout_keep_alive_task is None and not self.pipeline:
            # The rest of a request that was answered before: its bytes ended the time for keeping alive.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _give_up(self, refusal: Refusal) -> None:
        """From within the parser, which reports the error to ``data_received``."""
        self._refusal = refusal
        raise ValueError(refusal.code)

    def _refuse(self, refusal: Refusal) -> None:
        self._refusal = refusal
        self.send_400_response("")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words, in plain text
        if self._is_answering:
            started = self.cycle.response_started
            # Whoever reads the request, or writes the answer, is told that there is nobody any more.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if started:
                self.transport.abort()
                return
        self.transport.write(self._refusal.as_response())
        self.transport.close()
