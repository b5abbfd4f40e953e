"""Sweeps: finding and removing what ingests left over."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool, StrictInt

from api.edge.authentication import SECURITY, Administrator, AuthenticatedRoute
from api.edge.errors import ErrorBody, documented
from api.edge.idempotency import IdempotencyKey
from api.edge.schema import RequestBody, ResponseBody, example
from api.services import WorkflowsDep
from domain.errors import Failure
from domain.knowledge.sweep import LeftOverKind, SweepReport
from workflows.sweep_tenant import DEFAULT_AGE_SECONDS, SweepTenantInput

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["administration"])


class SweepRequest(RequestBody):
    """Nothing is removed unless ``remove`` is true. Anything younger than ``older_than_seconds`` is skipped."""

    model_config = example(remove=False, older_than_seconds=3600)

    remove: StrictBool = False
    older_than_seconds: Annotated[StrictInt, Field(ge=0, le=31_536_000)] = DEFAULT_AGE_SECONDS


class LeftOverItem(ResponseBody):
    """``id`` is the key of an artifact, the id of a document, or the id of an ingest for everything else."""

    kind: LeftOverKind
    id: str
    reason: str
    removed: bool


class SweepStatus(ResponseBody):
    """``left_over`` lists the first thousand items; ``found`` and ``removed`` count all."""

    model_config = example(
        state="finished",
        checked={"versions": 3, "passages": 12, "index_rows": 12, "documents": 3, "source_artifacts": 4},
        left_over=[
            {
                "kind": "source_artifact",
                "id": "0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01/9f86d0…/source",
                "reason": "no version names it",
                "removed": False,
            }
        ],
        found=1,
        removed=0,
        truncated=False,
        failure=None,
    )

    state: Literal["running", "finished", "failed"]
    checked: dict[str, int]
    left_over: tuple[LeftOverItem, ...]
    found: int
    removed: int
    truncated: bool
    failure: ErrorBody | None

    @classmethod
    def of(cls, outcome: SweepReport | Failure | None) -> "SweepStatus":
        report = outcome if isinstance(outcome, SweepReport) else SweepReport()
        failure = outcome if isinstance(outcome, Failure) else None
        return cls(
            state="failed" if failure else "finished" if outcome else "running",
            checked=report.checked,
            left_over=tuple(LeftOverItem(**one.model_dump()) for one in report.left_over),
            found=report.found,
            removed=report.removed,
            truncated=report.truncated,
            failure=ErrorBody(**failure.model_dump()) if failure else None,
        )


@router.post(
    "/v1/admin/sweep",
    response_model=SweepStatus,
    responses=documented(409, 413)
    | {202: {"model": SweepStatus, "description": "Running; GET /v1/admin/sweep returns its status."}},
    summary="Start a sweep",
)
async def sweep(
    body: SweepRequest, principal: Administrator, workflows: WorkflowsDep, idempotency_key: IdempotencyKey = None
) -> Response:
    """Find what interrupted ingests left over in the database and the object store, and remove it if `remove` is set.

    200 with the report if the sweep ends within seconds, else 202.
    """
    given = SweepTenantInput(tenant_id=principal.tenant_id, **body.model_dump())
    await workflows.sweeps.start(given, idempotency_key)
    status = SweepStatus.of(await workflows.sweeps.outcome(principal.tenant_id, wait=True))
    return JSONResponse(
        status.model_dump(mode="json"), 202 if status.state == "running" else 200, {"Location": "/v1/admin/sweep"}
    )


@router.get("/v1/admin/sweep", responses=documented(404), summary="Get the last sweep")
async def last_sweep(principal: Administrator, workflows: WorkflowsDep) -> SweepStatus:
    """The tenant's last sweep, running or ended. 404 if there was none within the retention of histories."""
    return SweepStatus.of(await workflows.sweeps.outcome(principal.tenant_id, wait=False))
