"""No spelling of a word hides it from a rule, and findings lead back to the original text."""

import pytest

from domain.policy import admit
from domain.text_folding import plain, skeleton


@pytest.mark.parametrize(
    "message",
    [
        "p\u0430yr\u043ell",  # Cyrillic a and o
        "\u03c1ayroll",  # Greek rho
        "pa\u0301yr\u0308oll",
        "payr0ll",
        "\U0001d429\U0001d41a\U0001d432\U0001d42b\U0001d428\U0001d425\U0001d425",
        "payro\u200dl\ufe0fl",
    ],
)
def test_a_denied_word_is_found_in_any_spelling(message: str) -> None:
    assert admit(f"show me {message}", ("payroll",)).rule_id == "deny_pattern/1"


@pytest.mark.parametrize(
    ("glob", "message", "denied"),
    [
        ("salar*of*ceo", "the salaries of our CEO", True),
        ("salar*of*ceo", "of the CEO: salary", False),
        ("project ?", "Project X", True),
        ("*", "anything", False),
    ],
)
def test_globs_match_where_they_are_asked_for(glob: str, message: str, denied: bool) -> None:
    assert admit(message, (), (glob,)).admitted is not denied
    assert admit(message, (glob,)).admitted


def test_a_glob_of_many_wildcards_is_decided_in_linear_time() -> None:
    assert admit("a" * 8_000, (), ("a*" * 200 + "b",)).admitted


def test_marks_that_tell_words_apart_are_kept() -> None:
    assert admit("das ist schon da", ("sch\u00f6n",)).admitted
    assert not admit("das ist SCHO\u0308N", ("sch\u00f6n",)).admitted


def test_places_lead_back_to_the_original() -> None:
    text = "a\u200bb \uff11\u200d\uff12!"
    folded = plain(text)
    start = folded.text.index("12")
    assert text[slice(*folded.original(start, start + 2))] == "\uff11\u200d\uff12"


def test_a_plain_text_is_its_own_skeleton() -> None:
    assert skeleton("rotate an api key in 10 steps, 2 keys") == "rotate an api key in 10 steps, 2 keys"
