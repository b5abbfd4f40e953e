"""The one error tree. An error's class says its code, its HTTP status and whether trying again can help.

Callers tell errors apart by class or by ``code``, never by message.
"""

from typing import ClassVar

from pydantic import Field

from domain.base import JsonValue, Value


class Failure(Value):
    """What is left of an error once it is data: in a history, a row or a response body.

    ``message`` is a sentence for people that says how to mend it; ``details`` is for programs.
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


class NotAuthenticatedError(AnswerableError):
    code, status = "not_authenticated", 401


class PermissionDeniedError(AnswerableError):
    code, status = "permission_denied", 403


class NotFoundError(AnswerableError):
    """Also what another tenant's object looks like: existence is not disclosed."""

    code, status = "not_found", 404


class BotNotFoundError(NotFoundError):
    code = "bot_not_found"


class PackNotFoundError(NotFoundError):
    code = "pack_not_found"


class PolicyNotFoundError(NotFoundError):
    code = "policy_not_found"


class SessionNotFoundError(NotFoundError):
    code = "session_not_found"


class DatasetNotFoundError(NotFoundError):
    code = "dataset_not_found"


class HistoryExpiredError(AnswerableError):
    """The turn exists, but its workflow history is past its retention."""

    code, status = "history_expired", 410


class IdempotencyConflictError(AnswerableError):
    """The same Idempotency-Key came with another request."""

    code, status = "idempotency_conflict", 409


class AlreadyRunningError(AnswerableError):
    """What may run once at a time runs."""

    code, status = "already_running", 409


class TooLargeError(AnswerableError):
    code, status = "too_large", 413


class TooManyRequestsError(AnswerableError):
    """The tenant has as many requests under way, and waiting, as one may have; later there is room again."""

    code, status = "too_many_requests", 429


class TooManyFollowersError(AnswerableError):
    """Streams of events are open until their clients close them, and each costs questions to the database."""

    code, status = "too_many_followers", 429


class UnsupportedMediaTypeError(AnswerableError):
    code, status = "unsupported_media_type", 415


class ForgedRequestError(AnswerableError):
    """A workflow that the API did not start, or was given something else than the API signed, asked for a step."""

    code, status = "forged_request", 403


class TextTooCostlyError(AnswerableError):
    """Reading a text took more processor time than it may. It would again, so it is not tried again."""

    code, status = "text_too_costly", 422


class TurnFailedError(AnswerableError):
    """The turn ended in an explicit failure; ``details`` holds its trace_id and the cause."""

    code, status = "turn_failed", 500


class DependencyUnavailableError(AnswerableError):
    """An outside system did not answer; the same call may succeed later."""

    code, status, retryable = "dependency_unavailable", 503, True

    def __init__(self, message: str, *, retry_after: float = 0.0, **details: JsonValue) -> None:
        """``retry_after``: for how many seconds the system asks to be left alone; 0 when it does not say."""
        super().__init__(message, **details)
        self.retry_after = retry_after


class TextProcessUnavailableError(DependencyUnavailableError):
    """No process was free in time to read a text, or those that read it were ended by somebody else."""

    code = "text_process_unavailable"


class DatabaseUnavailableError(DependencyUnavailableError):
    code = "database_unavailable"


class SchemaTooNewError(AnswerableError):
    """The database was written by a newer release than this one."""

    code = "schema_too_new"


class ObjectStoreUnavailableError(DependencyUnavailableError):
    code = "object_store_unavailable"


class WorkerBusyError(DependencyUnavailableError):
    """Enough of this tenant's work waits in the worker already; the step comes again."""

    code = "worker_busy"


class WorkflowServiceUnavailableError(DependencyUnavailableError):
    code = "workflow_service_unavailable"


class EmbedderUnavailableError(DependencyUnavailableError):
    """The embedding service failed, was busy or did not answer."""

    code = "embedder_unavailable"


class EmbedderRejectedError(AnswerableError):
    """The embedding service refuses: the key, the model, the request or the quota."""

    code, status = "embedder_rejected", 502


class EmbedderReplyInvalidError(AnswerableError):
    """What the embedding service returns is no usable vector for each text."""

    code, status = "embedder_reply_invalid", 502


class IngestError(AnswerableError):
    """A document that cannot be ingested however often it is tried."""

    code, status = "ingest_failed", 422


class EmptyDocumentError(IngestError):
    code = "empty_document"


class UnsupportedFormatError(IngestError):
    code = "unsupported_format"


class CorruptDocumentError(IngestError):
    code = "corrupt_document"


class EncryptedDocumentError(IngestError):
    """It opens with a password only."""

    code = "encrypted_document"


class DocumentTooLargeError(IngestError):
    code = "document_too_large"


class ParserTimeoutError(IngestError):
    """The parser used up its processor or wall-clock time."""

    code = "parser_timeout"


class ParserOutOfMemoryError(IngestError):
    code = "parser_out_of_memory"


class ParserCrashedError(IngestError):
    """The process that parsed the document ended without a result."""

    code = "parser_crashed"


class TooManyPassagesError(IngestError):
    """More headings or passages than one document may have."""

    code = "too_many_passages"


class ChunkingTimeoutError(IngestError):
    """Cutting the document into passages used up its processor or wall-clock time."""

    code = "chunking_timeout"


class ChunkingOutOfMemoryError(IngestError):
    code = "chunking_out_of_memory"


class ChunkingCrashedError(IngestError):
    """The process that cut the document ended without a result."""

    code = "chunking_crashed"


class ArtifactMissingError(IngestError):
    """A stored artifact is gone or its bytes no longer have the recorded sha256."""

    code = "artifact_missing"


class EmbeddingModelChangedError(IngestError):
    """The live index generation was built by another model; re-embedding is a decision, not a side effect."""

    code = "embedding_model_changed"
