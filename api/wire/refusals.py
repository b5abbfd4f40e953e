"""Refusals that are given before there is a request: written by hand, in the one error shape."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from api.wire.security_headers import SECURITY_HEADERS

MAX_HEAD_BYTES: Final = 64 * 1024
MAX_HEADERS: Final = 100


@dataclass(frozen=True)
class Refusal:
    """``status`` is the status line's, with its phrase."""

    status: str
    code: str
    message: str
    retry_after_seconds: int | None = None

    def as_response(self) -> bytes:
        """The whole response; the connection is to be closed behind it."""
        body = json.dumps({"code": self.code, "message": self.message, "details": {}}).encode()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "x-request-id": uuid4().hex,
            "connection": "close",
            **{name.decode(): value.decode() for name, value in SECURITY_HEADERS},
        }
        if self.retry_after_seconds is not None:
            headers["retry-after"] = str(self.retry_after_seconds)
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + body


MALFORMED: Final = Refusal("400 Bad Request", "malformed_request", "This is no well-formed HTTP/1.1 request.")
HEAD_TOO_LARGE: Final = Refusal(
    "431 Request Header Fields Too Large",
    "headers_too_large",
    f"The address and the headers have more than {MAX_HEAD_BYTES} bytes together, or are more than {MAX_HEADERS}.",
)
TOO_SLOW: Final = Refusal(
    "408 Request Timeout", "request_timeout", "The request did not come in time. Send it again, and faster."
)
FULL: Final = Refusal(
    "503 Service Unavailable",
    "too_many_connections",
    "This server has as many connections as it takes, from your address or in all. Use fewer, or try again shortly.",
    retry_after_seconds=2,
)
