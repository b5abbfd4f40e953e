"""Follow-up questions: what they mean is read from the conversation, answered, recorded and shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.postgres.demo_events import DemoEvents
from adapters.postgres.policies import PostgresPolicies
from domain.answers.answer import Intent, Outcome
from domain.audit.envelope import AuditKind
from domain.conversations.turn import RecordedTurn
from domain.policy.rules import GrantRule, Policy
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE
from tests.workflow.test_reading_in_the_ui import current_details

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
P95 = "p95 latency last 24h for service checkout in sandbox"


@pytest.fixture
async def measured(workbench: Workbench) -> Workbench:
    await DemoEvents(workbench.tenant.database).fill(workbench.tenant.tenant_id, NOW - timedelta(days=2), NOW)
    return workbench


async def said(bench: Workbench, *messages: str, **changes: Any) -> RecordedTurn:
    """The last turn of a conversation of ``messages``, each said when the one before was answered."""
    turn = await (await bench.ask(messages[0], received_at=NOW, **changes)).result()
    for message in messages[1:]:
        turn = await (await bench.go_on(turn, message, received_at=NOW, **changes)).result()
    return turn


async def test_a_value_takes_the_place_of_another_and_the_rest_stays(measured: Workbench) -> None:
    turn = await said(measured, P95, "and for production?")
    (action,) = turn.answer.actions
    assert action.tool == "product_support.p95_latency_24h"
    assert (action.args["service"], action.args["environment"]) == ("checkout", "production")
    assert action.args["since"] == "2026-11-24T14:30:00+00:00"
    assert turn.answer.meta.understood_as == "Show the p95 latency, service checkout, environment production, last 24h"
    assert "service checkout, environment production" in turn.answer.text


async def test_a_chain_of_follow_ups_adds_up(measured: Workbench) -> None:
    turn = await said(measured, P95, "and for production?", "what about yesterday?", "thanks!", "and the error rate?")
    (action,) = turn.answer.actions
    assert action.tool == "product_support.error_rate_24h"
    assert (action.args["service"], action.args["environment"]) == ("checkout", "production")
    assert (action.args["since"], action.args["until"]) == ("2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00")


async def test_documents_are_asked_for_what_a_pronoun_means(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    turn = await said(workbench, ROTATE, "how do I revoke it?")
    assert turn.outcome is Outcome.ANSWERED
    assert turn.answer.text.startswith("Understood as: “How do I revoke an API key?”\n\n### How-to")
    assert turn.answer.meta.understood_as == "How do I revoke an API key?"
    assert [citation.title for citation in turn.answer.citations] == ["Rotate an API key"]


async def test_a_question_that_stands_by_itself_is_answered_as_if_it_were_the_first(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    alone = await said(workbench, ROTATE)
    behind = await said(workbench, P95, ROTATE)
    assert behind.answer.meta.understood_as is None
    assert (behind.answer.text, behind.answer.citations) == (alone.answer.text, alone.answer.citations)


async def test_the_first_message_of_a_conversation_is_left_as_it_is(measured: Workbench) -> None:
    turn = await said(measured, "and for sandbox?")
    assert turn.answer.meta.understood_as is None
    assert turn.answer.actions == ()


async def test_a_denied_question_is_not_revived(measured: Workbench) -> None:
    await measured.forbid("checkout")
    turn = await said(measured, P95, "and for production?")
    assert turn.answer.meta.understood_as is None
    assert turn.answer.actions == ()


async def test_a_follow_up_that_means_something_denied_is_denied(workbench: Workbench) -> None:
    first = await said(workbench, "How do I export the payroll?")
    await workbench.forbid("payroll")
    turn = await (await workbench.go_on(first, "how do I delete it?")).result()
    assert turn.outcome is Outcome.DENIED
    assert "deny_pattern/1" in turn.answer.warnings[0].message


async def test_rights_are_those_of_now(measured: Workbench) -> None:
    first = await said(measured, P95)
    volume = GrantRule(rule_id="few", role="*", packs=("*",), tools=("product_support.request_volume_24h",))
    await PostgresPolicies(measured.tenant.database).set(
        measured.tenant.tenant_id, measured.tenant.bot.bot_id, Policy(access=(volume,)), "ada"
    )
    turn = await (await measured.go_on(first, "and for production?", received_at=NOW)).result()
    assert turn.answer.meta.understood_as is None
    assert turn.answer.actions == ()


async def test_the_audit_names_the_turn_that_was_continued(measured: Workbench) -> None:
    first = await said(measured, P95)
    handle = await measured.go_on(first, "and for production?", received_at=NOW)
    await handle.result()
    events = await measured.audit(handle)
    (event,) = [event for event in events if event.kind is AuditKind.FOLLOW_UP_RESOLVED]
    decided: Any = event.data["decided"]
    assert decided["turn"] == {"sequence": 1, "turn_id": first.turn_id}
    assert decided["understood_as"].startswith("Show the p95 latency")
    assert [one.kind for one in events][1:3] == [AuditKind.FOLLOW_UP_RESOLVED, AuditKind.INTENT_CLASSIFIED]


async def test_the_temporal_ui_shows_what_a_follow_up_means(measured: Workbench) -> None:
    first = await said(measured, P95)
    handle = await measured.go_on(first, "and for production?", received_at=NOW)
    assert (await handle.result()).answer.meta.intents == (Intent.STATS,)
    assert "**Read as:** a follow-up that means “Show the p95 latency" in await current_details(handle)
