"""How ingests stand."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from api.edge.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader
from api.edge.errors import documented
from api.edge.readers import reader_of
from api.knowledge.ingest_bodies import IngestPage, IngestStatus
from api.knowledge.listed_names import ingests_as_listed
from api.services import Services, ServicesDep
from domain.errors import NotFoundError
from domain.identity.principal import Principal
from domain.knowledge.ingest import Ingest, IngestState

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])

_MAX_PAGE: Final = 200


@router.get("/v1/ingests/{ingest_id}", responses=documented(404), summary="Get an ingest")
async def ingest_status(ingest_id: UUID, principal: KnowledgeReader, services: ServicesDep) -> IngestStatus:
    """Its state, progress, last error and artifact URIs."""
    return IngestStatus.of(await found_ingest(services, principal, ingest_id), services.object_store.uri)


async def found_ingest(services: Services, principal: Principal, ingest_id: UUID) -> Ingest:
    """The ingest of a document that the principal may see, or handed in. Raises NotFoundError."""
    tenant = await services.policies.get(principal.tenant_id)
    ingest = await services.ingests.get(principal.tenant_id, ingest_id, reader_of(principal, tenant, services))
    if ingest is None:
        raise NotFoundError("There is no such ingest. Check the ingest_id.", ingest_id=str(ingest_id))
    (shown,) = await ingests_as_listed((ingest,), principal, tenant, services)
    return shown


@router.get("/v1/ingests", responses=documented(), summary="List ingests")
async def list_ingests(
    principal: KnowledgeReader,
    services: ServicesDep,
    state: IngestState | None = None,
    dataset_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    after: Annotated[UUID | None, Query(description="`next` of the previous page.")] = None,
) -> IngestPage:
    """Newest first: ingests of documents that the key may see, and those submitted with it."""
    tenant = await services.policies.get(principal.tenant_id)
    reader = reader_of(principal, tenant, services)
    found = await services.ingests.list(
        principal.tenant_id, reader, dataset_id=dataset_id, state=state, limit=limit + 1, after=after
    )
    page = await ingests_as_listed(found[:limit], principal, tenant, services)
    return IngestPage(
        items=tuple(IngestStatus.of(ingest, services.object_store.uri) for ingest in page),
        next=page[-1].version.version_id if len(found) > limit else None,
    )
