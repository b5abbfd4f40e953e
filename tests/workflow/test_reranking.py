"""A turn whose bot has its passages ranked by somebody else's service."""

from collections.abc import AsyncIterator

import pytest

from activities.turns.retrieval import RetrievalActivities
from domain.answers.answer import Outcome
from domain.audit.envelope import AuditKind
from domain.audit.projection import AuditEvent
from domain.base import JsonValue
from domain.errors import InvalidRequestError
from domain.search.reranking import RerankerKind
from tests.fixtures.reranker_service import RERANKER_KEY, last_first
from tests.fixtures.scripted_http import ScriptedServer, json_reply
from tests.fixtures.step_control import unavailable
from tests.fixtures.step_names import step_names
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE

OTHER = "# Invoices\n\n## Rotate an API key of the billing system\n\n1. Ask the accountant.\n2. Wait for a letter.\n"


@pytest.fixture
async def service(workbench: Workbench) -> AsyncIterator[ScriptedServer]:
    """The stand-in for the service, with two documents learnt and a bot that asks it."""
    server = workbench.steps.reranker
    server.requests.clear()
    await workbench.learn("keys.md", KEYS)
    await workbench.learn("invoices.md", OTHER)
    await workbench.prefer(RerankerKind.COHERE)
    yield server
    server.script[:] = [last_first]


def rerank_of(events: list[AuditEvent], kind: AuditKind) -> dict[str, JsonValue]:
    (event,) = [event for event in events if event.kind is kind]
    decided = event.data["decided"]
    assert isinstance(decided, dict)
    return decided


async def test_the_service_orders_the_passages_in_a_step_of_its_own(
    workbench: Workbench, service: ScriptedServer
) -> None:
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    names = step_names(await handle.fetch_history())
    assert names[:5] == [
        *("understand_question", "retrieve_passages", "rerank_passages"),
        *("compose_answer", "redact_answer"),
    ]
    assert turn.answer.warnings == ()
    events = await workbench.audit(handle)
    found = rerank_of(events, AuditKind.RETRIEVAL_PERFORMED)["passages"]
    ranked = rerank_of(events, AuditKind.PASSAGES_RERANKED)
    assert isinstance(found, list)
    assert isinstance(ranked["passages"], list)
    ids = [[one["passage_id"] for one in listed if isinstance(one, dict)] for listed in (found, ranked["passages"])]
    assert len(ids[0]) == 2
    assert ids[1] == ids[0][::-1]
    assert isinstance(ranked["rerank"], dict)
    assert (ranked["rerank"]["used"], ranked["rerank"]["model"]) == ("cohere", "rerank-v3.5")


async def test_neither_the_key_nor_a_passage_stands_in_the_history(
    workbench: Workbench, service: ScriptedServer
) -> None:
    handle = await workbench.ask(ROTATE)
    await handle.result()
    assert service.requests[-1].headers["authorization"] == f"Bearer {RERANKER_KEY}"
    history = (await handle.fetch_history()).to_json()
    assert RERANKER_KEY not in history
    assert "Ask the accountant" not in history


async def test_a_service_that_fails_costs_its_order_and_not_the_answer(
    workbench: Workbench, service: ScriptedServer
) -> None:
    service.script[:] = [json_reply({"message": "boom"}, 500)]
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    assert turn.outcome is Outcome.ANSWERED
    assert "reranker_degraded" in [warning.code for warning in turn.answer.warnings]
    rerank = rerank_of(await workbench.audit(handle), AuditKind.PASSAGES_RERANKED)["rerank"]
    assert isinstance(rerank, dict)
    assert (rerank["wanted"], rerank["used"], rerank["fault"]) == ("cohere", "none", "provider_failed")


async def test_a_step_that_fails_for_good_costs_its_order_and_not_the_answer(
    workbench: Workbench, service: ScriptedServer
) -> None:
    workbench.control.fail(RetrievalActivities.rerank_passages, unavailable(InvalidRequestError))
    turn = await (await workbench.ask(ROTATE)).result()
    assert turn.outcome is Outcome.ANSWERED
    assert "reranker_degraded" in [warning.code for warning in turn.answer.warnings]


async def test_a_turn_that_is_cancelled_while_the_service_is_asked_fails_explicitly(
    workbench: Workbench, service: ScriptedServer
) -> None:
    gate = workbench.control.hold(RetrievalActivities.rerank_passages)
    handle = await workbench.ask(ROTATE)
    await gate.reached.wait()
    await handle.cancel()
    turn = await handle.result()
    assert turn.outcome is Outcome.FAILED


async def test_nothing_found_is_not_sent_to_the_service(workbench: Workbench) -> None:
    await workbench.prefer(RerankerKind.COHERE)
    handle = await workbench.ask(ROTATE)
    assert (await handle.result()).outcome is Outcome.REFUSED
    assert "rerank_passages" not in step_names(await handle.fetch_history())
