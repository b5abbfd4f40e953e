"""What can go wrong, as exceptions. Tell them apart by class or by ``code``, never by message."""

from collections.abc import Mapping
from typing import Any, Final

import httpx


class AnswerableError(Exception):
    """Base of everything that this package raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnreachableError(AnswerableError):
    """No response came: the server is not there, or the connection broke more often than was retried."""


class WaitTimeoutError(AnswerableError):
    """The time for waiting ran out. What was waited for goes on; asking again with the same key or id finds it."""


class ResponseError(AnswerableError):
    """The server answered with an error. ``details`` is for programs; ``request_id`` finds it in the server's log."""

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, Any], request_id: str | None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details
        self.request_id = request_id


class InvalidRequestError(ResponseError):
    """``details["errors"]`` names each field and the reason."""


class NotAuthenticatedError(ResponseError):
    """The API key is missing, wrong, expired or revoked."""


class PermissionDeniedError(ResponseError):
    """``details["required_scope"]`` names the scope that the key lacks."""


class NotFoundError(ResponseError):
    """It does not exist, or not for this key."""


class BotNotFoundError(NotFoundError):
    """No such bot."""


class PackNotFoundError(NotFoundError):
    """The bot has no such pack."""


class SessionNotFoundError(NotFoundError):
    """No such session of this key with this bot."""


class DatasetNotFoundError(NotFoundError):
    """No such dataset."""


class IdempotencyConflictError(ResponseError):
    """The key was used for another request."""


class HistoryExpiredError(ResponseError):
    """The turn exists, but its history is past its retention."""


class PassageErasedError(ResponseError):
    """An answer cites the passage, and its text is kept no more."""


class TooLargeError(ResponseError):
    """``details["limit_bytes"]`` says how large it may be."""


class TurnFailedError(ResponseError):
    """The turn ended in a failure: ``details["trace_id"]``, ``details["cause"]``. The same key fails the same way."""


class ServiceUnavailableError(ResponseError):
    """A dependency of the server did not answer, also after the retries."""


class RateLimitedError(ResponseError):
    """Too many requests, also after the retries."""


_BY_CODE: Final[dict[str, type[ResponseError]]] = {
    "invalid_request": InvalidRequestError,
    "malformed_request": InvalidRequestError,
    "unsupported_media_type": InvalidRequestError,
    "not_authenticated": NotAuthenticatedError,
    "permission_denied": PermissionDeniedError,
    "not_found": NotFoundError,
    "bot_not_found": BotNotFoundError,
    "pack_not_found": PackNotFoundError,
    "session_not_found": SessionNotFoundError,
    "dataset_not_found": DatasetNotFoundError,
    "idempotency_conflict": IdempotencyConflictError,
    "history_expired": HistoryExpiredError,
    "passage_erased": PassageErasedError,
    "too_large": TooLargeError,
    "turn_failed": TurnFailedError,
}
_BY_STATUS: Final[dict[int, type[ResponseError]]] = {
    401: NotAuthenticatedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: TooLargeError,
    422: InvalidRequestError,
    429: RateLimitedError,
    502: ServiceUnavailableError,
    503: ServiceUnavailableError,
    504: ServiceUnavailableError,
}


def error_from(response: httpx.Response) -> ResponseError:
    """The exception for a response that is an error, also for one that is no error body (a proxy's, say)."""
    body = _body_of(response)
    code = str(body.get("code") or f"http_{response.status_code}")
    details = body.get("details")
    kind = _BY_CODE.get(code) or _BY_STATUS.get(response.status_code, ResponseError)
    return kind(
        status=response.status_code,
        code=code,
        message=str(body.get("message") or f"The server answered {response.status_code} without an explanation."),
        details=details if isinstance(details, dict) else {},
        request_id=response.headers.get("x-request-id"),
    )


def _body_of(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
