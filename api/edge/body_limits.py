"""How large a body may be, whether or not its length was announced."""

import re
import sys
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.errors import error_response
from domain.errors import TooLargeError

UPLOAD_PATH: Final = re.compile(r"/v1/datasets/[^/]+/documents")
_MAX_DIGITS: Final = 18
# Boundaries, part headers and the small fields that stand beside the file.
MULTIPART_OVERHEAD_BYTES: Final = 256 * 1024


class BodyLimits:
    """Pure ASGI middleware: refuses announced bodies at once, and counts those that come in chunks."""

    def __init__(self, app: ASGIApp, max_request_bytes: int, max_upload_bytes: int) -> None:
        self._app = app
        self._max_request_bytes = max_request_bytes
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_for(scope["path"])
        if _announced_length(scope) > limit:
            error = _too_large(limit)
            response = error_response(error.status, error.code, error.message, error.details)
            await response(scope, receive, send)
            return
        await self._app(scope, _counting(receive, limit), send)

    def _limit_for(self, path: str) -> int:
        if UPLOAD_PATH.fullmatch(path):
            return self._max_upload_bytes + MULTIPART_OVERHEAD_BYTES
        return self._max_request_bytes


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            digits = value.lstrip(b"0") or b"0"
            # Python refuses to read thousands of digits.
            return int(digits) if len(digits) <= _MAX_DIGITS else sys.maxsize
    return 0


def _counting(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return counting


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The body is larger than the {limit} bytes that this server accepts.", limit_bytes=limit)
