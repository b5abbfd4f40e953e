"""Guarding the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from temporalio.testing import ActivityEnvironment

from activities.redaction import AnswerGuard, GuardedAnswer, GuardInput
from domain.answer import AnswerWarning, Citation, Intent, Outcome
from domain.audit import AuditKind


async def guarded(step: ActivityEnvironment, text: str, **changes: Any) -> GuardedAnswer:
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
    return await step.run(AnswerGuard().guard_answer, GuardInput(**{**given, **changes}))


async def test_personal_data_is_hidden_and_the_answer_says_so(step: ActivityEnvironment) -> None:
    answer = (await guarded(step, "Write to jo@example.com")).answer
    assert answer.text == "Write to [email]"
    assert [(warning.code, "email" in warning.message) for warning in answer.warnings] == [("redacted", True)]


async def test_personal_data_in_a_citations_title_is_hidden_too(step: ActivityEnvironment) -> None:
    cited = Citation(
        number=1,
        passage_id=UUID(int=1),
        document_id=UUID(int=2),
        version_id=UUID(int=3),
        title="Letter to jo@example.com",
        url=None,
        source="letter.md",
        section_heading="jo@example.com > Terms",
        score=1.0,
        start=0,
        end=10,
    )
    answer = (await guarded(step, "Press Rotate. [1]", citations=(cited,))).answer
    (citation,) = answer.citations
    assert (citation.title, citation.section_heading) == ("Letter to [email]", "[email] > Terms")
    assert [warning.code for warning in answer.warnings] == ["redacted"]


async def test_an_answer_without_findings_leaves_as_it_is(step: ActivityEnvironment) -> None:
    earlier = AnswerWarning(code="low_confidence", message="m")
    answer = (await guarded(step, "Press Rotate.", warnings=(earlier,))).answer
    assert answer.text == "Press Rotate."
    assert answer.warnings == (earlier,)


async def test_the_answer_leads_with_the_first_intent_and_keeps_all(step: ActivityEnvironment) -> None:
    meta = (await guarded(step, "x")).answer.meta
    assert (meta.intent, meta.intents, meta.trace_id) == (Intent.HOW_TO, (Intent.HOW_TO, Intent.ACCESS), "t")


async def test_a_request_from_the_future_has_no_negative_latency(step: ActivityEnvironment) -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert (await guarded(step, "x", received_at=later)).answer.meta.latency_ms == 0.0


async def test_the_envelope_counts_what_was_hidden_and_holds_none_of_it(step: ActivityEnvironment) -> None:
    (envelope,) = (await guarded(step, "Write to jo@example.com")).envelopes
    assert envelope.kind is AuditKind.OUTPUT_GUARDED
    assert envelope.decided["redactions"] == {"email": 1}
    assert envelope.given["answer_sha256"] != envelope.decided["answer_sha256"]
    assert "jo@example.com" not in envelope.model_dump_json()
