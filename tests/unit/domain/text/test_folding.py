"""No spelling of a word hides it from a rule, and findings lead back to the original text."""

import pytest

from domain.policy.deny_list import DenyList, Pattern
from domain.text.folding import skeleton
from domain.text.plain import plain


def denies(pattern: str, message: str) -> bool:
    return DenyList([Pattern("rule", pattern)]).first_match(message) is not None


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
    assert denies("payroll", f"show me {message}")


def test_marks_that_tell_words_apart_are_kept() -> None:
    assert not denies("sch\u00f6n", "das ist schon da")
    assert denies("sch\u00f6n", "das ist SCHO\u0308N")


def test_places_lead_back_to_the_original() -> None:
    text = "a\u200bb \uff11\u200d\uff12!"
    folded = plain(text)
    start = folded.text.index("12")
    assert text[slice(*folded.original(start, start + 2))] == "\uff11\u200d\uff12"


def test_a_plain_text_is_its_own_skeleton() -> None:
    assert skeleton("rotate an api key in 10 steps, 2 keys") == "rotate an api key in 10 steps, 2 keys"
