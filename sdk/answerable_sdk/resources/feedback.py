"""Feedback on answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, Id, parse_as, without_none
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Feedback(Model):
    """The rating that is stored for an answer."""

    trace_id: str
    rating: str
    passage_id: UUID | None
    given_at: datetime


class DailyFeedback(Model):
    """Counts of one day, in UTC (YYYY-MM-DD)."""

    day: str
    ups: int
    downs: int


class JudgedDocument(Model):
    """A document that judged answers cite."""

    document_id: UUID
    name: str
    ups: int
    downs: int


class FeedbackAnalytics(Model):
    """``documents``: most votes down first."""

    ups: int
    downs: int
    comments: int
    days: tuple[DailyFeedback, ...]
    documents: tuple[JudgedDocument, ...]


class FeedbackMethods(Resource[Mode]):
    """``client.feedback``."""

    @method
    def give(
        self, trace_id: str, rating: Literal["up", "down"], *, passage_id: Id | None = None, comment: str | None = None
    ) -> Steps[Feedback]:
        """Rate an answer, and name the passage that would have been right. Rating again replaces the first."""
        body = {"trace_id": trace_id, "rating": rating} | without_none(passage_id=passage_id, comment=comment)
        return self._send(Call("POST", "/v1/feedback", parse_as(Feedback), json=body))

    @method
    def analytics(self, *, days: int = 30) -> Steps[FeedbackAnalytics]:
        """Feedback counts by day, and the documents it concerns."""
        return self._send(Call("GET", "/v1/feedback/analytics", parse_as(FeedbackAnalytics), params={"days": days}))
