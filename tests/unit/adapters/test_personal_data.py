"""Telephone numbers and national identifiers among the numbers that documentation is full of."""

import pytest

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.redaction import redact

DETECTOR = NumberingPlanDetector()


def hidden(text: str) -> str:
    return redact(text, detector=DETECTOR).text


@pytest.mark.parametrize(
    "number",
    [
        "+44 20 7946 0958",
        "(415) 555-0132",
        "415-555-0132",
        "+1 415 555 0132 ext. 12",
        "0049 30 901820",
        "020 7946 0958",
        "+\u0664\u0664 20 7946 0958",
        "+44\u00a020\u20117946\u20110958",
    ],
)
def test_a_telephone_number_is_hidden_however_it_is_written(number: str) -> None:
    assert hidden(f"Ring us at {number} tomorrow.") == "Ring us at [phone] tomorrow."


def test_bare_digits_are_a_telephone_number_where_a_word_says_so() -> None:
    assert hidden("My mobile: 4155550132") == "My mobile: [phone]"
    assert hidden("The queue held 4155550 items") == "The queue held 4155550 items"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her SSN is 536-22-8765.", "Her SSN is [national_id]."),
        ("DNI 12345678Z", "DNI [national_id]"),
        ("codice fiscale RSSMRA85T10A562S", "codice fiscale [national_id]"),
        ("Passport number: C01X0006H1", "Passport number: [national_id]"),
    ],
)
def test_a_national_identifier_is_hidden(text: str, expected: str) -> None:
    assert hidden(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Version 3.11.7 of 2026-11-26, release 10.4.2",
        "Set the time-out to 30 s and retry after 1000 ms, 5 times.",
        "Ports 8080, 8443 and 5432; between 10 and 20 workers",
        "The desk's machine is 10.20.30.40, the office's 192.168.10.20",
        "On 24/12/2026 at 10:15:00 the p95 was 1,234.5 ms",
        "HTTP 429 from 3 of 1 200 requests",
        "Listen on 127.0.0.1:8080 or 0.0.0.0",
        "Pages 120-134, chapters 1 2 3 4",
        "passwords are at least 12 characters; the password is required",
        "Order the rows by created_at and limit to 100000.",
    ],
)
def test_figures_of_documentation_are_left_alone(text: str) -> None:
    assert hidden(text) == text


def test_a_text_of_digits_is_searched_in_a_time_linear_to_it() -> None:
    # Quadratic patterns would take minutes here; the time limit of the test is the assertion.
    assert hidden("1 " * 50_000)
    assert hidden("+1-" * 30_000)
