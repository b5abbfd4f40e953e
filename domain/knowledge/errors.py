"""Why a document could not be ingested, or a dataset not be found."""

from domain.errors import AnswerableError, NotFoundError


class DatasetNotFoundError(NotFoundError):
    code = "dataset_not_found"


class PassageErasedError(AnswerableError):
    """It was cited, and its text is kept no more."""

    code, status = "passage_erased", 410


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
