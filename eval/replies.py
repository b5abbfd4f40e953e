"""The public answer to a golden case, however it was asked: what the API says, and the audit behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.audit.envelope import AuditKind


class Shown(BaseModel):
    """Immutable, and read from the SDK's models and the domain's alike."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class Cited(Shown):
    number: int
    title: str
    url: str | None
    source: str
    section_heading: str
    score: float


class Called(Shown):
    tool: str
    args: dict[str, Any]
    result_meta: dict[str, Any]


class Warned(Shown):
    code: str
    message: str


class Reply(Shown):
    """``began`` is the turn's own clock; ``rule_id`` the rule that denied it; ``kinds`` are those of its audit events.

    ``ui_url`` leads to the turn in the Temporal UI where there is one that outlives the run.
    """

    trace_id: str
    outcome: str
    text: str
    intents: tuple[str, ...]
    packs_used: tuple[str, ...]
    citations: tuple[Cited, ...]
    actions: tuple[Called, ...]
    warnings: tuple[Warned, ...]
    kinds: tuple[str, ...]
    began: datetime
    rule_id: str | None = None
    ui_url: str | None = None


class Unanswered(Shown):
    """No answer came at all; ``why`` is the error."""

    why: str
    trace_id: str | None = None


class NoAuditError(Exception):
    """The audit of an answered turn lacks an event that every turn has."""


def reply_from(answer: Any, text: str, events: Sequence[Any], ui_url: str | None = None) -> Reply:
    """Join an answer (of the SDK or the domain) with its audit events. Raises NoAuditError."""
    data = {str(event.kind): event.data for event in events}
    try:
        received = data[AuditKind.REQUEST_RECEIVED]
        closed = data.get(AuditKind.RESPONSE_RETURNED) or data[AuditKind.FAILED]
        outcome = str(closed["decided"]["outcome"])
        began = datetime.fromisoformat(str(received["received_at"]))
    except KeyError as error:
        raise NoAuditError(f"the audit of {answer.meta.trace_id} has no {error}") from error
    denied = data.get(AuditKind.DENIED)
    return Reply(
        trace_id=answer.meta.trace_id,
        outcome=outcome,
        text=text,
        intents=tuple(str(each) for each in answer.meta.intents),
        packs_used=tuple(answer.meta.packs_used),
        citations=tuple(Cited.model_validate(each) for each in answer.citations),
        actions=tuple(Called.model_validate(each) for each in answer.actions),
        warnings=tuple(Warned.model_validate(each) for each in answer.warnings),
        kinds=tuple(str(event.kind) for event in events),
        began=began,
        rule_id=str(denied["decided"]["rule_id"]) if denied else None,
        ui_url=ui_url,
    )
