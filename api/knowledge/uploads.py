"""Uploads."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from api.edge.authentication import SECURITY, KnowledgeWriter, OwnDoorRoute
from api.edge.errors import documented
from api.edge.idempotency import IdempotencyKey
from api.edge.schema import EXAMPLE_ID
from api.knowledge.ingest_bodies import UploadAccepted
from api.knowledge.upload_form import Upload, received_upload
from api.process.deadlines import DEADLINE_SECONDS, unless_stopping, within
from api.process.fair_doors import Door
from api.services import ProcessDep, Services, ServicesDep, WorkflowsDep
from api.workflow_ports import Workflows
from domain.errors import IdempotencyConflictError, ObjectStoreUnavailableError
from domain.identity.principal import Principal
from domain.knowledge.dataset import Dataset
from domain.knowledge.ingest import Ingest
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for

router = APIRouter(route_class=OwnDoorRoute, dependencies=SECURITY, tags=["knowledge"])

_SLOWEST_BYTES_PER_SECOND: Final = 1_000_000
_TEXT: Final = {"type": "string"}
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "name": _TEXT | {"description": "The document's name in its dataset. Default: the file name."},
                        "title": _TEXT,
                        "url": _TEXT | {"format": "uri"},
                        "visibility": _TEXT | {"enum": ["internal", "external"]},
                        "roles": {"type": "array", "items": _TEXT, "description": "Only these roles may see it."},
                        "tags": {"type": "array", "items": _TEXT, "description": "Searches can require tags."},
                        "tier": _TEXT | {"description": "For example 'summary' or 'detail'."},
                        "language": _TEXT | {"description": "For example 'en'."},
                        "attributes": _TEXT
                        | {
                            "contentMediaType": "application/json",
                            "description": "A JSON object of texts, numbers and truth values to filter searches by.",
                        },
                        "wait": {"type": "boolean", "default": False},
                    },
                },
                "example": {"name": "guides/rotate-an-api-key.md", "title": "Rotate an API key", "wait": True},
            }
        },
    }
}

DatasetId = Annotated[UUID, Path(examples=[EXAMPLE_ID])]


@router.post(
    "/v1/datasets/{dataset_id}/documents",
    response_model=UploadAccepted,
    responses=documented(404, 409, 413)
    | {202: {"model": UploadAccepted, "description": "Accepted; GET /v1/ingests/{ingest_id} returns its status."}},
    openapi_extra=_FORM,
    summary="Upload a document",
)
async def upload(
    dataset_id: DatasetId,
    request: Request,
    principal: KnowledgeWriter,
    services: ServicesDep,
    workflows: WorkflowsDep,
    process: ProcessDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Store a new version of a document and start its ingest.

    202 while the ingest runs; 200 when it has ended: with `wait=true`, or at once if the content is unchanged.
    """
    dataset = await services.datasets.get(principal.tenant_id, dataset_id)
    async with process.doors[Door.UPLOADS].entered(principal.tenant_id):
        async with received_upload(request, services.settings.max_upload_bytes) as received:
            version = _version(received, dataset, principal, idempotency_key)
            await _store(received, version.artifact, services)
        ingest = await workflows.documents.submit(version)
    _require_same_upload(ingest, version)
    if received.fields.wait and not ingest.state.is_terminal:
        ended = await unless_stopping(process.stopping, _await_end(ingest, services, workflows))
        ingest = ended or ingest
    body = UploadAccepted.taking(ingest, version.version_id, services.object_store.uri)
    return JSONResponse(
        body.model_dump(mode="json"),
        200 if ingest.state.is_terminal else 202,
        {"Location": f"/v1/ingests/{body.ingest_id}"},
    )


def _version(received: Upload, dataset: Dataset, principal: Principal, key: str | None) -> DocumentVersion:
    document_id = document_id_for(dataset.tenant_id, dataset.dataset_id, received.name)
    return DocumentVersion(
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.dataset_id,
        document_id=document_id,
        version_id=uuid5(document_id, f"{principal.id}/{key}") if key else uuid4(),
        external_key=received.name,
        title=received.fields.title,
        url=received.fields.url,
        visibility=received.fields.visibility or dataset.default_visibility,
        roles=received.fields.roles,
        **received.fields.model_dump(include={"tags", "tier", "language", "attributes"}),
        artifact=SourceArtifact(
            key=f"{dataset.tenant_id}/{received.sha256}/source",
            sha256=received.sha256,
            size_bytes=received.size_bytes,
            media_type=received.media_type,
        ),
        submitted_at=datetime.now(UTC),
        submitted_by=principal.id,
    )


async def _store(received: Upload, artifact: SourceArtifact, services: Services) -> None:
    """Written also when it is there already: a sweep takes bytes for left over that no version names and that are old,
    and these must be young until their version stands in the database."""
    late = ObjectStoreUnavailableError("The object store did not respond in time. Try again shortly.")
    writing = services.object_store.put_file(artifact.key, received.path, artifact.media_type)
    await within(DEADLINE_SECONDS + artifact.size_bytes / _SLOWEST_BYTES_PER_SECOND, writing, late)


def _require_same_upload(ingest: Ingest, version: DocumentVersion) -> None:
    repeated = ingest.version.version_id == version.version_id
    if repeated and ingest.version.fingerprint != version.fingerprint:
        raise IdempotencyConflictError(
            "This Idempotency-Key was already used for another upload of this document. Use a new key.",
            ingest_id=str(version.version_id),
        )


async def _await_end(ingest: Ingest, services: Services, workflows: Workflows) -> Ingest:
    """The ingest after its workflow, or the time for waiting, came to its end."""
    version = ingest.version
    wait = timedelta(seconds=services.settings.turn_wait_seconds)
    await workflows.documents.wait_until_idle(version.tenant_id, version.document_id, wait)
    return await services.ingests.get(version.tenant_id, version.version_id) or ingest
