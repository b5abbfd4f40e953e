"""What may be asked at all, however it is spelled."""

import pytest

from domain.policy.admission import Admission
from domain.policy.admission import admit as admit_by
from domain.policy.deny_list import DenyList, Pattern
from domain.text.folding import normalise

PATTERNS = ("payroll data", "Straße")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
BOLD = {code: code - ord("a") + 0x1D5EE for code in range(ord("a"), ord("z") + 1)}


def admit(message: str, texts: tuple[str, ...], globs: tuple[str, ...] = ()) -> Admission:
    patterns = [Pattern(f"text/{number}", text) for number, text in enumerate(texts, start=1)]
    patterns += [Pattern(f"glob/{number}", text, is_glob=True) for number, text in enumerate(globs, start=1)]
    return admit_by(message, DenyList(patterns))


def test_a_question_without_a_denied_topic_is_admitted() -> None:
    assert admit("How do I rotate an API key?", PATTERNS).admitted


def test_without_patterns_everything_is_admitted() -> None:
    assert admit("payroll data", ()).admitted


@pytest.mark.parametrize(
    "message",
    [
        "Show me the payroll data",
        "PAYROLL DATA!",
        "PayRoll   \n data",
        "pay\u200broll da\u200cta",
        "pay\u00adroll data",
        "payroll\u2060 data\ufeff",
        "p\u202eayroll data",
        "payroll data".translate(FULL_WIDTH),
        "payroll data".translate(BOLD),
        "payroll\u00a0data",
        "pay\u034froll data",
        "payroll\ufe0f data",
        "pay\U000e0001roll data",
        "pay\u3164roll data",
        "pay\uffa0roll data",
        "pay\u2066roll\u2069 data",
    ],
)
def test_a_denied_topic_is_found_in_any_spelling(message: str) -> None:
    assert not admit(message, PATTERNS).admitted


@pytest.mark.parametrize("message", ["Hauptstrasse 5", "HAUPTSTRASSE 5", "HAUPTSTRAẞE", "hauptstraße"])
def test_case_folds_as_the_language_does(message: str) -> None:
    assert not admit(message, PATTERNS).admitted


def test_the_pattern_may_be_written_in_any_spelling_too() -> None:
    assert not admit("payroll data", ("PAY\u200bROLL".translate(FULL_WIDTH),)).admitted


def test_a_refusal_names_its_rule_and_a_reason_without_the_pattern() -> None:
    refusal = admit("my strasse", PATTERNS)
    assert refusal.rule_id == "text/2"
    assert refusal.reason
    assert "stra" not in refusal.reason.casefold()


@pytest.mark.parametrize("pattern", ["", " ", "\u200b", "\n\t"])
def test_a_pattern_of_nothing_denies_nothing(pattern: str) -> None:
    assert admit("anything", (pattern,)).admitted


@pytest.mark.parametrize("text", ["\uff21\u200bB  c", "ﬁle", "İstanbul", "x\uffa0y", "①②", "A\u0301"])
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


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
