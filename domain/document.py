"""Documents, their versions, and the states of an ingest."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID, uuid5

from pydantic import Field

from domain.access import Visibility
from domain.attributes import Attributes, Label, Tags
from domain.base import JsonValue, Value, sha256_of
from domain.canonical import canonical
from domain.errors import Failure

# Not in any text that the API takes. Fingerprints stand in the database, so that the joined form stays.
_SEPARATOR: Final = "\x1f"


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


class SourceArtifact(Value):
    """The bytes of a document as they came in, in the object store."""

    key: str
    sha256: str
    size_bytes: int
    media_type: str


class DocumentVersion(Value):
    """One submitted content of one document. ``version_id`` is the ingest id that clients see.

    ``external_key`` names the document within its dataset: a path or file name.
    """

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    version_id: UUID
    external_key: str
    title: str | None = None
    url: str | None = None
    visibility: Visibility = "external"
    roles: tuple[str, ...] = ()
    tags: Tags = ()
    tier: Label | None = None
    language: Label | None = None
    attributes: Attributes = Field(default_factory=dict)
    artifact: SourceArtifact
    submitted_at: datetime
    submitted_by: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the content and everything shown of it: equal fingerprints need no new version."""
        parts = (self.artifact.sha256, self.title or "", self.url or "", self.visibility, *sorted(self.roles))
        if any(_SEPARATOR in part for part in parts):
            parts = (canonical(list(parts)),)
        if self.tags or self.tier or self.language or self.attributes:
            labels = [sorted(self.tags), self.tier, self.language, sorted(self.attributes.items())]
            parts = (*parts, json.dumps(labels))
        return sha256_of(_SEPARATOR.join(parts))


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


BlockKind = Literal["heading", "paragraph", "list", "table", "code", "quote"]


class Block(Value):
    """A structural part of a parsed document; ``start``/``end`` are character offsets into its text.

    ``page`` counts from 1 and is None where the format has no pages.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None


class ParsedDocument(Value):
    """The text of a document and its structure. Blocks are in order, do not overlap, and leave out only white space."""

    title: str | None
    text: str
    blocks: tuple[Block, ...]
    media_type: str
    parser: str
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class ParsedReport(Value):
    """What is said of a parsed document without its text."""

    parser: str
    characters: int
    blocks: int


class Span(Value):
    """The unit that is embedded. Offsets are into the document's parsed text; the passage is its parent."""

    start: int
    end: int
    text: str


class Passage(Value):
    """The unit that is cited. ``text`` is ``document.text[start:end]``; ``page`` is where it begins.

    ``table_header``: the first row of the table that the passage begins within, where that stands in a passage before
    it. It is no part of the text, but the passage is found by its words too.
    """

    ordinal: int
    start: int
    end: int
    section_heading: str
    text: str
    spans: tuple[Span, ...]
    page: int | None = None
    table_header: str = ""

    @property
    def text_sha256(self) -> str:
        return sha256_of(self.text)


class PassageSet(Value):
    """All passages of one version, as the chunker made them."""

    title: str
    chunker: str
    passages: tuple[Passage, ...]

    @property
    def span_count(self) -> int:
        return sum(len(passage.spans) for passage in self.passages)


class ChunkedReport(Value):
    """What is said of a version's passages without their text."""

    chunker: str
    passages: int
    spans: int


def document_id_for(tenant_id: UUID, dataset_id: UUID, external_key: str) -> UUID:
    """The id of the document that ``external_key`` names in a dataset; the same for every upload of it."""
    return uuid5(dataset_id, f"{tenant_id}/{external_key}")


def passage_id_for(version_id: UUID, ordinal: int) -> UUID:
    """The id of a version's passage; repeating a step makes the same ids."""
    return uuid5(version_id, f"passage/{ordinal}")
