"""Documents that proved more, or less, useful than their texts say: their fused scores count for a little more or less.

A boost changes the order of what a search found. It cannot bring in what the search may not see.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from domain.search.retrieval import RetrievedPassage

LEAST: Final = 0.8
MOST: Final = 1.25


def bounded(boost: float) -> float:
    """A factor that no feedback can drive further; what is no number counts as none."""
    return min(MOST, max(LEAST, boost)) if boost == boost else 1.0  # noqa: PLR0124 - NaN differs from itself


def boosted(passages: Sequence[RetrievedPassage], boosts: Mapping[UUID, float]) -> list[RetrievedPassage]:
    """``passages`` in the order of their boosted scores; ``boosts`` by document, 1 for those that it lacks."""
    if not boosts:
        return list(passages)
    changed = [_with_boost(passage, bounded(boosts.get(passage.document_id, 1.0))) for passage in passages]
    return sorted(changed, key=lambda passage: -passage.scores.boosted)


def _with_boost(passage: RetrievedPassage, boost: float) -> RetrievedPassage:
    return passage.model_copy(update={"scores": passage.scores.model_copy(update={"boost": boost})})
