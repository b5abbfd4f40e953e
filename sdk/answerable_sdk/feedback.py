"""Feedback on answers, and what was learned from it."""

from datetime import datetime
from uuid import UUID

from answerable_sdk.models import Model


class Feedback(Model):
    """What is stored of one's word on an answer."""

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


class Boost(Model):
    """``boost`` multiplies the fused score of the document's passages."""

    document_id: UUID
    boost: float
    ups: int
    downs: int


class Tuning(Model):
    """A version of what was learned; version 0 means that nothing applies."""

    version: int
    active: bool
    feedback: int
    created_at: datetime
    created_by: str
    boosts: tuple[Boost, ...]


class TuningList(Model):
    """The newest first."""

    items: tuple[Tuning, ...]
