"""How a recorded history becomes the audit of a turn."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.audit.envelope import AuditKind, Envelope
from domain.audit.projection import RecordedEvent, project

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def envelope(kind: AuditKind, second: int = 1) -> Any:
    sealed = Envelope(
        kind=kind,
        given={"asked": "x"},
        decided={"answer": 1},
        versions={"rules": "1"},
        started_at=NOON + timedelta(seconds=second),
        duration_ms=2.5,
    )
    return sealed.model_dump(mode="json")


def step(sequence: int, *kinds: AuditKind) -> RecordedEvent:
    return RecordedEvent(
        sequence=sequence,
        timestamp=NOON,
        kind="step_completed",
        name="some_step",
        payload={"envelopes": [envelope(kind) for kind in kinds]},
    )


def started(**changes: Any) -> RecordedEvent:
    request: dict[str, Any] = {
        "channel": "api",
        "bot_id": "b",
        "conversation_id": "c",
        "message": "Mail jo@example.com about\nkeys",
        "pack_hint": None,
        "request_sha256": "0" * 64,
        "received_at": "2026-01-01T12:00:00Z",
        "principal": {"kind": "api_key", "id": "k", "name": "Ada", "audience": "external", "roles": [], "scopes": []},
        "metadata": {"note": "private"},
    }
    return RecordedEvent(sequence=1, timestamp=NOON, kind="started", name="ChatTurn", payload={**request, **changes})


def test_the_request_is_shown_by_a_redacted_preview_and_nothing_unlisted() -> None:
    (event,) = project("t", [started()])
    assert (event.kind, event.trace_id, event.timestamp) == (AuditKind.REQUEST_RECEIVED, "t", NOON)
    assert event.data["message_preview"] == "Mail [email] about keys"
    assert set(event.data) == {
        "channel", "bot_id", "conversation_id", "pack_hint", "request_sha256", "received_at", "message_preview",
        "principal",
    }  # fmt: skip
    assert event.data["principal"] == {"kind": "api_key", "id": "k", "audience": "external", "roles": []}


def test_each_envelope_of_a_step_is_one_event_at_its_own_time() -> None:
    events = project("t", [step(5, AuditKind.INTENT_CLASSIFIED, AuditKind.PACKS_SELECTED)])
    assert [event.kind for event in events] == [AuditKind.INTENT_CLASSIFIED, AuditKind.PACKS_SELECTED]
    assert events[0].timestamp == NOON + timedelta(seconds=1)
    assert events[0].data == {
        "given": {"asked": "x"},
        "decided": {"answer": 1},
        "versions": {"rules": "1"},
        "duration_ms": 2.5,
    }


def test_events_stand_in_the_order_of_the_history_however_they_arrive() -> None:
    history = [step(9, AuditKind.RESPONSE_RETURNED), started(), step(5, AuditKind.ANSWER_COMPOSED)]
    assert [event.kind for event in project("t", history)] == [
        AuditKind.REQUEST_RECEIVED,
        AuditKind.ANSWER_COMPOSED,
        AuditKind.RESPONSE_RETURNED,
    ]


@pytest.mark.parametrize("status", ["failed", "timed_out", "terminated", "cancelled"])
def test_a_turn_that_was_ended_from_outside_shows_as_failed(status: str) -> None:
    closed = RecordedEvent(sequence=9, timestamp=NOON, kind="closed", status=status)
    (event,) = project("t", [closed])
    assert event.kind is AuditKind.FAILED
    assert event.data == {"code": f"workflow_{status}"}


def test_a_turn_that_completed_adds_nothing_to_what_its_steps_say() -> None:
    assert project("t", [RecordedEvent(sequence=9, timestamp=NOON, kind="closed", status="completed")]) == []


@pytest.mark.parametrize("payload", [{}, {"envelopes": None}, {"envelopes": []}, {"other": 1}])
def test_a_step_without_envelopes_leaves_no_event(payload: dict[str, Any]) -> None:
    silent = RecordedEvent(sequence=3, timestamp=NOON, kind="step_completed", name="s", payload=payload)
    assert project("t", [silent]) == []


def test_an_envelope_of_a_newer_release_with_more_fields_is_still_read() -> None:
    newer = step(3, AuditKind.DENIED)
    newer.payload["envelopes"][0]["added_later"] = True  # type: ignore[index, call-overload]
    assert [event.kind for event in project("t", [newer])] == [AuditKind.DENIED]
