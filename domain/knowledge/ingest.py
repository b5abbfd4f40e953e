"""The states of an ingest, and how far it has come."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from domain.base import Value
from domain.errors import Failure
from domain.knowledge.version import DocumentVersion


class IngestState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PARTIAL = "partial"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        return self not in (IngestState.QUEUED, IngestState.RUNNING)


class IngestStage(StrEnum):
    """Where an ingest stands. ``total`` of its progress counts bytes, passages or spans as the stage says."""

    REGISTER = "register"
    ACQUIRE = "acquire"
    PARSE = "parse"
    CHUNK = "chunk"
    EMBED = "embed"
    PUBLISH = "publish"
    CLEAN_UP = "clean_up"


class Progress(Value):
    stage: IngestStage
    done: int
    total: int
    attempt: int = 1


class Ingest(Value):
    """The state of one version's way into the index, as the database knows it."""

    version: DocumentVersion
    version_number: int
    state: IngestState
    progress: Progress
    failure: Failure | None = None
    artifacts: dict[str, str] = Field(default_factory=dict)
    is_live: bool = False
    passages: int = 0
    spans: int = 0
    updated_at: datetime
