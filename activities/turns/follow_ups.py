"""What a message asks in view of the turns before it. Part of understanding it."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from activities.envelopes import StepClock
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, Value, sha256_of
from domain.conversations.ports import PastQuestions
from domain.guardrails.redaction import redacted_preview
from domain.packs.tool import ToolDef
from domain.packs.tool_arguments import Moment
from domain.questions import follow_up, intent
from domain.questions.follow_up import FollowUp, FollowUps, PastTurn
from domain.questions.intent import Classification


class Conversing(Value):
    """A conversation when a message came: ``through`` is the number of its last message before, 0 if there was none;
    ``said`` are the user's messages, oldest first, where the client keeps it."""

    conversation_id: UUID
    principal_id: str
    through: int
    said: tuple[str, ...] = ()


class Followed(NamedTuple):
    """What was found. ``follow_up`` is None for a message that stands by itself; ``envelopes`` are empty where the
    conversation was not looked at."""

    follow_up: FollowUp | None = None
    envelopes: tuple[Envelope, ...] = ()

    @property
    def question(self) -> str | None:
        """What the message was understood as; None for one that stands by itself."""
        return self.follow_up.question if self.follow_up else None

    def read(self, message: str, figures: Sequence[str]) -> Classification:
        """The intents of what is asked; ``figures`` are the words by which the asker's tools are asked for."""
        return self.follow_up.read(figures) if self.follow_up else intent.classify(message, figures)


class FollowUpReader:
    """Reads a message behind the turns before it."""

    def __init__(self, follow_ups: FollowUps) -> None:
        self._follow_ups = follow_ups

    def follow(
        self,
        clock: StepClock,
        message: str,
        conversing: Conversing,
        past: Sequence[PastTurn],
        tools: Sequence[ToolDef],
        moment: Moment,
    ) -> Followed:
        """What ``message`` asks behind ``past``, or else behind what its client told of the conversation, with the
        tools that its asker may use now."""
        past = past or self._follow_ups.retold(conversing.said, tools, moment)
        if not past:
            return Followed()
        found = self._follow_ups.resolve(message, past, tools, moment)
        turns: list[JsonValue] = [{"sequence": turn.sequence, "turn_id": turn.turn_id} for turn in past]
        envelope = clock.seal(
            AuditKind.FOLLOW_UP_RESOLVED,
            given={"message_sha256": sha256_of(message), "turns": turns},
            decided=_decided(found),
            versions={"follow_up": follow_up.VERSION},
        )
        return Followed(found, (envelope,))


async def turns_before(past: PastQuestions, tenant_id: UUID, conversing: Conversing) -> tuple[PastTurn, ...]:
    """The last turns before a message, newest first. Raises DatabaseUnavailableError (retryable)."""
    if not conversing.through:
        return ()
    return await past.questions_before(
        tenant_id,
        conversing.conversation_id,
        of_principal=conversing.principal_id,
        through=conversing.through,
        limit=follow_up.MAX_TURNS,
    )


def _decided(found: FollowUp | None) -> dict[str, JsonValue]:
    if found is None:
        return {"follows": False}
    return {
        "follows": True,
        "understood_as": redacted_preview(found.question),
        "question_sha256": sha256_of(found.question),
        "kind": found.kind,
        "rule": found.rule,
        "turn": {"sequence": found.past.sequence, "turn_id": found.past.turn_id},
    }
