"""What activities and the API need of the outside world. Adapters implement these; unit tests fake them.

Every method that touches tenant data takes the tenant id and sees that tenant only.
"""

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from domain.errors import Failure
from domain.identity.principal import Reader
from domain.knowledge.dataset import Dataset
from domain.knowledge.document import DocumentRemoval, DocumentState, LibraryDocument, RemovedDocument
from domain.knowledge.ingest import Ingest, IngestState, Progress
from domain.knowledge.parsed import ParsedReport
from domain.knowledge.passage import ChunkedReport
from domain.knowledge.sweep import LeftOver, LeftOverKind, StoredObject, UnfinishedVersion, VersionStanding
from domain.knowledge.version import DocumentVersion


class ObjectStore(Protocol):
    async def put_file(self, key: str, path: Path, media_type: str) -> None: ...

    async def put(self, key: str, content: bytes) -> None: ...

    async def get(self, key: str) -> bytes:
        """Raises ArtifactMissingError when there is no such object."""
        ...

    async def get_file(self, key: str, path: Path) -> None:
        """Write the object to a file, a piece at a time. Raises ArtifactMissingError when there is none."""
        ...

    async def size(self, key: str) -> int | None:
        """Bytes of the object; None when there is none."""
        ...

    async def delete(self, keys: Sequence[str]) -> None: ...

    def list(self, prefix: str) -> AsyncIterator[str]: ...

    def uri(self, key: str) -> str: ...


class DatasetRepository(Protocol):
    async def get(self, tenant_id: UUID, dataset_id: UUID) -> Dataset:
        """Raises DatasetNotFoundError."""
        ...

    async def list(self, tenant_id: UUID) -> tuple[Dataset, ...]: ...


class IngestRepository(Protocol):
    async def register(self, version: DocumentVersion) -> Ingest:
        """Write the version as queued, allocate its number, and return it.

        Idempotent by version_id. When the document's newest unfinished version, or else its live one, has the same
        fingerprint, nothing is written and that version's ingest is returned instead. Raises DatasetNotFoundError.
        """
        ...

    async def get(self, tenant_id: UUID, version_id: UUID, reader: Reader | None = None) -> Ingest | None:
        """None also for one of a document that the reader may not see; without a reader, everything is seen."""
        ...

    async def list(
        self,
        tenant_id: UUID,
        reader: Reader | None,
        *,
        dataset_id: UUID | None = None,
        state: IngestState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[Ingest, ...]:
        """Newest first; ``after`` continues behind that ingest."""
        ...

    async def advance(
        self, tenant_id: UUID, version_id: UUID, progress: Progress, artifacts: Mapping[str, str]
    ) -> None:
        """Set a running ingest's progress and add artifact keys. Does nothing to a terminal ingest."""
        ...

    async def settle(self, tenant_id: UUID, version_id: UUID, state: IngestState, failure: Failure | None) -> Ingest:
        """End an ingest in a terminal state. The first terminal state stands; idempotent.

        Older versions of the document that are still unfinished end superseded: no run works on them any more.
        """
        ...


class DocumentTitles(Protocol):
    """What a turn reads of the library: the documents that the asker may be answered from."""

    async def list(
        self,
        tenant_id: UUID,
        dataset_id: UUID,
        reader: Reader | None,
        *,
        state: DocumentState | None = None,
        limit: int = 100,
    ) -> tuple[LibraryDocument, ...]:
        """By name."""
        ...


class DocumentRepository(Protocol):
    async def get(
        self, tenant_id: UUID, dataset_id: UUID, document_id: UUID, reader: Reader | None
    ) -> LibraryDocument | None:
        """None also for one that the reader may not see; without a reader, everything is seen."""
        ...

    async def seen_versions(self, tenant_id: UUID, version_ids: Sequence[UUID], reader: Reader) -> Set[UUID]:
        """Those of the versions whose documents the reader may see."""
        ...

    async def list(
        self,
        tenant_id: UUID,
        dataset_id: UUID,
        reader: Reader | None,
        *,
        state: DocumentState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[LibraryDocument, ...]:
        """By name; deleted documents only when ``state`` asks for them. ``after`` continues behind that document."""
        ...

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        """Take a document out of the index and end its unfinished versions as cancelled: one transaction.

        From then on nothing that was submitted before can go live. Passages stay, so that old citations open.
        Idempotent. Raises NotFoundError.
        """
        ...


class ObjectInventory(Protocol):
    """What the object store holds, page by page, and its removal."""

    async def page(self, prefix: str, after: str | None, limit: int) -> tuple[StoredObject, ...]:
        """At most ``limit`` objects whose keys begin with ``prefix`` and come behind ``after``, in order."""
        ...

    async def delete(self, keys: Sequence[str]) -> None: ...


class WorkflowRuns(Protocol):
    async def is_open(self, workflow_id: str) -> bool:
        """Whether a run of the workflow is under way. False also when there never was one."""
        ...


class SweepRepository(Protocol):
    """The database's side of a sweep. Pages are in order of id; ``after`` continues behind an id."""

    async def named_sources(self, tenant_id: UUID, keys: Sequence[str]) -> Set[str]:
        """Those of ``keys`` that are the source of a version."""
        ...

    async def standings(self, tenant_id: UUID, version_ids: Sequence[UUID]) -> Mapping[UUID, VersionStanding]:
        """How versions stand; unknown ones are missing."""
        ...

    async def unfinished(
        self, tenant_id: UUID, before: datetime, after: UUID | None, limit: int
    ) -> tuple[UnfinishedVersion, ...]:
        """Versions that are queued or running and were last changed before ``before``."""
        ...

    async def count(self, tenant_id: UUID, kind: LeftOverKind) -> int:
        """How many rows of this kind there are to check: versions, passages, index rows or documents."""
        ...

    async def left_over_rows(
        self, tenant_id: UUID, kind: LeftOverKind, before: datetime, after: UUID | None, limit: int
    ) -> tuple[LeftOver, ...]:
        """Rows of this kind that nothing needs, of versions or documents not changed since ``before``."""
        ...

    async def remove_rows(self, tenant_id: UUID, kind: LeftOverKind, ids: Sequence[UUID]) -> Set[UUID]:
        """Remove those of the rows that are still left over, and return their ids. Idempotent."""
        ...


class Parser(Protocol):
    async def parse_into(
        self, target: Path, source: Path, media_type: str, name: str, *, tenant_id: UUID
    ) -> ParsedReport:
        """Read the file at ``source`` and write a ParsedDocument to ``target`` as JSON; ``media_type`` and ``name`` are
        what the uploader said of it.

        Bounded in time and memory. Cancelling the call ends the work. Raises an IngestError of the fitting code for
        what cannot be parsed.
        """
        ...


class Chunker(Protocol):
    async def chunk_into(
        self, target: Path, source: Path, name: str, *, title: str | None, tenant_id: UUID
    ) -> ChunkedReport:
        """Cut the ParsedDocument at ``source`` and write its passages to ``target`` as ``passage_lines`` says.

        ``title`` takes the place of the document's own. Bounded in time and memory. Cancelling the call ends the work.
        Raises an IngestError: EmptyDocument-, TooManyPassages-, ChunkingTimeout-, ChunkingOutOfMemory- or
        ChunkingCrashedError.
        """
        ...
