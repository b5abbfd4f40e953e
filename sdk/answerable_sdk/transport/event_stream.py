"""Server-sent events over as many connections as it takes. Sends and sleeps nothing."""

from typing import Any, Final, Generic, TypeVar

import httpx

from answerable_sdk.errors import error_from
from answerable_sdk.model import Model
from answerable_sdk.transport.connection import Connection
from answerable_sdk.transport.retries import Attempts
from answerable_sdk.transport.steps import Exchange, Items, Pause, Stream
from answerable_sdk.transport.waiting import Wait

# The server sends a comment every ten seconds.
_SILENCE_SECONDS: Final = 30.0
_CONNECT_SECONDS: Final = 5.0

ModelResult = TypeVar("ModelResult", bound=Model)


class EventStream(Generic[ModelResult]):
    """The events of one ``path``, each a ``model``, up to one of the type "done". Every connection after the first
    resumes after the last event that came."""

    def __init__(self, path: str, model: type[ModelResult], waiting: Wait, connection: Connection) -> None:
        self._path, self._model = path, model
        self._waiting, self._connection = waiting, connection
        self._attempts = Attempts(connection.retries)
        self._last_id: str | None = None
        self._fields: dict[str, str] = {}
        self._ended = False

    def items(self) -> Items[ModelResult]:
        """Raises ResponseError, UnreachableError if the server stays away, WaitTimeoutError when the time is over."""
        while True:
            exchange: Exchange = yield Stream(self._arguments(), self._take)
            if self._ended or _is_over(exchange):
                return
            yield Pause(self._pause_after(exchange))

    def _arguments(self) -> dict[str, Any]:
        self._fields = {}
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        timeout = httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
        return {"method": "GET", "url": self._path, "headers": headers, "timeout": timeout}

    def _take(self, line: str) -> ModelResult | None:
        """The state that an event carries, once its last line came."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        # After an error the stream ends, and the next request gets the same error as a response.
        if "data" not in fields or fields.get("event") == "error":
            return None
        self._last_id = fields.get("id", self._last_id)
        self._attempts = Attempts(self._connection.retries)
        self._ended = fields.get("event") == "done"
        return self._model.model_validate_json(fields["data"])

    def _pause_after(self, exchange: Exchange) -> float:
        """Seconds to wait before connecting again."""
        pause = self._waiting.next_pause()
        if isinstance(exchange, httpx.TransportError):
            return max(pause, self._attempts.pause_after_error(exchange, self._connection.url))
        if exchange.is_success:
            return pause
        failed = self._attempts.pause_after_response(exchange)
        if failed is None:
            raise error_from(exchange)
        return failed


def _is_over(exchange: Exchange) -> bool:
    """The server has no event after the last one that came."""
    return isinstance(exchange, httpx.Response) and exchange.status_code == httpx.codes.NO_CONTENT
