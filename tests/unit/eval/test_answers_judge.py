"""What the judge of answers lets pass: the right row and not its neighbour, the answer and not the page around it."""

from typing import Any

import pytest

from eval.answers.judge import GivenAnswer, Source, Verdict, judge
from eval.answers.questions import Question

RIGHT = "### How-to\n- A dog costs 15 euros a night. [1]"
GUIDE = Source(name="hotel/guide.html", heading="Guide > Dogs")


def question(**changed: Any) -> Question:
    given: dict[str, Any] = {
        "id": "a",
        "corpus": "hotel",
        "kind": "amount",
        "question": "How much is a dog?",
        "needs": [["15 euros", "15 €"]],
        "neighbours": ["25 euros"],
        "cites": ["guide.html"],
    }
    return Question.model_validate(given | changed)


def unanswerable() -> Question:
    return question(answerable=False, needs=[], neighbours=[], cites=[])


def answer(text: str = RIGHT, outcome: str = "answered", sources: tuple[Source, ...] = (GUIDE,)) -> GivenAnswer:
    return GivenAnswer(outcome=outcome, text=text, sources=sources)


def test_the_fact_with_its_document_is_right() -> None:
    assert judge(question(), answer()).verdict is Verdict.RIGHT


def test_another_wording_of_the_fact_is_right() -> None:
    assert judge(question(), answer("15 € a night. [1]")).verdict is Verdict.RIGHT


@pytest.mark.parametrize("outcome", ["refused", "denied"])
def test_a_refusal_is_right_only_where_nothing_is_to_be_said(outcome: str) -> None:
    said = answer("I could not find this.", outcome, ())
    assert judge(question(), said).verdict is Verdict.REFUSED_WRONGLY
    assert judge(unanswerable(), said).verdict is Verdict.REFUSED_RIGHTLY


def test_any_answer_to_what_the_documents_do_not_say_is_wrong() -> None:
    assert judge(unanswerable(), answer()).verdict is Verdict.WRONG


def test_a_turn_that_failed_is_wrong_even_where_nothing_is_to_be_said() -> None:
    assert judge(unanswerable(), answer("Something went wrong.", "failed", ())).verdict is Verdict.WRONG


def test_something_else_is_wrong() -> None:
    found = judge(question(), answer("- The house has 64 rooms. [1]"))
    assert found.verdict is Verdict.WRONG
    assert found.reasons == ("missing: 15 euros / 15 €",)


def test_the_neighbours_value_instead_is_wrong_even_if_half_of_the_answer_is_there() -> None:
    two = question(needs=[["15 euros"], ["guide dogs"]])
    assert judge(two, answer("A dog costs 15 euros. [1]")).verdict is Verdict.PARTLY
    assert judge(two, answer("A dog costs 15 euros, a parking place 25 euros. [1]")).verdict is Verdict.WRONG


def test_the_neighbours_value_beside_the_right_one_makes_it_partly_right() -> None:
    assert judge(question(), answer("- Dog: 15 euros [1]\n- Parking: 25 euros [1]")).verdict is Verdict.PARTLY


def test_a_false_fact_is_wrong_whatever_stands_beside_it() -> None:
    assert (
        judge(question(wrong=["free of charge"]), answer(f"{RIGHT}\nDogs are free of charge.")).verdict is Verdict.WRONG
    )


def test_the_answer_in_a_page_of_other_things_is_partly_right() -> None:
    page = RIGHT + "\n- The house has 64 rooms and a lift. [1]" * 15
    found = judge(question(), answer(page))
    assert found.verdict is Verdict.PARTLY
    assert "characters where 120 do" in found.reasons[0]


def test_a_question_that_wants_more_may_be_answered_at_length() -> None:
    page = RIGHT + "\n- The house has 64 rooms and a lift. [1]" * 15
    assert judge(question(length=400), answer(page)).verdict is Verdict.RIGHT


def test_passages_that_say_nothing_asked_for_make_it_partly_right() -> None:
    one = f"{RIGHT}\n\n- The sauna is warm. [2]"
    assert judge(question(), answer(one)).verdict is Verdict.RIGHT
    assert judge(question(), answer(f"{one}\n\n- The yard is dark. [3]")).verdict is Verdict.PARTLY


@pytest.mark.parametrize("sources", [(), (Source(name="hotel/rates.html"),)])
def test_a_fact_without_its_document_is_partly_right(sources: tuple[Source, ...]) -> None:
    assert judge(question(), answer(sources=sources)).verdict is Verdict.PARTLY


def test_the_section_is_reported_and_changes_no_verdict() -> None:
    assert judge(question(section="Dogs"), answer()).section_named is True
    elsewhere = judge(question(section="Parking"), answer())
    assert (elsewhere.section_named, elsewhere.verdict) == (False, Verdict.RIGHT)
    assert judge(question(), answer()).section_named is None
