"""Places that are hidden in a text: the same as redaction makes of it, told without the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.hidden_text import HiddenSpan, hidden_spans, shown_place, without
from domain.guardrails.redaction import redact
from domain.policy.redaction_profile import STANDARD, RedactionProfile

PIECES = (
    *("jo@example.com", "password: hunter2-hunter2", "4111 1111 1111 1111", "030 901820", "+49 30 901820", "10.0.0.1"),
    *("DE89 3704 0044 0532 0130 00", "api_key=", "[email]", "[secret]", " ", "\n", ", ", "12345678", "call", "ÄÖ", "x"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
DETECTOR = NumberingPlanDetector()


@given(text=texts, is_strict=st.booleans())
def test_a_text_without_its_hidden_places_is_the_redacted_text(text: str, is_strict: bool) -> None:
    profile = RedactionProfile(name="strict") if is_strict else STANDARD
    shown = without(text, hidden_spans(text, profile, DETECTOR))
    assert shown == redact(text, profile, DETECTOR).text
    assert hidden_spans(shown, profile, DETECTOR) == ()


@given(text=texts)
def test_hidden_places_are_in_order_and_apart(text: str) -> None:
    spans = hidden_spans(text, STANDARD, DETECTOR)
    ends = [0, *(span.end for span in spans)]
    assert all(before <= span.start < span.end <= len(text) for before, span in zip(ends, spans, strict=False))


def test_a_text_without_findings_hides_nothing() -> None:
    assert hidden_spans("Press Rotate.", STANDARD) == ()
    assert without("Press Rotate.", ()) == "Press Rotate."
    assert without("a secret b", [HiddenSpan(start=2, end=8, kind="secret")]) == "a [secret] b"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(0, 1, "a"), (9, 10, "b"), (0, 10, "a [x] b"), (4, 6, "[x]"), (2, 8, "[x]"), (1, 3, " [x]"), (7, 9, "[x] ")],
)
def test_a_place_is_found_in_the_shown_text_and_takes_in_the_marks_that_it_touches(
    start: int, end: int, shown: str
) -> None:
    text, spans = "a secret b", (HiddenSpan(start=2, end=8, kind="x"),)
    first, last = shown_place(start, end, spans)
    assert without(text, spans)[first:last] == shown
