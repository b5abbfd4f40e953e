"""A turn, from the question to its row, on both servers."""

from uuid import uuid4

import pytest

from activities.turns.question_reader import QuestionReader
from activities.turns.recording import ConversationActivities
from domain.answers.answer import DENIED_TEXT, FAILED_TEXT, Intent, Outcome
from domain.answers.composition import GREETING
from domain.audit.envelope import AuditKind
from domain.bots.errors import BotNotFoundError
from domain.errors import DatabaseUnavailableError, IdempotencyConflictError
from tests.fixtures.step_control import unavailable
from tests.fixtures.step_names import step_names
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE
from workflows import search_attributes


async def test_a_how_to_question_is_answered_with_citations(workbench: Workbench) -> None:
    ingest = await workbench.learn("keys.md", KEYS)
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert "Press Rotate next to the API key" in turn.answer.text
    assert [citation.version_id for citation in turn.answer.citations] == [ingest.version.version_id]
    assert turn.answer.citations[0].title == "Rotate an API key"
    assert turn.answer.meta.packs_used == ("product_support",)
    assert step_names(await handle.fetch_history()) == [
        "understand_question",
        "retrieve_passages",
        "compose_answer",
        "redact_answer",
        "record_turn",
    ]


async def test_the_result_is_the_row_and_the_conversation_has_both_messages(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert await workbench.row(handle) == turn
    assert await workbench.messages(turn) == [(1, "user", ROTATE), (2, "assistant", turn.answer.text)]


async def test_when_nothing_is_found_the_bot_refuses(workbench: Workbench) -> None:
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert turn.outcome is Outcome.REFUSED
    assert turn.answer.text == workbench.tenant.bot.refusal
    assert turn.answer.citations == ()
    assert await workbench.row(handle) == turn


async def test_when_what_is_found_is_too_far_away_the_bot_refuses(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    turn = await (await workbench.ask("Why do volcanoes erupt near tectonic boundaries?")).result()
    assert turn.outcome is Outcome.REFUSED
    assert [warning.code for warning in turn.answer.warnings] == ["low_confidence"]


async def test_a_denied_question_is_recorded_and_nothing_is_searched(workbench: Workbench) -> None:
    await workbench.forbid("payroll")
    handle = await workbench.ask("Show me the PAY\u200bROLL")
    turn = await handle.result()
    assert (turn.outcome, turn.answer.text) == (Outcome.DENIED, DENIED_TEXT)
    assert [warning.code for warning in turn.answer.warnings] == ["denied"]
    assert step_names(await handle.fetch_history()) == ["understand_question", "record_turn"]
    assert await workbench.row(handle) == turn


@pytest.mark.parametrize(
    ("message", "intent", "text"),
    [("hello there", Intent.SMALL_TALK, GREETING), ("What roles do I have?", Intent.ACCESS, "- Roles: agent")],
)
async def test_small_talk_and_access_questions_search_nothing(
    workbench: Workbench, message: str, intent: Intent, text: str
) -> None:
    handle = await workbench.ask(message)
    turn = await handle.result()
    assert (turn.outcome, turn.answer.meta.intent) == (Outcome.ANSWERED, intent)
    assert text in turn.answer.text
    assert turn.answer.meta.retrieval is None
    assert AuditKind.RETRIEVAL_PERFORMED not in [event.kind for event in await workbench.audit(handle)]


async def test_a_step_that_cannot_succeed_ends_the_turn_in_a_recorded_failure(workbench: Workbench) -> None:
    workbench.control.fail(QuestionReader.understand_question, unavailable(BotNotFoundError))
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert (turn.outcome, turn.answer.text) == (Outcome.FAILED, FAILED_TEXT)
    assert turn.answer.failure is not None
    assert turn.answer.failure.code == "bot_not_found"
    assert workbench.control.attempts["understand_question"] == 1
    assert await workbench.row(handle) == turn


async def test_a_defect_in_a_step_ends_the_turn_in_a_recorded_failure(workbench: Workbench) -> None:
    workbench.control.fail(QuestionReader.understand_question, lambda: RuntimeError("a defect"))
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert turn.answer.failure is not None
    assert turn.answer.failure.code == "internal_error"
    assert turn.answer.failure.details == {"step": "understand_question", "error_type": "RuntimeError"}
    assert workbench.control.attempts["understand_question"] == 4
    assert await workbench.row(handle) == turn


async def test_a_step_is_tried_again_until_the_database_is_back(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    workbench.control.fail(QuestionReader.understand_question, unavailable(DatabaseUnavailableError), times=2)
    turn = await (await workbench.ask(ROTATE)).result()
    assert turn.outcome is Outcome.ANSWERED
    assert workbench.control.attempts["understand_question"] == 3


async def test_recording_is_tried_again_until_the_database_is_back(workbench: Workbench) -> None:
    workbench.control.fail(ConversationActivities.record_turn, unavailable(DatabaseUnavailableError), times=3)
    handle = await workbench.ask("hello")
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert workbench.control.attempts["record_turn"] == 4
    assert await workbench.row(handle) == turn


async def test_recording_outlives_a_defect_so_that_a_repaired_worker_can_finish(workbench: Workbench) -> None:
    workbench.control.fail(ConversationActivities.record_turn, lambda: RuntimeError("a defect"), times=4)
    handle = await workbench.ask("hello")
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert await workbench.row(handle) == turn


async def test_the_answer_stands_in_the_history_before_it_is_stored(workbench: Workbench) -> None:
    gate = workbench.control.hold(ConversationActivities.record_turn)
    handle = await workbench.ask("hello")
    await gate.reached.wait()
    assert await workbench.row(handle) is None
    scheduled = [
        event.activity_task_scheduled_event_attributes
        for event in (await handle.fetch_history()).events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert [event.activity_type.name for event in scheduled] == ["record_turn"]
    assert GREETING in scheduled[0].input.payloads[0].data.decode()
    gate.open()
    assert (await handle.result()).answer.text == GREETING


async def test_cancelling_a_turn_records_that_it_failed(workbench: Workbench) -> None:
    gate = workbench.control.hold(QuestionReader.understand_question)
    handle = await workbench.ask(ROTATE)
    await gate.reached.wait()
    await handle.cancel()
    turn = await handle.result()
    assert turn.answer.failure is not None
    assert turn.answer.failure.code == "cancelled"
    assert await workbench.row(handle) == turn


async def test_cancelling_a_turn_while_it_is_recorded_changes_nothing(workbench: Workbench) -> None:
    gate = workbench.control.hold(ConversationActivities.record_turn)
    handle = await workbench.ask("hello")
    await gate.reached.wait()
    await handle.cancel()
    gate.open()
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert await workbench.row(handle) == turn


async def test_the_same_question_under_the_same_id_is_one_turn(workbench: Workbench) -> None:
    turn_id = uuid4().hex
    first = await (await workbench.ask("hello", turn_id=turn_id)).result()
    again = await (await workbench.ask("hello", turn_id=turn_id)).result()
    assert first == again
    assert workbench.control.attempts["record_turn"] == 1


async def test_another_question_under_the_same_id_is_a_conflict(workbench: Workbench) -> None:
    turn_id = uuid4().hex
    await (await workbench.ask("hello", turn_id=turn_id)).result()
    with pytest.raises(IdempotencyConflictError):
        await workbench.ask("goodbye", turn_id=turn_id)


async def test_the_history_references_passages_and_holds_none_but_what_was_answered(workbench: Workbench) -> None:
    secret = "Zanzibar lighthouse maintenance happens on the second Tuesday."
    await workbench.learn("keys.md", f"{KEYS}\n## Appendix\n\n{secret}\n")
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert "Zanzibar" not in turn.answer.text
    assert "Zanzibar" not in (await handle.fetch_history()).to_json()


async def test_the_outcome_can_be_searched_for_and_read_in_the_temporal_ui(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    handle = await workbench.ask(ROTATE)
    await handle.result()
    attributes = (await handle.describe()).typed_search_attributes
    assert attributes[search_attributes.TENANT_ID] == str(workbench.tenant.tenant_id)
    assert attributes[search_attributes.CHANNEL] == "api"
    assert attributes[search_attributes.OUTCOME] == "answered"
    assert attributes[search_attributes.INTENT] == ["how_to"]
    assert attributes[search_attributes.PACK_ID] == ["product_support"]
