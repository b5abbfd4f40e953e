"""A passage as it is kept, found by its id and not by a question."""

from datetime import datetime
from enum import StrEnum

from domain.base import Value
from domain.search.retrieval import RetrievedPassage


class Currency(StrEnum):
    """Whether a passage still answers: of the live version, of one that was replaced, of a deleted document."""

    CURRENT = "current"
    REPLACED = "replaced"
    DELETED = "deleted"


class StoredPassage(Value):
    """``version`` counts the document's versions from 1, ``submitted_at`` is when this one was handed in. No score:
    nothing was asked."""

    passage: RetrievedPassage
    text: str
    version: int
    submitted_at: datetime
    currency: Currency
