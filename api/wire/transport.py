"""The transport of a connection, which is closed so that the last answer is seen."""

import asyncio
from collections.abc import Callable
from typing import Any


class ClosingTransport(asyncio.Transport):
    """Everything is the wrapped transport's, but ``close``, which asks ``lingers`` first.

    Closing a socket on which unread bytes lie resets it, and a reset may take the answer away from a client that is
    still sending: ``lingers`` says whether the connection stays open for reading, and begins to throw away what comes.
    """

    def __init__(self, transport: asyncio.Transport, lingers: Callable[[], bool]) -> None:
        super().__init__()
        self._wrapped = transport
        self._lingers = lingers
        self._is_closing = False

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        if not self._wrapped.is_closing() and self._lingers() and self._wrapped.can_write_eof():
            self._wrapped.write_eof()
        else:
            self._wrapped.close()

    def abort(self) -> None:
        self._is_closing = True
        self._wrapped.abort()

    def is_closing(self) -> bool:
        return self._is_closing or self._wrapped.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        # What is written behind the end would be an error, of a response whose time was up.
        if not self.is_closing():
            self._wrapped.write(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._wrapped.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._wrapped.get_write_buffer_size()

    def pause_reading(self) -> None:
        self._wrapped.pause_reading()

    def resume_reading(self) -> None:
        self._wrapped.resume_reading()
