"""What people say of answers, and what is learned from it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Protocol, Self, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, StrictInt

from api.authentication import SECURITY, Administrator, Auditor, AuthenticatedRoute, Chatter, reading_as
from api.errors import documented
from api.readers import reader_of, strictest_profile
from api.schema import EXAMPLE_ID, EXAMPLE_TRACE, RequestBody, ResponseBody, SpokenText, example
from api.services import ServicesDep
from api.traces import require_trace, trace_not_found
from domain.feedback.feedback import Feedback, FeedbackAnalytics, Rating, Tuning
from domain.guardrails.redaction import redact
from workflows.tune_feedback import TuneFeedbackInput

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["feedback"])

_MOST_VERSIONS: Final = 50
_MOST_DAYS: Final = 365
_TUNING: Final = {
    "version": 3,
    "active": True,
    "feedback": 120,
    "created_at": "2025-01-31T09:30:00Z",
    "created_by": "schedule",
    "boosts": [{"document_id": str(EXAMPLE_ID), "boost": 1.12, "ups": 9, "downs": 2}],
}


class Tunings(Protocol):
    """The workflow behind these routes; each method raises WorkflowServiceUnavailableError."""

    async def schedule(self, tenant_id: UUID) -> None: ...

    async def tune(self, given: TuneFeedbackInput) -> Tuning: ...


async def _tunings(request: Request) -> Tunings:
    return cast(Tunings, request.app.state.tunings)


TuningsDep = Annotated[Tunings, Depends(_tunings)]


class FeedbackRequest(RequestBody):
    """A word on an answer. ``passage_id``: the passage that held the answer, from a citation or a search."""

    model_config = RequestBody.model_config | example(
        trace_id=EXAMPLE_TRACE, rating="down", comment="This is about webhooks, not about API keys."
    )

    trace_id: Annotated[str, Field(max_length=64)]
    rating: Rating
    passage_id: UUID | None = None
    comment: Annotated[SpokenText, Field(min_length=1, max_length=2_000)] | None = None


class FeedbackResponse(ResponseBody):
    """What is stored now."""

    model_config = example(trace_id=EXAMPLE_TRACE, rating="down", passage_id=None, given_at="2025-01-31T09:30:00Z")

    trace_id: str
    rating: Rating
    passage_id: UUID | None
    given_at: datetime


class DailyBody(ResponseBody):
    model_config = example(day="2025-01-31", ups=9, downs=2)

    day: str
    ups: int
    downs: int


class JudgedDocumentBody(ResponseBody):
    model_config = example(document_id=str(EXAMPLE_ID), name="guides/rotate-an-api-key.md", ups=9, downs=2)

    document_id: UUID
    name: str
    ups: int
    downs: int


class AnalyticsResponse(ResponseBody):
    """``documents``: those that the judged answers cite, most votes down first."""

    model_config = example(
        ups=9,
        downs=2,
        comments=1,
        days=[{"day": "2025-01-31", "ups": 9, "downs": 2}],
        documents=[{"document_id": str(EXAMPLE_ID), "name": "guides/rotate-an-api-key.md", "ups": 9, "downs": 2}],
    )

    ups: int
    downs: int
    comments: int
    days: tuple[DailyBody, ...]
    documents: tuple[JudgedDocumentBody, ...]

    @classmethod
    def of(cls, found: FeedbackAnalytics) -> Self:
        return cls.model_validate(found.model_dump())


class BoostBody(ResponseBody):
    """``boost`` multiplies the fused score of the document's passages."""

    model_config = example(document_id=str(EXAMPLE_ID), boost=1.12, ups=9, downs=2)

    document_id: UUID
    boost: float
    ups: int
    downs: int


class TuningBody(ResponseBody):
    """A version of what was learned; version 0 means that nothing applies."""

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
    """The newest first."""

    model_config = example(items=[_TUNING])

    items: tuple[TuningBody, ...]


class TuningRequest(RequestBody):
    """``activate`` null learns anew from the feedback; a version has that one apply again, 0 none."""

    model_config = RequestBody.model_config | example(activate=None)

    activate: Annotated[StrictInt, Field(ge=0, le=2**31 - 1)] | None = None


@router.post("/v1/feedback", responses=documented(404, 413), summary="Say whether an answer was good")
async def give_feedback(
    body: FeedbackRequest, principal: Chatter, services: ServicesDep, tunings: TuningsDep
) -> FeedbackResponse:
    """One word for each turn and key: a later one takes the place of the earlier. Others' turns do not exist here,
    unless the key has the scope audit:read."""
    require_trace(body.trace_id)
    turn = await services.turns.find(principal.tenant_id, body.trace_id, of_principal=reading_as(principal))
    if turn is None:
        raise trace_not_found(body.trace_id)
    feedback = Feedback(
        tenant_id=principal.tenant_id,
        turn_id=body.trace_id,
        principal_id=principal.id,
        given_at=datetime.now(UTC),
        **body.model_dump(include={"rating", "passage_id", "comment"}),
    )
    await services.feedback.give(feedback, principal)
    await tunings.schedule(principal.tenant_id)
    return FeedbackResponse(trace_id=body.trace_id, **feedback.model_dump(include={"rating", "passage_id", "given_at"}))


@router.get("/v1/feedback/analytics", responses=documented(), summary="What was said of answers")
async def analytics(
    principal: Auditor,
    services: ServicesDep,
    days: Annotated[int, Query(ge=1, le=_MOST_DAYS, description="How far to look back.")] = 30,
) -> AnalyticsResponse:
    """Counts by day, and the documents that most of it is about: those that the key's holder may see."""
    since = datetime.now(UTC) - timedelta(days=days)
    tenant = await services.policies.get(principal.tenant_id)
    found = await services.feedback.analytics(principal.tenant_id, since, reader_of(principal, tenant, services))
    profile = strictest_profile(tenant)
    names = [redact(one.name, profile, services.detector).text for one in found.documents]
    documents = [one.model_copy(update={"name": name}) for one, name in zip(found.documents, names, strict=True)]
    return AnalyticsResponse.of(found.model_copy(update={"documents": tuple(documents)}))


@router.get("/v1/admin/tuning", responses=documented(), summary="What was learned from feedback")
async def list_tunings(principal: Administrator, services: ServicesDep) -> TuningList:
    """The versions, the newest first; the active one applies to searches and answers."""
    found = await services.feedback.versions(principal.tenant_id, _MOST_VERSIONS)
    return TuningList(items=tuple(TuningBody.of(tuning) for tuning in found))


@router.post("/v1/admin/tuning", responses=documented(404, 409, 413), summary="Learn from feedback, or go back")
async def tune(body: TuningRequest, principal: Administrator, tunings: TuningsDep) -> TuningBody:
    """Learn now, or have an earlier version apply again. Applies within seconds."""
    given = TuneFeedbackInput(tenant_id=principal.tenant_id, requested_by=principal.id, activate=body.activate)
    return TuningBody.of(await tunings.tune(given))
