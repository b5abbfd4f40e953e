"""The two answers that need no composing."""

from domain.answers.answer import DENIED_TEXT, FAILED_TEXT, Outcome, denied_answer, failed_answer
from domain.errors import Failure


def test_a_denied_answer_is_polite_and_gives_its_reason_as_a_warning() -> None:
    answer = denied_answer("t", 12.34, "Not a topic of mine.", "deny_pattern/1")
    assert (answer.outcome, answer.text, answer.failure) == (Outcome.DENIED, DENIED_TEXT, None)
    assert [(warning.code, warning.message) for warning in answer.warnings] == [
        ("denied", "Not a topic of mine. (rule deny_pattern/1)")
    ]


def test_a_failed_answer_carries_its_failure() -> None:
    failure = Failure(code="database_unavailable", message="Start it.", details={"a": 1})
    answer = failed_answer("t", 12.34, failure)
    assert (answer.outcome, answer.text, answer.failure) == (Outcome.FAILED, FAILED_TEXT, failure)
    assert [warning.code for warning in answer.warnings] == ["database_unavailable"]


def test_neither_cites_or_claims_a_search() -> None:
    for answer in (denied_answer("t", 1, None, None), failed_answer("t", 1, Failure(code="c", message="m"))):
        assert answer.citations == ()
        assert answer.meta.retrieval is None
        assert answer.meta.packs_used == ()
        assert answer.meta.trace_id == "t"


def test_a_latency_is_never_negative_when_clocks_disagree() -> None:
    assert denied_answer("t", -5.0, None, None).meta.latency_ms == 0.0
