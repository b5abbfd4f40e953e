"""Audit events, projected from the recorded history of a turn.

There is no audit table. Each step of a turn returns the envelopes of what it decided; they stand in the workflow
event history because the step's result does. Projection reads them back, so that activities may be merged or
split later without changing the audit.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import Field

from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, Value
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import redact, redacted_preview
from domain.policy.redaction_profile import STANDARD, RedactionProfile, strictest
from domain.search.retrieval import PassageReference, RetrievedPassage

WITHHELD: Final = "[withheld]"
_TEXTS: Final = frozenset({"title", "section_heading", "understood_as", "message", "answer_preview"})
"""The fields of envelopes that hold texts of documents and people; all others are ids, figures and rules."""


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


def project(trace_id: str, history: Iterable[RecordedEvent], detector: PiiDetector | None = None) -> list[AuditEvent]:
    """Return the audit of a turn, oldest event first, from its recorded history; texts without what is hidden."""
    ordered = sorted(history, key=lambda event: event.sequence)
    profile = _profile(ordered)

    def shown(text: str) -> str:
        return redact(text, profile, detector).text

    return [event for recorded in ordered for event in _project_one(trace_id, recorded, shown)]


def named_versions(events: Iterable[AuditEvent]) -> set[UUID]:
    """The versions of documents whose passages the events name."""
    found: set[UUID] = set()

    def note(name: str, value: JsonValue) -> JsonValue:
        if name == "version_id" and isinstance(value, str):
            found.add(UUID(value))
        return value

    for event in events:
        _mapped(event.data, note)
    return found


def as_seen(events: Iterable[AuditEvent], unseen: Set[UUID], *, with_answer: bool) -> tuple[AuditEvent, ...]:
    """The events, without the titles and headings of passages of the versions ``unseen``, and without the preview of
    the answer unless ``with_answer``."""

    def withheld(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [withheld(one) for one in value]
        if not isinstance(value, dict):
            return value
        inner = {name: withheld(one) for name, one in value.items()}
        if inner.get("version_id") in hidden:
            inner |= {name: WITHHELD for name in ("title", "section_heading") if name in inner}
        if not with_answer and "answer_preview" in inner:
            inner["answer_preview"] = WITHHELD
        return inner

    hidden = {str(version_id) for version_id in unseen}
    return tuple(
        event.model_copy(update={"data": {name: withheld(one) for name, one in event.data.items()}}) for event in events
    )


def _mapped(value: JsonValue, change: Callable[[str, JsonValue], JsonValue], name: str = "") -> JsonValue:
    """``value`` with every value in it, itself included, changed by ``change``, which is told the name of its field."""
    if isinstance(value, dict):
        return {inner: _mapped(one, change, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_mapped(one, change, name) for one in value]
    return change(name, value)


def _profile(history: Iterable[RecordedEvent]) -> RedactionProfile:
    """What the bot's profile hides is hidden in previews too, and what the standard one hides in any case."""
    decided = (Envelope.model_validate(raw).decided for recorded in history for raw in _envelopes(recorded.payload))
    said = [RedactionProfile.model_validate(one["profile"]) for one in decided if "profile" in one]
    return strictest([STANDARD, *said])


def _project_one(trace_id: str, recorded: RecordedEvent, shown: Callable[[str], str]) -> Iterator[AuditEvent]:
    def redacted(name: str, value: JsonValue) -> JsonValue:
        return shown(value) if name in _TEXTS and isinstance(value, str) else value

    if recorded.kind == "started":
        yield AuditEvent(
            timestamp=recorded.timestamp,
            trace_id=trace_id,
            kind=AuditKind.REQUEST_RECEIVED,
            data=_request_data(recorded.payload, shown),
        )
    elif recorded.kind in ("step_completed", "step_failed"):
        for raw in _envelopes(recorded.payload):
            envelope = Envelope.model_validate(raw)
            yield AuditEvent(
                timestamp=envelope.started_at,
                trace_id=trace_id,
                kind=envelope.kind,
                data={
                    "given": _mapped(envelope.given, redacted),
                    "decided": _mapped(_decided(envelope, recorded.payload), redacted),
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


def _decided(envelope: Envelope, result: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """With the passages, where the step that found them names them in its result and not in its envelope too."""
    found = result.get("passages")
    if (
        envelope.kind is not AuditKind.RETRIEVAL_PERFORMED
        or "passages" in envelope.decided
        or not isinstance(found, list)
    ):
        return envelope.decided
    passages = (PassageReference.of(RetrievedPassage.model_validate(one)) for one in found)
    return {**envelope.decided, "passages": [one.model_dump(mode="json") for one in passages]}


def _envelopes(payload: dict[str, JsonValue]) -> list[JsonValue]:
    envelopes = payload.get("envelopes")
    return envelopes if isinstance(envelopes, list) else []


def _request_data(request: dict[str, JsonValue], shown: Callable[[str], str]) -> dict[str, JsonValue]:
    named = ("channel", "bot_id", "conversation_id", "pack_hint", "request_sha256", "received_at")
    principal = request.get("principal")
    who = principal if isinstance(principal, dict) else {}
    return {
        **{name: request.get(name) for name in named},
        "message_preview": redacted_preview(shown(str(request.get("message", "")))),
        "principal": {name: who.get(name) for name in ("kind", "id", "audience", "roles")},
    }
