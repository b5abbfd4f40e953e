from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from domain.feedback.feedback import MAX_OF_ONE_PRINCIPAL, JudgedTurn, Rating, boost_of, learned
from domain.search.boosts import LEAST, MOST

A, B = UUID(int=1), UUID(int=2)


def judged(rating: Rating, *cited: UUID, by: str = "ann", right: UUID | None = None) -> JudgedTurn:
    return JudgedTurn(principal_id=by, rating=rating, right_document_id=right, cited=cited)


def factors(turns: Sequence[JudgedTurn]) -> dict[UUID, float]:
    return {one.document_id: one.boost for one in learned(turns)}


def test_documents_of_good_answers_rise_and_those_of_bad_ones_fall() -> None:
    found = factors([judged(Rating.UP, A), judged(Rating.DOWN, B)])
    assert found[A] > 1 > found[B]


def test_the_right_passage_raises_its_document_and_blames_no_other() -> None:
    assert set(factors([judged(Rating.DOWN, A, right=B)])) == {B}


def test_a_document_cited_twice_in_an_answer_gets_one_vote() -> None:
    assert factors([judged(Rating.UP, A, A)]) == factors([judged(Rating.UP, A)])


def test_as_many_up_as_down_changes_nothing() -> None:
    assert learned([judged(Rating.UP, A, by="ann"), judged(Rating.DOWN, A, by="bob")]) == ()


def test_one_principal_alone_moves_a_document_only_so_far() -> None:
    flood = [judged(Rating.UP, A) for _ in range(1_000)]
    (one,) = learned(flood)
    assert one.ups == MAX_OF_ONE_PRINCIPAL
    many = factors([judged(Rating.UP, A, by=str(number)) for number in range(100)])
    assert many[A] > one.boost


@pytest.mark.parametrize(("ups", "downs"), [(10**6, 0), (0, 10**6), (1, 0), (0, 1), (0, 0)])
def test_no_amount_of_feedback_leaves_the_bounds(ups: int, downs: int) -> None:
    assert LEAST <= boost_of(ups, downs) <= MOST


def test_the_same_feedback_in_any_order_gives_the_same_factors() -> None:
    turns = [judged(Rating.UP, uuid4(), A, by=str(number)) for number in range(20)]
    assert learned(turns) == learned(list(reversed(turns)))
