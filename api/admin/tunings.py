"""What was learned from feedback: administrators list versions, tune, and roll back."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StrictInt

from api.edge.authentication import SECURITY, Administrator, AuthenticatedRoute
from api.edge.errors import documented
from api.edge.schema import EXAMPLE_ID, RequestBody, ResponseBody, example
from api.services import ServicesDep, WorkflowsDep
from domain.feedback.feedback import Tuning
from workflows.tune_feedback import TuneFeedbackInput

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["feedback"])

_MAX_VERSIONS: Final = 50


_TUNING: Final = {
    "version": 3,
    "active": True,
    "feedback": 120,
    "created_at": "2025-01-31T09:30:00Z",
    "created_by": "schedule",
    "boosts": [{"document_id": str(EXAMPLE_ID), "boost": 1.12, "ups": 9, "downs": 2}],
}


class BoostBody(ResponseBody):
    """``boost`` multiplies the fused score of the document's passages."""

    model_config = example(document_id=str(EXAMPLE_ID), boost=1.12, ups=9, downs=2)

    document_id: UUID
    boost: float
    ups: int
    downs: int


class TuningBody(ResponseBody):
    """A version of what was learned from feedback; version 0 means that tuning is off."""

    model_config = example(**_TUNING)

    version: int
    active: bool
    feedback: int
    created_at: datetime
    created_by: str
    boosts: tuple[BoostBody, ...]

    @classmethod
    def of(cls, tuning: Tuning) -> Self:
        return cls.model_validate({**tuning.model_dump(exclude={"is_active"}), "active": tuning.is_active})


class TuningList(ResponseBody):
    """Newest first."""

    model_config = example(items=[_TUNING])

    items: tuple[TuningBody, ...]


class TuningRequest(RequestBody):
    """``activate`` null learns from the feedback now; a version rolls back to it; 0 turns tuning off."""

    model_config = RequestBody.model_config | example(activate=None)

    activate: Annotated[StrictInt, Field(ge=0, le=2**31 - 1)] | None = None


@router.get("/v1/admin/tuning", responses=documented(), summary="List tunings")
async def list_tunings(principal: Administrator, services: ServicesDep) -> TuningList:
    """Versions of what was learned from feedback, newest first. The active one applies to searches and answers."""
    found = await services.feedback.versions(principal.tenant_id, _MAX_VERSIONS)
    return TuningList(items=tuple(TuningBody.of(tuning) for tuning in found))


@router.post("/v1/admin/tuning", responses=documented(404, 409, 413), summary="Tune, or roll back")
async def tune(body: TuningRequest, principal: Administrator, workflows: WorkflowsDep) -> TuningBody:
    """Learn from feedback now, or roll back to an earlier version. Takes effect within seconds."""
    given = TuneFeedbackInput(tenant_id=principal.tenant_id, requested_by=principal.id, activate=body.activate)
    return TuningBody.of(await workflows.tunings.tune(given))
