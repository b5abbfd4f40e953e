"""The documents of a dataset, each as a whole: where it stands, and its deletion."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.base import Value
from domain.errors import Failure
from domain.identity.principal import Visibility
from domain.knowledge.ingest import IngestState

DELETED_MEANWHILE: Final = Failure(
    code="document_deleted",
    message="The document was deleted while this version was on its way. Upload it again to bring it back.",
)
"""Why a version that was queued or running when its document was deleted ended cancelled."""


class DocumentState(StrEnum):
    """``live``: one of its versions answers. ``ingesting``: none does yet, one is on its way. ``absent``: none does,
    because every version failed or was cancelled. ``deleted``: it was deleted, and nothing was uploaded since."""

    LIVE = "live"
    INGESTING = "ingesting"
    ABSENT = "absent"
    DELETED = "deleted"


class LiveVersion(Value):
    """The version that answers. ``title`` is the one that citations show."""

    version_id: UUID
    version_number: int
    title: str
    url: str | None
    visibility: Visibility
    passages: int


class LatestIngest(Value):
    """The ingest of a document's newest version, live or not."""

    version_id: UUID
    version_number: int
    state: IngestState
    failure: Failure | None
    updated_at: datetime


class LibraryDocument(Value):
    """A document with the version that answers, if one does, and its newest ingest."""

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    external_key: str
    state: DocumentState
    live: LiveVersion | None
    latest: LatestIngest
    deleted_at: datetime | None


class DocumentRemoval(Value):
    """The wish to delete a document. ``requested_by`` is the principal's id."""

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    external_key: str
    requested_by: str


class RemovedDocument(Value):
    """A deletion that is done. Versions up to ``last_version_number`` can go live no more.

    ``left_over`` are versions whose intermediate results may still lie in the object store.
    """

    document_id: UUID
    last_version_number: int
    deleted_at: datetime
    left_over: tuple[UUID, ...] = ()
