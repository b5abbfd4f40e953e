"""Guarding the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.admission import DeniedTopics
from activities.turns.guarding import AnswerGuard, GuardedAnswer, GuardInput
from domain.answers.answer import DENIED_TEXT, AnswerWarning, Citation, Intent, Outcome
from domain.audit.envelope import AuditKind
from domain.policy.deny_list import Pattern

CITED = Citation(
    number=1,
    passage_id=UUID(int=1),
    document_id=UUID(int=2),
    version_id=UUID(int=3),
    title="Keys",
    url="https://docs.example.com/keys",
    source="keys.md",
    section_heading="Keys > Rotate",
    score=1.0,
    start=0,
    end=10,
)


def draft(text: str, **changes: Any) -> GuardInput:
    given: dict[str, Any] = {
        "trace_id": "t",
        "received_at": datetime.now(UTC),
        "outcome": Outcome.ANSWERED,
        "text": text,
        "citations": (),
        "warnings": (),
        "intents": (Intent.HOW_TO, Intent.ACCESS),
        "packs_used": ("support",),
        "retrieval": None,
    }
    return GuardInput(**{**given, **changes})


def guarded(text: str, **changes: Any) -> GuardedAnswer:
    return AnswerGuard().guard_answer(draft(text, **changes))


def test_personal_data_is_hidden_and_the_answer_says_so() -> None:
    answer = (guarded("Write to jo@example.com")).answer
    assert answer.text == "Write to [email]"
    assert [(warning.code, "email" in warning.message) for warning in answer.warnings] == [("redacted", True)]


def test_personal_data_in_a_citations_title_is_hidden_too() -> None:
    cited = CITED.model_copy(update={"title": "Letter to jo@example.com", "section_heading": "jo@example.com > Terms"})
    answer = (guarded("Press Rotate. [1]", citations=(cited,))).answer
    (citation,) = answer.citations
    assert (citation.title, citation.section_heading) == ("Letter to [email]", "[email] > Terms")
    assert [warning.code for warning in answer.warnings] == ["redacted"]


def test_an_answer_without_findings_leaves_as_it_is() -> None:
    earlier = AnswerWarning(code="low_confidence", message="m")
    answer = (guarded("Press Rotate.", warnings=(earlier,))).answer
    assert answer.text == "Press Rotate."
    assert answer.warnings == (earlier,)


def test_the_answer_leads_with_the_first_intent_and_keeps_all() -> None:
    meta = (guarded("x")).answer.meta
    assert (meta.intent, meta.intents, meta.trace_id) == (Intent.HOW_TO, (Intent.HOW_TO, Intent.ACCESS), "t")


def test_a_request_from_the_future_has_no_negative_latency() -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert (guarded("x", received_at=later)).answer.meta.latency_ms == 0.0


def test_the_envelope_counts_what_was_hidden_and_holds_none_of_it() -> None:
    (envelope,) = (guarded("Write to jo@example.com")).envelopes
    assert envelope.kind is AuditKind.OUTPUT_GUARDED
    assert envelope.decided["redactions"] == {"email": 1}
    assert envelope.given["answer_sha256"] != envelope.decided["answer_sha256"]
    assert "jo@example.com" not in envelope.model_dump_json()


def test_what_is_live_in_an_answer_becomes_text_without_a_warning() -> None:
    cited = CITED.model_copy(update={"title": "<b>Keys</b>\x1b[31m", "url": "javascript:alert(1)"})
    answer = (guarded("<script>x</script>\x1b[0m [a](javascript:x)", citations=(cited,))).answer
    assert answer.text == "&lt;script>x&lt;/script> [a]\\(javascript:x)"
    assert (answer.citations[0].title, answer.citations[0].url) == ("\u2039b>Keys\u2039/b>", None)
    assert answer.warnings == ()


PAYROLL = DeniedTopics(digest="1", patterns=(Pattern("deny_pattern/1", "payroll"),))


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("The p-a-y-r-o-l-l is below.", {}),
        ("See [1].", {"title": "Pay**roll**"}),
        ("See [1].", {"section_heading": "Keys > Payroll"}),
        ("See [1].", {"source": "pay_roll.md"}),
        ("See [1].", {"url": "https://docs.example.com/pay%72oll"}),
    ],
)
def test_an_answer_that_tells_of_a_denied_topic_is_withheld_whole(text: str, changes: dict[str, str]) -> None:
    given = draft(text, citations=(CITED.model_copy(update=changes),), denied=PAYROLL)
    sealed = AnswerGuard().guard_answer(given)
    assert (sealed.answer.outcome, sealed.answer.text, sealed.answer.citations) == (Outcome.DENIED, DENIED_TEXT, ())
    assert [(one.code, "deny_pattern/1" in one.message) for one in sealed.answer.warnings] == [("denied", True)]
    assert "payroll" not in sealed.answer.model_dump_json().lower()
    assert sealed.envelopes[0].decided["denied_by"] == "deny_pattern/1"


def test_a_bots_own_words_of_refusal_may_name_the_topic() -> None:
    own = "I do not talk of payroll."
    given = draft(own, own_words=own, outcome=Outcome.REFUSED, denied=PAYROLL)
    assert (AnswerGuard().guard_answer(given)).answer.outcome is Outcome.REFUSED


def test_the_titles_that_a_refusal_offers_may_not() -> None:
    own = "I do not talk of payroll."
    given = draft(f"{own}\n\nThe nearest pages are “Payroll”.", own_words=own, outcome=Outcome.REFUSED, denied=PAYROLL)
    assert (AnswerGuard().guard_answer(given)).answer.outcome is Outcome.DENIED
