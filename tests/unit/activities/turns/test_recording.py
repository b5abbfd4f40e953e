"""Recording a closed turn."""

from uuid import UUID

from temporalio.testing import ActivityEnvironment

from activities.turns.recording import ConversationActivities, RecordTurnInput, RecordTurnResult
from domain.answers.answer import Answer, denied_answer, failed_answer
from domain.audit.envelope import AuditKind
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import Failure
from domain.identity.principal import Principal
from tests.unit.activities.fakes import BOT, NOON, TENANT, MemoryTurns

DENIED = denied_answer("t", 5.0, "No.", "deny_pattern/1")


async def recorded(step: ActivityEnvironment, turns: MemoryTurns, answer: Answer) -> RecordTurnResult:
    request = TurnRequest(
        tenant_id=TENANT,
        turn_id="t",
        conversation_id=UUID(int=8),
        principal=Principal(tenant_id=TENANT, kind="api_key", id="k", name="Ada"),
        channel="api",
        bot_id=BOT,
        message="How?",
        request_sha256="0" * 64,
        received_at=NOON,
    )
    turn = RecordedTurn(
        turn_id="t",
        conversation_id=request.conversation_id,
        bot_id=BOT,
        principal_id="k",
        request_sha256=request.request_sha256,
        outcome=answer.outcome,
        answer=answer,
        received_at=NOON,
        closed_at=NOON,
    )
    return await step.run(ConversationActivities(turns).record_turn, RecordTurnInput(request=request, turn=turn))


async def test_a_turn_is_recorded_as_it_was_given(step: ActivityEnvironment) -> None:
    turns = MemoryTurns()
    result = await recorded(step, turns, DENIED)
    assert turns.rows["t"].answer == DENIED
    assert result.recorded_before is None
    assert result.envelopes[0].kind is AuditKind.RESPONSE_RETURNED
    assert result.envelopes[0].decided["warnings"] == ["denied"]


async def test_a_turn_that_was_recorded_before_keeps_its_first_answer(step: ActivityEnvironment) -> None:
    turns = MemoryTurns()
    await recorded(step, turns, DENIED)
    result = await recorded(step, turns, failed_answer("t", 5.0, Failure(code="internal_error", message="Oh.")))
    assert result.recorded_before == turns.rows["t"]
    assert turns.rows["t"].answer == DENIED
    assert result.envelopes[0].kind is AuditKind.RESPONSE_RETURNED


async def test_a_failed_turn_is_recorded_with_its_failure(step: ActivityEnvironment) -> None:
    failure = Failure(code="step_timeout", message="Too long.")
    (envelope,) = (await recorded(step, MemoryTurns(), failed_answer("t", 5.0, failure))).envelopes
    assert envelope.kind is AuditKind.FAILED
    assert envelope.decided["failure"] == failure.model_dump()


async def test_the_envelope_shows_a_redacted_preview(step: ActivityEnvironment) -> None:
    answer = DENIED.model_copy(update={"text": "Ask jo@example.com " + "again " * 100})
    (envelope,) = (await recorded(step, MemoryTurns(), answer)).envelopes
    preview = envelope.decided["answer_preview"]
    assert isinstance(preview, str)
    assert preview.startswith("Ask [email] again")
    assert len(preview) <= 160
