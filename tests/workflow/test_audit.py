"""The audit of a turn, read back from its history."""

from uuid import uuid4

import pytest

from activities.turns.recording import ConversationActivities
from activities.turns.retrieval import RetrievalActivities
from adapters.temporal.history import recorded_events
from domain.audit.envelope import AuditKind
from domain.audit.projection import AuditEvent
from domain.errors import InvalidRequestError, NotFoundError
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE


def kinds(events: list[AuditEvent]) -> list[AuditKind]:
    return [event.kind for event in events]


async def test_an_answered_turn_shows_every_decision_in_order(workbench: Workbench) -> None:
    ingest = await workbench.learn("keys.md", KEYS)
    handle = await workbench.ask(f"{ROTATE} Mail jo@example.com")
    turn = await handle.result()
    events = await workbench.audit(handle)
    assert kinds(events) == [
        AuditKind.REQUEST_RECEIVED,
        AuditKind.INTENT_CLASSIFIED,
        AuditKind.PACKS_SELECTED,
        AuditKind.RETRIEVAL_PERFORMED,
        AuditKind.ANSWER_COMPOSED,
        AuditKind.OUTPUT_GUARDED,
        AuditKind.RESPONSE_RETURNED,
    ]
    assert {event.trace_id for event in events} == {turn.turn_id}
    assert events[0].data["message_preview"] == f"{ROTATE} Mail [email]"
    found = events[3].data["decided"]
    assert isinstance(found, dict)
    assert str(ingest.version.version_id) in str(found["passages"])
    returned = events[6].data["decided"]
    assert isinstance(returned, dict)
    assert (returned["outcome"], returned["citations"]) == ("answered", 1)


async def test_a_refused_turn_says_in_its_audit_that_it_was_refused(workbench: Workbench) -> None:
    handle = await workbench.ask(ROTATE)
    await handle.result()
    events = await workbench.audit(handle)
    composed = events[4].data["decided"]
    assert isinstance(composed, dict)
    assert composed["refused"] is True
    assert composed["cited_passages"] == []


async def test_a_denied_turn_shows_the_rule_and_no_search(workbench: Workbench) -> None:
    await workbench.forbid("payroll")
    handle = await workbench.ask("payroll?")
    await handle.result()
    events = await workbench.audit(handle)
    assert kinds(events) == [AuditKind.REQUEST_RECEIVED, AuditKind.DENIED, AuditKind.RESPONSE_RETURNED]
    denied = events[1].data["decided"]
    assert isinstance(denied, dict)
    assert denied["rule_id"] == "deny_pattern/1"


async def test_a_failed_turn_shows_how_far_it_came_and_why_it_failed(workbench: Workbench) -> None:
    workbench.control.fail(RetrievalActivities.retrieve_passages, unavailable(InvalidRequestError))
    handle = await workbench.ask(ROTATE)
    await handle.result()
    events = await workbench.audit(handle)
    assert kinds(events) == [
        AuditKind.REQUEST_RECEIVED,
        AuditKind.INTENT_CLASSIFIED,
        AuditKind.PACKS_SELECTED,
        AuditKind.FAILED,
    ]
    failed = events[3].data["decided"]
    assert isinstance(failed, dict)
    assert failed["failure"] == {"code": "invalid_request", "message": "It did not answer.", "details": {}}


async def test_a_running_turn_shows_what_is_committed_so_far(workbench: Workbench) -> None:
    gate = workbench.control.hold(ConversationActivities.record_turn)
    handle = await workbench.ask("hello")
    await gate.reached.wait()
    assert kinds(await workbench.audit(handle)) == [
        AuditKind.REQUEST_RECEIVED,
        AuditKind.INTENT_CLASSIFIED,
        AuditKind.PACKS_SELECTED,
        AuditKind.ANSWER_COMPOSED,
        AuditKind.OUTPUT_GUARDED,
    ]


async def test_a_terminated_turn_has_no_row_and_shows_as_failed(workbench: Workbench) -> None:
    gate = workbench.control.hold(ConversationActivities.record_turn)
    handle = await workbench.ask("hello")
    await gate.reached.wait()
    await handle.terminate("by force")
    events = await workbench.audit(handle)
    assert kinds(events)[-1] is AuditKind.FAILED
    assert events[-1].data["code"] == "workflow_terminated"
    assert await workbench.row(handle) is None


async def test_a_turn_that_cannot_be_recorded_shows_as_failed(workbench: Workbench) -> None:
    workbench.control.fail(ConversationActivities.record_turn, unavailable(InvalidRequestError))
    handle = await workbench.ask("hello")
    with pytest.raises(Exception, match="Workflow execution failed"):
        await handle.result()
    events = await workbench.audit(handle)
    assert kinds(events)[-1] is AuditKind.FAILED
    assert events[-1].data["code"] == "workflow_failed"


async def test_recorded_events_carry_the_names_of_their_steps(workbench: Workbench) -> None:
    handle = await workbench.ask("hello")
    await handle.result()
    recorded = await recorded_events(workbench.client, handle.id)
    assert [(event.kind, event.name or event.status) for event in recorded] == [
        ("started", "ChatTurn"),
        ("step_completed", "understand_question"),
        ("step_completed", "compose_answer"),
        ("step_completed", "redact_answer"),
        ("step_completed", "record_turn"),
        ("closed", "completed"),
    ]
    assert [event.sequence for event in recorded] == sorted({event.sequence for event in recorded})


async def test_a_turn_that_never_was_has_no_history(workbench: Workbench) -> None:
    with pytest.raises(NotFoundError):
        await recorded_events(workbench.client, f"turn/{uuid4()}/{uuid4().hex}")
