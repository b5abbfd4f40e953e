"""Words of questions."""

import pytest

from domain.answers.question_words import QuestionWords, asks_for_meaning, asks_for_steps
from domain.text.stems import stems


@pytest.mark.parametrize(
    "question",
    ["How do I rotate a key?", "how to rotate", "rotate api key", "What should I do if it leaks?", "Can I rename it?"],
)
def test_a_wish_to_do_something_asks_for_steps(question: str) -> None:
    assert asks_for_steps(question)


@pytest.mark.parametrize(
    "question", ["What is a sandbox?", "How many endpoints can I have?", "Who may rotate a key?", "How does it work?"]
)
def test_a_wish_to_know_something_asks_for_facts(question: str) -> None:
    assert not asks_for_steps(question)


def test_a_question_for_a_definition_is_recognised() -> None:
    assert asks_for_meaning("What is the sandbox?")
    assert not asks_for_meaning("What happens to held events?")


@pytest.mark.parametrize(
    "forms",
    [
        ("rotate", "rotates", "rotated", "rotating", "rotation", "rotations"),
        ("verify", "verifies", "verified", "verifying"),
        ("key", "keys"),
        ("plan", "plans", "planned", "planning"),
        ("access",),
    ],
)
def test_the_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stems(form)[0] for form in forms}) == 1


def test_words_without_meaning_are_left_out() -> None:
    assert stems("How do I get the key?") == stems("key")


def test_coverage_is_the_weighted_share_of_the_question() -> None:
    texts = [stems("rotate a key"), stems("revoke a key"), stems("create a key")]
    words = QuestionWords("How do I revoke a key?", texts)
    assert words.coverage((texts[1], 1.0)) == pytest.approx(1.0)
    assert 0 < words.coverage((texts[0], 1.0)) < 0.5 < words.coverage((stems("revoke"), 1.0)) < 1
    assert words.coverage((texts[1], 0.5)) == pytest.approx(0.5)


def test_related_words_count_for_less() -> None:
    words = QuestionWords("invite", [stems("invitation")])
    assert words.coverage((stems("invitation"), 1.0)) == pytest.approx(0.8)


def test_a_question_without_words_is_covered_by_nothing() -> None:
    assert QuestionWords("How do I?", [stems("key")]).coverage((stems("key"), 1.0)) == 0.0
