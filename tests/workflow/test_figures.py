"""Questions for figures: from the words to a tool, its result in the history, and the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.turns.tools import ToolActivities
from adapters.postgres.demo_events import DemoEvents
from adapters.postgres.tenants import PostgresTenants
from domain.answers.answer import Intent, Outcome
from domain.audit.envelope import AuditKind
from domain.packs.errors import ToolServiceError
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
P95 = "p95 latency last 24h for service checkout in sandbox"
VOLUME = "What was the request volume in the last 24h?"


@pytest.fixture
async def measured(workbench: Workbench) -> Workbench:
    await DemoEvents(workbench.tenant.database).fill(workbench.tenant.tenant_id, NOW - timedelta(days=2), NOW)
    return workbench


async def test_the_right_tool_is_called_with_the_arguments_of_the_question(measured: Workbench) -> None:
    turn = await (await measured.ask(P95, received_at=NOW)).result()
    (action,) = turn.answer.actions
    assert action.tool == "product_support.p95_latency_24h"
    assert action.args == {
        "service": "checkout",
        "environment": "sandbox",
        "since": "2026-11-24T14:30:00+00:00",
        "until": "2026-11-25T14:30:00+00:00",
    }
    assert action.result_meta["rows"] == 1
    assert turn.answer.meta.tool_calls == turn.answer.actions
    assert turn.answer.meta.packs_used == ("product_support",)
    assert turn.answer.text.startswith("### Stats\n\n**product_support.p95_latency_24h**, 2026-11-24 14:30 to")
    assert "- latency ms: " in turn.answer.text


async def test_a_question_for_figures_alone_searches_no_documents(measured: Workbench) -> None:
    turn = await (await measured.ask(VOLUME, received_at=NOW)).result()
    assert turn.outcome is Outcome.ANSWERED
    assert turn.answer.meta.intents == (Intent.STATS,)
    assert turn.answer.meta.retrieval is None
    assert turn.answer.citations == ()


async def test_a_small_count_is_hidden_with_what_is_computed_from_it(measured: Workbench) -> None:
    turn = await (await measured.ask("error rate for accounts in sandbox last 24h", received_at=NOW)).result()
    assert "- errors: <5" in turn.answer.text
    assert "- error rate percent: hidden" in turn.answer.text


async def test_what_cannot_be_told_is_a_warning_and_no_guess(measured: Workbench) -> None:
    turn = await (await measured.ask("request volume in staging last 24h", received_at=NOW)).result()
    assert turn.answer.actions == ()
    assert {warning.code for warning in turn.answer.warnings} == {"unknown_value"}
    # What documents say of the same words would be a stretched answer.
    assert turn.outcome is Outcome.REFUSED
    assert turn.answer.meta.retrieval is None
    assert turn.answer.text.startswith("### Stats\nNo figure was looked up:\n- There is no environment 'staging'")
    assert "Figures that you can ask for: request volume, p50 latency" in turn.answer.text


async def test_a_service_that_stays_away_is_a_warning_of_a_turn_that_ends(measured: Workbench) -> None:
    measured.control.fail(ToolActivities.execute_tool, unavailable(ToolServiceError))
    handle = await measured.ask(VOLUME, received_at=NOW)
    turn = await handle.result()
    assert turn.outcome is not Outcome.FAILED
    assert {warning.code for warning in turn.answer.warnings} & {"tool_timeout", "tool_service_unavailable"}
    (called,) = [event.data for event in await measured.audit(handle) if event.kind is AuditKind.TOOL_CALLED]
    decided: Any = called["decided"]
    assert decided["failed"] == "tool_timeout"
    assert decided["rules"] == ["tool/product_support.request_volume_24h"]


async def test_the_audit_shows_the_call_and_what_was_hidden(measured: Workbench) -> None:
    handle = await measured.ask("error rate for accounts in sandbox last 24h", received_at=NOW)
    await handle.result()
    events: dict[AuditKind, Any] = {event.kind: event.data for event in await measured.audit(handle)}
    assert AuditKind.TOOLS_SELECTED in events
    called = events[AuditKind.TOOL_CALLED]
    assert called["given"]["tool"] == "product_support.error_rate_24h"
    assert called["given"]["arguments"]["environment"] == "sandbox"
    assert called["decided"]["suppressed"] >= 2
    assert "pack/product_support" in called["versions"]


async def test_a_question_without_figures_runs_no_step_of_a_tool(measured: Workbench) -> None:
    handle = await measured.ask("How do I rotate an API key?")
    await handle.result()
    assert not {AuditKind.TOOL_CALLED, AuditKind.TOOLS_SELECTED} & {
        event.kind for event in await measured.audit(handle)
    }


@pytest.mark.parametrize(
    "message",
    [
        "How do I rotate an API key, and what was the error rate yesterday?",
        "What was the error rate yesterday? Also, how do I rotate an API key?",
        "Rotate an API key; error rate yesterday",
    ],
)
async def test_a_mixed_question_gets_every_section_each_from_its_own_words(measured: Workbench, message: str) -> None:
    await measured.learn("keys.md", KEYS)
    turn = await (await measured.ask(message, received_at=NOW)).result()
    assert [line for line in turn.answer.text.splitlines() if line.startswith("### ")] == ["### Stats", "### How-to"]
    assert [action.tool for action in turn.answer.actions] == ["product_support.error_rate_24h"]
    assert "Press Rotate next to the API key" in turn.answer.text
    assert [citation.title for citation in turn.answer.citations] == ["Rotate an API key"]


async def test_documents_are_asked_only_what_is_asked_of_documents(measured: Workbench) -> None:
    await measured.learn("keys.md", KEYS)
    alone = await (await measured.ask("How do I rotate an API key")).result()
    mixed = await (await measured.ask("How do I rotate an API key, and what was the error rate yesterday?")).result()
    assert mixed.answer.meta.retrieval == alone.answer.meta.retrieval
    assert mixed.answer.citations == alone.answer.citations


async def test_two_figures_of_two_times_are_two_calls(measured: Workbench) -> None:
    message = "What was the error rate yesterday and what was the request volume in the last 24h?"
    turn = await (await measured.ask(message, received_at=NOW)).result()
    assert [(action.tool.partition(".")[2], action.args["since"]) for action in turn.answer.actions] == [
        ("error_rate_24h", "2026-11-24T00:00:00+00:00"),
        ("request_volume_24h", "2026-11-24T14:30:00+00:00"),
    ]
    assert turn.answer.warnings == ()


async def test_yesterday_is_the_day_of_the_tenants_place(measured: Workbench) -> None:
    await PostgresTenants(measured.tenant.database).set_time_zone(measured.tenant.tenant_id, "Pacific/Auckland")
    handle = await measured.ask("error rate yesterday", received_at=NOW)
    (action,) = (await handle.result()).answer.actions
    # At 14:30 in UTC it is already the next day there.
    assert (action.args["since"], action.args["until"]) == ("2026-11-25T00:00:00+13:00", "2026-11-26T00:00:00+13:00")
    (selected,) = [event for event in await measured.audit(handle) if event.kind is AuditKind.TOOLS_SELECTED]
    given: Any = selected.data["given"]
    assert given["time_zone"] == "Pacific/Auckland"


async def test_a_question_about_access_names_the_tools_and_calls_none(measured: Workbench) -> None:
    turn = await (await measured.ask("Which packs and tools may I use?")).result()
    assert "- Packs: product_support" in turn.answer.text
    assert "- Tools: product_support.request_volume_24h, product_support.p50_latency_24h" in turn.answer.text
    assert turn.answer.actions == ()
    assert turn.answer.meta.retrieval is None
