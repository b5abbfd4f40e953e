"""HTTP on the wire: what cannot be parsed, and heads without end, are refused in the one error shape."""

import json
from typing import Any, Final
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 64 * 1024
_MALFORMED: Final = ("400 Bad Request", "malformed_request", "This is no well-formed HTTP/1.1 request.")
_TOO_LARGE: Final = (
    "431 Request Header Fields Too Large",
    "headers_too_large",
    f"The address and the headers have more than {MAX_HEAD_BYTES} bytes together.",
)


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which has no bound for the head of a request and answers nonsense with plain text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head_bytes = 0
        self._refusal = _MALFORMED

    def data_received(self, data: bytes) -> None:
        # The parser keeps an unfinished header to itself, so what came in is counted, not what it told. Data that ends
        # a request is its body's; of what follows it only the next data counts.
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refusal = _TOO_LARGE
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            self._refusal = _TOO_LARGE
            raise ValueError("the head of the request is too large")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words, in plain text
        status, code, message = self._refusal
        body = json.dumps({"code": code, "message": message, "details": {}}).encode()
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {uuid4().hex}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
