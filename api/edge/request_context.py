"""Around every request: an id, one log line, and the shape of unexpected errors."""

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.errors import error_response
from api.wire.security_headers import SECURITY_HEADERS

_ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAX_LOGGED_PATH: Final = 500
_log = structlog.get_logger("api")


class RequestContext:
    """Pure ASGI middleware. Neither bodies nor headers are logged, and of the address only the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(send, _request_id(scope))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        started = time.perf_counter()
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            # Nobody is there to be told, and nothing of ours went wrong.
            _log.info("client_gone", path=scope["path"][:MAX_LOGGED_PATH])
        except Exception as error:  # noqa: BLE001 - the last resort: nothing of an unexpected error may leak
            await self._apologise(exchange, scope, receive, error)
        finally:
            _log_request(scope, exchange.status, (time.perf_counter() - started) * 1000)

    async def _apologise(self, exchange: "_Exchange", scope: Scope, receive: Receive, error: Exception) -> None:
        _log.error("unexpected_error", path=scope["path"][:MAX_LOGGED_PATH], exc_info=error)
        if exchange.status is not None:
            # Too late for an error body: the client must see that the response it is reading is not whole.
            raise error
        response = error_response(
            500,
            "internal_error",
            "Something went wrong on our side. Tell your administrator the request_id.",
            {"request_id": exchange.request_id},
        )
        await response(scope, receive, exchange.send)


class _Exchange:
    """One response on its way out: remembers its status, adds its id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            given = {name for name, _ in headers}
            headers += [header for header in SECURITY_HEADERS if header[0] not in given]
            message = {**message, "headers": headers}
        await self._send(message)


def note_trace(request: Request, trace_id: str) -> None:
    """Have the request's log lines name the turn: those that this task and tasks of it write from now on, and the
    line about the request itself."""
    request.state.trace_id = trace_id
    structlog.contextvars.bind_contextvars(trace_id=trace_id)


def _request_id(scope: Scope) -> str:
    """The client's X-Request-Id where it is harmless, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTABLE_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return uuid4().hex


def _log_request(scope: Scope, status: int | None, duration_ms: float) -> None:
    state = scope.get("state", {})
    principal = state.get("principal")
    # The request's own task may not have the binding: reads run in a task of their own.
    turn = {"trace_id": state["trace_id"]} if "trace_id" in state else {}
    _log.info(
        "request",
        method=scope["method"],
        path=scope["path"][:MAX_LOGGED_PATH],
        status=status,
        duration_ms=round(duration_ms, 1),
        tenant_id=str(principal.tenant_id) if principal else None,
        principal_id=principal.id if principal else None,
        **turn,
    )
