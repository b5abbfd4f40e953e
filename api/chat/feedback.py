"""Ratings of answers, and analytics of them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.chat.traces import require_trace, trace_not_found
from api.edge.authentication import SECURITY, Auditor, AuthenticatedRoute, Chatter, reading_as
from api.edge.errors import documented
from api.edge.readers import reader_of, strictest_profile
from api.edge.schema import EXAMPLE_ID, EXAMPLE_TRACE, RequestBody, ResponseBody, SpokenText, example
from api.services import ServicesDep, WorkflowsDep
from domain.feedback.feedback import Feedback, FeedbackAnalytics, Rating
from domain.guardrails.redaction import redact

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["feedback"])

_MAX_DAYS: Final = 365


class FeedbackRequest(RequestBody):
    """A rating of an answer. ``passage_id``: the passage with the right answer, from a citation or a search."""

    model_config = RequestBody.model_config | example(
        trace_id=EXAMPLE_TRACE, rating="down", comment="This is about webhooks, not about API keys."
    )

    trace_id: Annotated[str, Field(max_length=64)]
    rating: Rating
    passage_id: UUID | None = None
    comment: Annotated[SpokenText, Field(min_length=1, max_length=2_000)] | None = None


class FeedbackResponse(ResponseBody):
    """The rating as stored."""

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
    """``documents``: documents that the rated answers cite, those with the most downvotes first."""

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


@router.post("/v1/feedback", responses=documented(404, 413), summary="Rate an answer")
async def give_feedback(
    body: FeedbackRequest, request: Request, principal: Chatter, services: ServicesDep, workflows: WorkflowsDep
) -> FeedbackResponse:
    """One rating per turn and key; a new one replaces the old. Turns of other keys need the scope `audit:read`."""
    require_trace(request, body.trace_id)
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
    await workflows.tunings.schedule(principal.tenant_id)
    return FeedbackResponse(trace_id=body.trace_id, **feedback.model_dump(include={"rating", "passage_id", "given_at"}))


@router.get("/v1/feedback/analytics", responses=documented(), summary="Get feedback analytics")
async def analytics(
    principal: Auditor,
    services: ServicesDep,
    days: Annotated[int, Query(ge=1, le=_MAX_DAYS, description="Number of days to look back.")] = 30,
) -> AnalyticsResponse:
    """Feedback counts by day, and the documents it concerns most, as far as the key may see them."""
    since = datetime.now(UTC) - timedelta(days=days)
    tenant = await services.policies.get(principal.tenant_id)
    found = await services.feedback.analytics(principal.tenant_id, since, reader_of(principal, tenant, services))
    profile = strictest_profile(tenant)
    names = [redact(one.name, profile, services.detector).text for one in found.documents]
    documents = [one.model_copy(update={"name": name}) for one, name in zip(found.documents, names, strict=True)]
    return AnalyticsResponse.of(found.model_copy(update={"documents": tuple(documents)}))
