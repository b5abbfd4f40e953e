"""Following an ingest by its events: what to ask for, what came, and when to come back. Sends and sleeps nothing."""

from typing import Any, Final

import httpx

from answerable_sdk.calls import Id, ingest_events_path
from answerable_sdk.errors import error_from
from answerable_sdk.models import Ingest
from answerable_sdk.retries import Attempts, RetryPolicy
from answerable_sdk.waiting import Wait

# The server says that it is still there every ten seconds.
_SILENCE_SECONDS: Final = 30.0
_CONNECT_SECONDS: Final = 5.0


class Following:
    """One ingest, over as many connections as it takes: each goes on behind the last event that came."""

    def __init__(self, ingest_id: Id, wait: float, retries: RetryPolicy, url: str) -> None:
        self.ended = False
        self._path = ingest_events_path(ingest_id)
        self._waiting = Wait(f"Ingest {ingest_id}", wait)
        self._retries, self._url = retries, url
        self._attempts = Attempts(retries)
        self._last_id: str | None = None
        self._fields: dict[str, str] = {}

    def arguments(self) -> dict[str, Any]:
        """Arguments for an httpx client's ``stream``."""
        self._fields = {}
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        timeout = httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
        return {"method": "GET", "url": self._path, "headers": headers, "timeout": timeout}

    def take(self, line: str) -> Ingest | None:
        """The state that an event tells, once its last line came."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        # After an error the stream ends, and the next request is told the same as a failure.
        if "data" not in fields or fields.get("event") == "error":
            return None
        self._last_id = fields.get("id", self._last_id)
        self._attempts = Attempts(self._retries)
        self.ended = fields.get("event") == "done"
        return Ingest.model_validate_json(fields["data"])

    def pause_after(self, response: httpx.Response) -> float:
        """Seconds to wait before coming back. Raises ResponseError, and WaitTimeoutError when the time is over."""
        if response.status_code == httpx.codes.NO_CONTENT:
            self.ended = True
        if self.ended:
            return 0.0
        pause = self._waiting.next_pause()
        if response.is_success:
            return pause
        failed = self._attempts.pause_after_response(response)
        if failed is None:
            raise error_from(response)
        return failed

    def pause_after_error(self, error: httpx.TransportError) -> float:
        """Seconds to wait before coming back. Raises UnreachableError, and WaitTimeoutError when the time is over."""
        return max(self._waiting.next_pause(), self._attempts.pause_after_error(error, self._url))
