"""What the server answers. Fields that this release does not know are ignored, so that the server may be newer."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all responses: immutable."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Citation(Model):
    """A passage that the answer rests on. ``number`` is its marker in the text; ``start`` and ``end`` are character
    offsets into the document's text, ``page`` counts from 1 where the format has pages."""

    number: int
    title: str
    url: str | None
    source: str
    score: float
    passage_id: UUID
    document_id: UUID
    section_heading: str
    page: int | None = None
    start: int
    end: int


class Action(Model):
    """A tool that ran for the answer."""

    tool: str
    args: dict[str, Any]
    result_meta: dict[str, Any]


class Notice(Model):
    """Something to know about an answer."""

    code: str
    message: str


class Usage(Model):
    """Tokens that a chat model charged."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Retrieval(Model):
    """How the passages were found; ``confidence`` is in [0, 1]."""

    mode: str
    passages: int
    confidence: float
    index_generation: UUID | None
    embedding_model: str | None


class Meta(Model):
    """How the answer came about. ``trace_id`` finds everything about it; ``understood_as`` is the question that a
    follow-up was read as, None for a message that was answered as it stands."""

    trace_id: str
    intent: str
    intents: tuple[str, ...]
    packs_used: tuple[str, ...]
    latency_ms: float
    retrieval: Retrieval | None
    tool_calls: tuple[Action, ...]
    understood_as: str | None = None


class ChatResponse(Model):
    """An answer."""

    session_id: UUID
    answer: str
    citations: tuple[Citation, ...]
    actions: tuple[Action, ...]
    warnings: tuple[Notice, ...]
    usage: Usage
    meta: Meta


class TurnAccepted(Model):
    """A turn that still runs."""

    trace_id: str
    status: str
    location: str


class ErrorBody(Model):
    """A failure as data."""

    code: str
    message: str
    details: dict[str, Any]


class Turn(Model):
    """How a turn stands. A closed one has either a ``response`` or a ``failure``."""

    trace_id: str
    status: Literal["running", "closed"]
    response: ChatResponse | None
    failure: ErrorBody | None
    closed_at: datetime | None


class Ingest(Model):
    """Where a version of a document stands."""

    ingest_id: UUID
    document_id: UUID
    dataset_id: UUID
    name: str
    title: str | None
    version: int
    state: str
    stage: str
    done: int
    total: int
    attempts: int
    error: ErrorBody | None
    artifacts: dict[str, str]
    is_live: bool
    passages: int
    spans: int
    updated_at: datetime
    unchanged: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether this state is the last one."""
        return self.state not in ("queued", "running")

    @property
    def succeeded(self) -> bool:
        return self.state == "succeeded"


class IngestPage(Model):
    """Ingests, newest first; ``next`` continues the list as ``after``."""

    items: tuple[Ingest, ...]
    next: UUID | None


class LiveVersion(Model):
    """The version of a document that answers. ``ingest_id`` is the ingest that brought it."""

    version: int
    ingest_id: UUID
    title: str
    url: str | None
    visibility: str
    passages: int


class LatestIngest(Model):
    """The ingest of a document's newest version, live or not."""

    version: int
    ingest_id: UUID
    state: str
    error: ErrorBody | None
    updated_at: datetime


class Document(Model):
    """A document of a dataset. ``state``: live, ingesting, absent (nothing of it ever answered) or deleted."""

    document_id: UUID
    dataset_id: UUID
    name: str
    state: str
    live: LiveVersion | None
    latest: LatestIngest
    deleted_at: datetime | None


class DocumentPage(Model):
    """Documents by name; ``next`` continues the list as ``after``."""

    items: tuple[Document, ...]
    next: UUID | None


class AuditEvent(Model):
    """One event of a turn."""

    timestamp: datetime
    trace_id: str
    kind: str
    data: dict[str, Any]


class Audit(Model):
    """The events of a turn, oldest first."""

    trace_id: str
    events: tuple[AuditEvent, ...]


class Dataset(Model):
    """The documents of the tenant in one pack; ``available``: whether the pack is installed, and so can answer."""

    dataset_id: UUID
    pack_id: str
    name: str
    default_visibility: str
    available: bool = True


class DatasetList(Model):
    """All datasets."""

    datasets: tuple[Dataset, ...]


class Pack(Model):
    """A pack that the server has installed."""

    pack_id: str
    display_name: str
    description: str
    sample_questions: tuple[str, ...]


class PackList(Model):
    """All packs."""

    packs: tuple[Pack, ...]


class Message(Model):
    """One message of a conversation; an assistant's has the passages behind it."""

    sequence: int
    trace_id: str
    role: str
    text: str
    created_at: datetime
    citations: tuple[Citation, ...]
    warnings: tuple[Notice, ...]
    understood_as: str | None = None


class Conversation(Model):
    """A conversation with its messages in order; ``next`` continues them as ``after``."""

    session_id: UUID
    bot_id: UUID
    channel: str
    created_at: datetime
    messages: tuple[Message, ...]
    next: int | None = None


class Health(Model):
    """The server's process answers."""

    status: str


class Dependency(Model):
    """One dependency of the server; ``hint`` says how to mend it where it failed."""

    name: str
    ok: bool
    latency_ms: float
    hint: str | None


class Readiness(Model):
    """Whether the server can serve requests. ``warnings``: what works, but not as it should."""

    ready: bool
    dependencies: tuple[Dependency, ...]
    warnings: tuple[str, ...] = ()
