"""The one error tree. An error's class says its code, its HTTP status and whether trying again can help.

Callers tell errors apart by class or by ``code``, never by message.
"""

from typing import ClassVar

from pydantic import Field

from domain.base import JsonValue, Value


class Failure(Value):
    """What is left of an error once it is data: in a history, a row or a response body.

    ``message`` is a sentence for people that says how to fix it; ``details`` is for programs.
    """

    code: str
    message: str
    details: dict[str, JsonValue] = Field(default_factory=dict)


class AnswerableError(Exception):
    """Base of every error that the platform raises on purpose."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: JsonValue) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def as_failure(self) -> Failure:
        return Failure(code=self.code, message=self.message, details=self.details)


class InvalidRequestError(AnswerableError):
    code, status = "invalid_request", 422


class MalformedRequestError(AnswerableError):
    code, status = "malformed_request", 400


class NotFoundError(AnswerableError):
    """Also what another tenant's object looks like: existence is not disclosed."""

    code, status = "not_found", 404


class IdempotencyConflictError(AnswerableError):
    """The same Idempotency-Key came with another request."""

    code, status = "idempotency_conflict", 409


class AlreadyRunningError(AnswerableError):
    """What may run once at a time runs."""

    code, status = "already_running", 409


class TooLargeError(AnswerableError):
    code, status = "too_large", 413


class UnsupportedMediaTypeError(AnswerableError):
    code, status = "unsupported_media_type", 415


class DependencyUnavailableError(AnswerableError):
    """An outside system did not answer; the same call may succeed later."""

    code, status, retryable = "dependency_unavailable", 503, True

    def __init__(self, message: str, *, retry_after: float = 0.0, **details: JsonValue) -> None:
        """``retry_after``: for how many seconds the system asks to be left alone; 0 when it does not say."""
        super().__init__(message, **details)
        self.retry_after = retry_after


class DatabaseUnavailableError(DependencyUnavailableError):
    code = "database_unavailable"


class SchemaTooNewError(AnswerableError):
    """The database was written by a newer release than this one."""

    code = "schema_too_new"


class ObjectStoreUnavailableError(DependencyUnavailableError):
    code = "object_store_unavailable"


class WorkflowServiceUnavailableError(DependencyUnavailableError):
    code = "workflow_service_unavailable"
