"""Bodies of the document and ingest routes. ``ingest_id`` is the version's id at this edge."""

from collections.abc import Callable
from datetime import datetime
from typing import Self
from uuid import UUID

from api.edge.errors import ErrorBody
from api.edge.schema import EXAMPLE_ID, ResponseBody, example
from domain.identity.principal import Visibility
from domain.knowledge.ingest import Ingest, IngestStage, IngestState

_EXAMPLE = {
    "ingest_id": str(EXAMPLE_ID),
    "document_id": str(EXAMPLE_ID),
    "dataset_id": str(EXAMPLE_ID),
    "name": "guides/rotate-an-api-key.md",
    "title": "Rotate an API key",
    "url": None,
    "visibility": "external",
    "version": 2,
    "state": "running",
    "stage": "embed",
    "done": 12,
    "total": 40,
    "attempts": 1,
    "error": None,
    "artifacts": {"source": "s3://answerable/<tenant>/<sha256>/source"},
    "is_live": False,
    "passages": 0,
    "spans": 0,
    "submitted_at": "2025-01-31T09:30:00Z",
    "updated_at": "2025-01-31T09:30:02Z",
}


class IngestStatus(ResponseBody):
    """The status of one version of a document. ``done`` of ``total`` is the progress within the stage."""

    model_config = example(**_EXAMPLE)

    ingest_id: UUID
    document_id: UUID
    dataset_id: UUID
    name: str
    title: str | None
    url: str | None
    visibility: Visibility
    version: int
    state: IngestState
    stage: IngestStage
    done: int
    total: int
    attempts: int
    error: ErrorBody | None
    artifacts: dict[str, str]
    is_live: bool
    passages: int
    spans: int
    submitted_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, ingest: Ingest, uri: Callable[[str], str]) -> Self:
        return cls.model_validate(_fields(ingest, uri))


class UploadAccepted(IngestStatus):
    """The ingest of the upload. ``unchanged``: the document already has, or is getting, the same content, so no new
    version was made and this is the existing ingest."""

    model_config = example(**_EXAMPLE, unchanged=False)

    unchanged: bool

    @classmethod
    def taking(cls, ingest: Ingest, submitted: UUID, uri: Callable[[str], str]) -> Self:
        unchanged = ingest.version.version_id != submitted
        return cls.model_validate({**_fields(ingest, uri), "unchanged": unchanged})


class IngestPage(ResponseBody):
    """Ingests, newest first. Pass ``next`` as ``after`` to get the next page; null on the last."""

    model_config = example(items=[_EXAMPLE], next=None)

    items: tuple[IngestStatus, ...]
    next: UUID | None


def _fields(ingest: Ingest, uri: Callable[[str], str]) -> dict[str, object]:
    version, progress, failure = ingest.version, ingest.progress, ingest.failure
    keys = {"source": version.artifact.key, **ingest.artifacts}
    return {
        "ingest_id": version.version_id,
        "document_id": version.document_id,
        "dataset_id": version.dataset_id,
        "name": version.external_key,
        "title": version.title,
        "url": version.url,
        "visibility": version.visibility,
        "version": ingest.version_number,
        "state": ingest.state,
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "attempts": progress.attempt,
        "error": failure.model_dump() if failure else None,
        "artifacts": {name: uri(key) for name, key in keys.items()},
        "is_live": ingest.is_live,
        "passages": ingest.passages,
        "spans": ingest.spans,
        "submitted_at": version.submitted_at,
        "updated_at": ingest.updated_at,
    }
