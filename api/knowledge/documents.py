"""The documents of a dataset: listed, and deleted."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Query

from api.edge.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader, KnowledgeWriter
from api.edge.errors import ErrorBody, documented
from api.edge.readers import reader_of
from api.edge.schema import EXAMPLE_ID, ResponseBody, example
from api.knowledge.listed_names import documents_as_listed
from api.knowledge.uploads import DatasetId
from api.services import Services, ServicesDep, WorkflowsDep
from domain.errors import NotFoundError
from domain.identity.principal import Principal, Reader, Visibility
from domain.knowledge.document import DocumentRemoval, DocumentState, LatestIngest, LibraryDocument, LiveVersion
from domain.knowledge.ingest import IngestState
from domain.policy.rules import PolicyVersion

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])

_MAX_PAGE: Final = 200
_LIVE: Final = {
    "version": 2,
    "ingest_id": str(EXAMPLE_ID),
    "title": "Rotate an API key",
    "url": None,
    "visibility": "external",
    "passages": 4,
}
_LATEST: Final = {
    "version": 2,
    "ingest_id": str(EXAMPLE_ID),
    "state": "succeeded",
    "error": None,
    "updated_at": "2025-01-31T09:30:02Z",
}
_EXAMPLE: Final = {
    "document_id": str(EXAMPLE_ID),
    "dataset_id": str(EXAMPLE_ID),
    "name": "guides/rotate-an-api-key.md",
    "state": "live",
    "live": _LIVE,
    "latest": _LATEST,
    "deleted_at": None,
}


class LiveBody(ResponseBody):
    """The live version. ``ingest_id`` is the ingest that published it."""

    model_config = example(**_LIVE)

    version: int
    ingest_id: UUID
    title: str
    url: str | None
    visibility: Visibility
    passages: int

    @classmethod
    def of(cls, live: LiveVersion) -> Self:
        return cls(
            version=live.version_number,
            ingest_id=live.version_id,
            **live.model_dump(include={"title", "url", "visibility", "passages"}),
        )


class LatestBody(ResponseBody):
    """The ingest of the newest version, live or not."""

    model_config = example(**_LATEST)

    version: int
    ingest_id: UUID
    state: IngestState
    error: ErrorBody | None
    updated_at: datetime

    @classmethod
    def of(cls, latest: LatestIngest) -> Self:
        return cls(
            version=latest.version_number,
            ingest_id=latest.version_id,
            state=latest.state,
            error=ErrorBody(**latest.failure.model_dump()) if latest.failure else None,
            updated_at=latest.updated_at,
        )


class DocumentBody(ResponseBody):
    """A document. ``state``: `live` (a version answers), `ingesting` (none does yet), `absent` (every version failed
    or was cancelled) or `deleted`."""

    model_config = example(**_EXAMPLE)

    document_id: UUID
    dataset_id: UUID
    name: str
    state: DocumentState
    live: LiveBody | None
    latest: LatestBody
    deleted_at: datetime | None

    @classmethod
    def of(cls, document: LibraryDocument) -> Self:
        return cls(
            document_id=document.document_id,
            dataset_id=document.dataset_id,
            name=document.external_key,
            state=document.state,
            live=LiveBody.of(document.live) if document.live else None,
            latest=LatestBody.of(document.latest),
            deleted_at=document.deleted_at,
        )


class DocumentPage(ResponseBody):
    """Documents by name. Pass ``next`` as ``after`` to get the next page; null on the last."""

    model_config = example(items=[_EXAMPLE], next=None)

    items: tuple[DocumentBody, ...]
    next: UUID | None


@router.get("/v1/datasets/{dataset_id}/documents", responses=documented(404), summary="List documents")
async def list_documents(
    dataset_id: DatasetId,
    principal: KnowledgeReader,
    services: ServicesDep,
    state: Annotated[DocumentState | None, Query(description="Default: all but deleted ones.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    after: Annotated[UUID | None, Query(description="`next` of the previous page.")] = None,
) -> DocumentPage:
    """By name: the documents that the key may see, and those uploaded with it."""
    await services.datasets.get(principal.tenant_id, dataset_id)
    tenant = await services.policies.get(principal.tenant_id)
    reader = reader_of(principal, tenant, services)
    found = await services.documents.list(
        principal.tenant_id, dataset_id, reader, state=state, limit=limit + 1, after=after
    )
    page = await documents_as_listed(found[:limit], principal, tenant, services)
    return DocumentPage(
        items=tuple(DocumentBody.of(document) for document in page),
        next=page[-1].document_id if len(found) > limit else None,
    )


@router.delete(
    "/v1/datasets/{dataset_id}/documents/{document_id}", responses=documented(404), summary="Delete a document"
)
async def delete_document(
    dataset_id: DatasetId,
    document_id: UUID,
    principal: KnowledgeWriter,
    services: ServicesDep,
    workflows: WorkflowsDep,
) -> DocumentBody:
    """Remove a document from answers and searches at once. Deleting it again has no effect.

    Queued and running ingests of it end as `cancelled` with the error `document_deleted`. Old citations still open.
    """
    tenant = await services.policies.get(principal.tenant_id)
    reader = reader_of(principal, tenant, services)
    document = await _document(services, principal.tenant_id, dataset_id, document_id, reader)
    if document.state is DocumentState.DELETED:
        return await _body(document, principal, tenant, services)
    removal = DocumentRemoval(
        **document.model_dump(include={"tenant_id", "dataset_id", "document_id", "external_key"}),
        requested_by=principal.id,
    )
    await workflows.documents.remove(removal)
    # The live version, by which it could be seen, is gone.
    document = await _document(services, principal.tenant_id, dataset_id, document_id, None)
    return await _body(document, principal, tenant, services)


async def _body(
    document: LibraryDocument, principal: Principal, tenant: PolicyVersion, services: Services
) -> DocumentBody:
    (shown,) = await documents_as_listed((document,), principal, tenant, services)
    return DocumentBody.of(shown)


async def _document(
    services: Services, tenant_id: UUID, dataset_id: UUID, document_id: UUID, reader: Reader | None
) -> LibraryDocument:
    document = await services.documents.get(tenant_id, dataset_id, document_id, reader)
    if document is None:
        raise NotFoundError(
            "There is no such document in this dataset. GET /v1/datasets/{dataset_id}/documents lists its documents.",
            document_id=str(document_id),
        )
    return document
