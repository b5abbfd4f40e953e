"""What is asked, and which of its words the answer has to be about."""

import pytest

from domain.answers.forms import Form, form_of
from domain.answers.parts import parts_of, question_after_story
from domain.answers.question import read_question
from domain.answers.ranges import Bounds, figures_in, holds_name, ranges_in


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("How do I rotate a key?", Form.HOW),
        ("How can devices publish?", Form.HOW),
        ("Wie melde ich mich um?", Form.HOW),
        ("¿Cómo consigo la tarjeta?", Form.HOW),
        ("What is a dead letter?", Form.WHAT_IS),
        ("Was ist ein Abschlag?", Form.WHAT_IS),
        ("Who approves a refund?", Form.WHO),
        ("An wen wende ich mich?", Form.WHO),
        ("and when does it close?", Form.WHEN),
        ("À quelle heure ferme la piscine ?", Form.WHEN),
        ("Where are events stored?", Form.WHERE),
        ("How much is a seat?", Form.AMOUNT),
        ("Wie teuer ist ein Ausweis?", Form.AMOUNT),
        ("How long is an invitation valid?", Form.DURATION),
        ("Why was it refused?", Form.WHY),
        ("Does the D40 have a pump?", Form.YES_NO),
        ("Gibt es einen Aufzug?", Form.YES_NO),
        ("List all spare parts", Form.LIST),
        ("Which plans include single sign-on?", Form.LIST),
        ("difference between health and ready", Form.COMPARE),
        ("apt command for libring", Form.CODE),
        ("rate limit for publishing", Form.OPEN),
    ],
)
def test_the_words_that_ask_tell_the_form(question: str, form: Form) -> None:
    assert form_of(question) is form


@pytest.mark.parametrize(
    ("question", "required"),
    [
        ("What does C-102 mean on the D40?", {"c-102", "d40"}),
        ("What does ring_flush() return?", {"ring_flush"}),
        ("Is parking free at Mill Lane?", {"mill", "lane"}),
        ("How do I create a widget in version 2?", {"2"}),
        ("when was firmware 3.3 released", {"3.3"}),
        ("Who approves a refund of 800 euros?", set()),
        ("How do I reset my password?", set()),
    ],
)
def test_names_codes_and_versions_are_required(question: str, required: set[str]) -> None:
    assert {term.word for term in read_question(question).terms if term.required} == required


def test_what_the_answer_is_an_instance_of_matters_less_than_what_it_is_about() -> None:
    worth = {term.word: term.worth for term in read_question("What colour is the gate of the hangar?").terms}
    assert worth["colour"] < worth["gate"] == worth["hangar"] == 1


def test_the_detail_of_a_follow_up_takes_the_place_of_a_name() -> None:
    question = read_question("How long is the warranty of the D40 (the D60)?")
    assert [term.word for term in question.terms if term.required] == ["d60"]
    assert "d40" not in {term.word for term in question.terms}


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "How much is parking and until when is the desk staffed?",
            ["How much is parking", "until when is the desk staffed?"],
        ),
        ("My laptop was stolen. What do I do first?", []),
        ("How do I rotate and revoke keys?", []),
    ],
)
def test_a_message_has_as_many_parts_as_it_asks(message: str, parts: list[str]) -> None:
    assert parts_of(message) == parts


def test_the_question_after_a_story_is_found() -> None:
    message = "We moved last spring. Since then all is refused. How do we verify the signature now?"
    assert question_after_story(message) == "How do we verify the signature now?"
    assert question_after_story("We moved last spring. How?") is None


@pytest.mark.parametrize(
    ("text", "number", "holds"),
    [
        ("up to 1,000 euros", 800, True),
        ("up to 100 euros", 800, False),
        ("more than 5", 7, True),
        ("more than 5", 5, False),
        ("unter 24 Jahren", 19, True),
        ("ab 24 Jahren", 19, False),
        ("6-11 people", 8, True),
        ("at least 3", 3, True),
    ],
)
def test_numbers_lie_within_ranges(text: str, number: float, holds: bool) -> None:
    assert [bounds.hold(number) for bounds in ranges_in(text)] == [holds]


def test_a_bare_number_is_no_range_and_words_are_numbers() -> None:
    assert ranges_in("12 euros") == []
    assert figures_in("seven years and 1,000 euros") == (7.0, 1000.0)
    assert Bounds(1, 3).width == 2


@pytest.mark.parametrize(
    ("text", "name", "holds"),
    [
        ("Monday to Friday 9:00", "wednesday", True),
        ("Monday to Friday 9:00", "sunday", False),
        ("November to March", "january", True),
        ("November - March", "june", False),
        ("closed on Sundays", "sunday", True),
        ("from 9 to 5", "sunday", None),
        ("in June", "sunday", None),
    ],
)
def test_days_and_months_lie_within_ranges(text: str, name: str, holds: bool | None) -> None:
    assert holds_name(text, name) is holds
