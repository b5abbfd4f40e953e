"""What people said of answers, and what is learned from it: a bounded factor for each document.

Learning is a pure function of the feedback, so that the same feedback always gives the same factors.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.base import Value
from domain.search.boosts import LEAST, MOST, bounded

MAX_OF_ONE_PRINCIPAL: Final = 5
"""How far one principal alone can move a document, in votes."""

_DOUBT: Final = 4
"""So many opposite votes stand against the first one: a single vote says little."""


class Rating(StrEnum):
    UP = "up"
    DOWN = "down"


class Feedback(Value):
    """``passage_id``: the passage that held the answer, as the asker says. One for each turn and principal; a later one
    takes its place."""

    tenant_id: UUID
    turn_id: str
    principal_id: str
    rating: Rating
    passage_id: UUID | None = None
    comment: str | None = None
    given_at: datetime


class JudgedTurn(Value):
    """A feedback with the documents that it is about: ``right_document_id`` is named by the asker, ``cited`` are those
    of the answer."""

    principal_id: str
    rating: Rating
    right_document_id: UUID | None
    cited: tuple[UUID, ...]


class DocumentBoost(Value):
    """``ups`` and ``downs`` are votes, each principal's bounded."""

    document_id: UUID
    boost: float
    ups: int
    downs: int


class Tuning(Value):
    """One version of what was learned. ``boosts`` that would be 1 are left out."""

    version: int
    feedback: int
    boosts: tuple[DocumentBoost, ...]
    created_at: datetime
    created_by: str
    is_active: bool


class DailyFeedback(Value):
    """Counts of one day, in UTC (YYYY-MM-DD)."""

    day: str
    ups: int
    downs: int


class FeedbackAnalytics(Value):
    """``documents``: those with most feedback, by the answers that cite them, most votes down first."""

    ups: int
    downs: int
    comments: int
    days: tuple[DailyFeedback, ...]
    documents: tuple["JudgedDocument", ...]


class JudgedDocument(Value):
    document_id: UUID
    name: str
    ups: int
    downs: int


FeedbackAnalytics.model_rebuild()


def learned(judged: Iterable[JudgedTurn]) -> tuple[DocumentBoost, ...]:
    """The factor of each document that feedback is about, by document id; those that stay at 1 are left out.

    A document that was named as the right one gets a vote up, whatever the rating. Else the cited documents share the
    rating: each gets a vote.
    """
    votes: Counter[tuple[str, UUID]] = Counter()
    for turn in judged:
        for document_id, vote in _votes(turn):
            votes[turn.principal_id, document_id] += vote
    ups: Counter[UUID] = Counter()
    downs: Counter[UUID] = Counter()
    for (_, document_id), vote in votes.items():
        counted = max(-MAX_OF_ONE_PRINCIPAL, min(MAX_OF_ONE_PRINCIPAL, vote))
        (ups if counted > 0 else downs)[document_id] += abs(counted)
    return tuple(
        DocumentBoost(document_id=one, boost=boost_of(ups[one], downs[one]), ups=ups[one], downs=downs[one])
        for one in sorted({*ups, *downs})
        if ups[one] != downs[one]
    )


def boost_of(ups: int, downs: int) -> float:
    """1 for as many votes up as down, towards the bounds of ``domain.search.boosts`` the more they agree."""
    agreement = (ups - downs) / (ups + downs + _DOUBT)
    reach = MOST - 1 if agreement > 0 else 1 - LEAST
    return round(bounded(1 + reach * agreement), 4)


def _votes(turn: JudgedTurn) -> Iterable[tuple[UUID, int]]:
    if turn.right_document_id is not None:
        yield turn.right_document_id, 1
        return
    for document_id in dict.fromkeys(turn.cited):
        yield document_id, 1 if turn.rating is Rating.UP else -1
