"""Boosts of documents: bounded, and never more than a change of order."""

import math
from uuid import UUID

import pytest

from domain.search.boosts import LEAST, MOST, boosted, bounded
from domain.search.retrieval import RetrievedPassage
from tests.fixtures.passages import found_passage


def passage(document: int, fused: float) -> RetrievedPassage:
    return found_passage(passage_id=UUID(int=document), document_id=UUID(int=document), fused=fused)


FOUND = (passage(1, 1.0), passage(2, 0.95), passage(3, 0.5))


@pytest.mark.parametrize(
    ("boost", "taken"), [(1.1, 1.1), (100.0, MOST), (0.0, LEAST), (-3.0, LEAST), (math.inf, MOST), (math.nan, 1.0)]
)
def test_no_boost_leaves_its_bounds(boost: float, taken: float) -> None:
    assert bounded(boost) == taken


def test_without_boosts_nothing_changes() -> None:
    assert boosted(FOUND, {}) == list(FOUND)


def test_a_boost_moves_a_passage_past_better_ones_and_stands_beside_its_score() -> None:
    ranked = boosted(FOUND, {UUID(int=2): 1.1})
    assert [one.document_id.int for one in ranked] == [2, 1, 3]
    assert (ranked[0].scores.fused, ranked[0].scores.boost) == (0.95, 1.1)


def test_a_boost_cannot_lift_what_is_far_behind() -> None:
    assert [one.document_id.int for one in boosted(FOUND, {UUID(int=3): 1e9})] == [1, 2, 3]


def test_a_boost_brings_in_nothing_that_was_not_found() -> None:
    assert {one.document_id.int for one in boosted(FOUND, {UUID(int=9): 2.0})} == {1, 2, 3}
