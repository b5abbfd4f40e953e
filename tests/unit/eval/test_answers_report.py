"""The figures of a run: partly counts half, and confidence is compared with what was right."""

import pytest
from rich.console import Console

from eval.answers.judge import GivenAnswer, Judgement, Source, Verdict
from eval.answers.questions import Question
from eval.answers.report import Judged, figures, reliability, show, show_worst

QUESTION = Question(id="a", corpus="hotel", kind="amount", question="How much?", needs=(("15 euros",),))


def judged(verdict: Verdict, confidence: float | None = 0.5, composing_ms: float = 1.0) -> Judged:
    outcome = "refused" if verdict.startswith("refused") else "answered"
    said = GivenAnswer(
        outcome=outcome,
        text="15 euros",
        sources=(Source(name="guide.html"),),
        confidence=confidence,
        composing_ms=composing_ms,
        passages=8,
    )
    return Judged(QUESTION, said, Judgement(verdict=verdict, reasons=("too long",)))


def test_partly_counts_half_and_a_right_refusal_whole() -> None:
    found = figures([judged(verdict) for verdict in Verdict])
    assert found["all"]["score"] == pytest.approx(2.5 / 5)
    assert found["by_kind"]["amount"] == found["by_corpus"]["hotel"] == found["all"]


def test_the_calibration_error_is_the_mean_distance_of_the_bins() -> None:
    answers = [judged(Verdict.RIGHT, 0.95), judged(Verdict.WRONG, 0.95), judged(Verdict.WRONG, 0.05)]
    bins, error = reliability([*answers, judged(Verdict.REFUSED_WRONGLY, 0.95), judged(Verdict.RIGHT, None)])
    assert [one.answers for one in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert error == pytest.approx((0.05 + 2 * 0.45) / 3)


def test_full_confidence_is_in_the_last_bin() -> None:
    assert reliability([judged(Verdict.RIGHT, 1.0)])[0][-1].answers == 1


def test_nothing_stated_has_no_calibration_error() -> None:
    assert reliability([judged(Verdict.RIGHT, None)])[1] is None


def test_the_95th_percentile_is_a_time_that_was_measured() -> None:
    found = figures([judged(Verdict.RIGHT, composing_ms=float(ms)) for ms in range(1, 21)])
    assert found["composing_ms"] == {"p50": 10.0, "p95": 19.0, "most_passages": 8}


def test_what_is_printed_names_the_kinds_and_shows_the_worst_first() -> None:
    console = Console(record=True, width=140)
    results = [judged(Verdict.PARTLY), judged(Verdict.RIGHT), judged(Verdict.WRONG)]
    show_worst(results, console, most=5)
    show(results, console)
    printed = console.export_text()
    assert printed.index("WRONG  a") < printed.index("PARTLY  a")
    assert "RIGHT  a" not in printed
    assert "expected: 15 euros" in printed
    assert "expected calibration error" in printed
