"""Every text costs time in proportion to its length: what looks for things in texts of strangers never tries again."""

import time
from collections.abc import Callable

import pytest

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.injection import screen_content, screen_message
from domain.guardrails.redaction import redact, redacted_preview, redacted_start
from domain.policy.deny_list import DenyList, Pattern
from domain.policy.redaction_profile import RedactionProfile

DETECTOR = NumberingPlanDetector()
DENIED = DenyList([Pattern("text", "payroll"), Pattern("glob", "pay*r?ll*of?a*board", is_glob=True)])
STRICT = RedactionProfile(name="strict")
# Each made one of the searches slow once, or is what its patterns begin with.
SEEDS = (
    *(
        " ",
        "\t",
        " \n ",
        "|",
        "|a",
        "0",
        "I",
        "aI",
        "-1",
        "1 2 ",
        "(1",
        "1.",
        ":1",
        "a:",
        "a@a.",
        "a@a-",
        "DE12 ",
        "0a ",
    ),
    *("\u200b1", "a\u0301", "\u0430\u0435 ", "\u0661 ", "\uff11\uff0d", "QUJD ", "://a:", "password=", "Bearer "),
    *("-----BEGIN PRIVATE KEY-----", "account 1 ", "tel 030 ", ". q: a: ", "| add ", "imagine we are ", "part 1 is "),
    *("ignore any your ", "decode this ", "pay ", "payr"),
)


def everything(text: str) -> None:
    redact(text, STRICT, DETECTOR)
    screen_content(text)
    screen_message(text)
    DENIED.first_match(text)


def seconds(work: Callable[[str], object], text: str) -> float:
    """Of the processor."""
    started = time.process_time()
    work(text)
    return time.process_time() - started


@pytest.mark.parametrize("seed", SEEDS)
def test_a_text_of_twelve_times_the_length_costs_not_much_more_than_twelve_times_the_time(seed: str) -> None:
    short, long = ((seed * size)[:size] for size in (2_000, 24_000))
    # Quadratic time would be 144 times as much; 2 ms stand for what has no length. What is slow once may be chance.
    most = 40 * (seconds(everything, short) + 0.002)
    assert any(seconds(everything, long) < most for _ in range(2))


def test_a_preview_and_a_logged_text_cost_the_same_however_long_the_text_is() -> None:
    text = "1234 5678 " * 400_000
    assert seconds(redacted_preview, text) < 0.5
    assert seconds(lambda each: redacted_start(each, 8_000), text) < 0.5
