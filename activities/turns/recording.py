"""Record the closed turn: its row, its two messages and its conversation."""

from temporalio import activity

from activities.envelopes import StepClock
from domain.answers.answer import Outcome
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, Value, sha256_of
from domain.conversations.ports import TurnRepository
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.guardrails.redaction import redacted_preview


class RecordTurnInput(Value):
    request: TurnRequest
    turn: RecordedTurn


class RecordTurnResult(Value):
    """``recorded_before`` is what stood in the database already, and stays; None when it is what was given."""

    recorded_before: RecordedTurn | None = None
    envelopes: tuple[Envelope, ...]


class ConversationActivities:
    def __init__(self, turns: TurnRepository) -> None:
        self._turns = turns

    @activity.defn
    async def record_turn(self, given: RecordTurnInput) -> RecordTurnResult:
        """Store the answer that the history already holds. Idempotent; raises DatabaseUnavailableError."""
        clock = StepClock()
        recorded = await self._turns.record(given.request, given.turn)
        failed = recorded.outcome is Outcome.FAILED
        envelope = clock.seal(
            AuditKind.FAILED if failed else AuditKind.RESPONSE_RETURNED,
            given={"turn_id": recorded.turn_id, "conversation_id": str(recorded.conversation_id)},
            decided=_decided(recorded),
        )
        return RecordTurnResult(recorded_before=None if recorded == given.turn else recorded, envelopes=(envelope,))


def _decided(turn: RecordedTurn) -> dict[str, JsonValue]:
    decided: dict[str, JsonValue] = {
        "outcome": turn.outcome,
        "answer_preview": redacted_preview(turn.answer.text),
        "answer_sha256": sha256_of(turn.answer.text),
        "citations": len(turn.answer.citations),
        "warnings": [warning.code for warning in turn.answer.warnings],
        "latency_ms": turn.answer.meta.latency_ms,
    }
    if turn.answer.failure is not None:
        decided["failure"] = turn.answer.failure.model_dump(mode="json")
    return decided
