"""Audit events, projected from the recorded history of a turn.

There is no audit table. Each step of a turn returns the envelopes of what it decided; they stand in the workflow
event history because the step's result does. Projection reads them back, so that activities may be merged or
split later without changing the audit.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.base import JsonValue, Value
from domain.redaction import redacted_preview
from domain.redaction_profile import STANDARD, RedactionProfile, strictest


class AuditKind(StrEnum):
    REQUEST_RECEIVED = "request_received"
    FOLLOW_UP_RESOLVED = "follow_up_resolved"
    INTENT_CLASSIFIED = "intent_classified"
    PACKS_SELECTED = "packs_selected"
    TOOLS_SELECTED = "tools_selected"
    TOOL_CALLED = "tool_called"
    RETRIEVAL_PERFORMED = "retrieval_performed"
    PASSAGES_RERANKED = "passages_reranked"
    ANSWER_COMPOSED = "answer_composed"
    OUTPUT_GUARDED = "output_guarded"
    BOOSTS_CHANGED = "boosts_changed"
    SEARCH_PERFORMED = "search_performed"
    RESPONSE_RETURNED = "response_returned"
    DENIED = "denied"
    FAILED = "failed"


class Envelope(Value):
    """What one step was given, what it decided and by which versions.

    ``given`` holds values where they are small and harmless, hashes or ids otherwise; never the text of a passage.
    """

    kind: AuditKind
    given: dict[str, JsonValue]
    decided: dict[str, JsonValue]
    versions: dict[str, str]
    started_at: datetime
    duration_ms: float


class StoppedPartwayError(Exception):
    """Carries what a step had decided when its cause stopped it, so that a failed step shows how far it came."""

    def __init__(self, cause: Exception, envelopes: tuple[Envelope, ...]) -> None:
        super().__init__(cause, envelopes)
        self.cause = cause
        self.envelopes = envelopes


class AuditEvent(Value):
    """One line of the audit of a turn, as the API returns it."""

    timestamp: datetime
    trace_id: str
    kind: AuditKind
    data: dict[str, JsonValue] = Field(default_factory=dict)


class RecordedEvent(Value):
    """One event of a workflow history, decoded from the wire by the Temporal adapter.

    ``name`` is the activity type for steps; ``payload`` the decoded input, result, or what a failed step had decided.
    """

    sequence: int
    timestamp: datetime
    kind: Literal["started", "step_completed", "step_failed", "closed"]
    name: str = ""
    status: str = ""
    payload: dict[str, JsonValue] = Field(default_factory=dict)


def project(trace_id: str, history: Iterable[RecordedEvent]) -> list[AuditEvent]:
    """Return the audit of a turn, oldest event first, from its recorded history."""
    ordered = sorted(history, key=lambda event: event.sequence)
    profile = _profile(ordered)
    return [event for recorded in ordered for event in _project_one(trace_id, recorded, profile)]


def _profile(history: Iterable[RecordedEvent]) -> RedactionProfile:
    """What the bot's profile hides is hidden in previews too, and what the standard one hides in any case."""
    decided = (Envelope.model_validate(raw).decided for recorded in history for raw in _envelopes(recorded.payload))
    said = [RedactionProfile.model_validate(one["profile"]) for one in decided if "profile" in one]
    return strictest([STANDARD, *said])


def _project_one(trace_id: str, recorded: RecordedEvent, profile: RedactionProfile) -> Iterator[AuditEvent]:
    if recorded.kind == "started":
        yield AuditEvent(
            timestamp=recorded.timestamp,
            trace_id=trace_id,
            kind=AuditKind.REQUEST_RECEIVED,
            data=_request_data(recorded.payload, profile),
        )
    elif recorded.kind in ("step_completed", "step_failed"):
        for raw in _envelopes(recorded.payload):
            envelope = Envelope.model_validate(raw)
            yield AuditEvent(
                timestamp=envelope.started_at,
                trace_id=trace_id,
                kind=envelope.kind,
                data={
                    "given": envelope.given,
                    "decided": envelope.decided,
                    "versions": dict(envelope.versions),
                    "duration_ms": envelope.duration_ms,
                },
            )
    elif recorded.kind == "closed" and recorded.status != "completed":
        yield AuditEvent(
            timestamp=recorded.timestamp,
            trace_id=trace_id,
            kind=AuditKind.FAILED,
            data={"code": f"workflow_{recorded.status}", **recorded.payload},
        )


def _envelopes(payload: dict[str, JsonValue]) -> list[JsonValue]:
    envelopes = payload.get("envelopes")
    return envelopes if isinstance(envelopes, list) else []


def _request_data(request: dict[str, JsonValue], profile: RedactionProfile) -> dict[str, JsonValue]:
    shown = ("channel", "bot_id", "conversation_id", "pack_hint", "request_sha256", "received_at")
    principal = request.get("principal")
    who = principal if isinstance(principal, dict) else {}
    return {
        **{name: request.get(name) for name in shown},
        "message_preview": redacted_preview(str(request.get("message", "")), profile=profile),
        "principal": {name: who.get(name) for name in ("kind", "id", "audience", "roles")},
    }
