"""A text that a step does not come to an end with costs its own turn, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.wiring.chat_steps import open_chat_steps
from domain.answers.answer import FAILED_TEXT, Outcome
from tests.fixtures import endless_text_steps
from tests.fixtures.database import TenantHandle
from tests.fixtures.endless_text_steps import endless_message
from tests.fixtures.worker_steps import Steps
from tests.fixtures.workflow_environment import Workbench
from tests.fixtures.workflow_servers import WorkflowServer
from tests.workflow.documents import KEYS, ROTATE


@pytest.fixture
async def bench(workflow_server: WorkflowServer, steps: Steps, tenant: TenantHandle) -> AsyncIterator[Workbench]:
    async with open_chat_steps(steps.settings, endless_text_steps.__name__) as chat:
        workbench = Workbench(workflow_server, replace(steps, chat=chat), tenant)
        async with workbench.working():
            yield workbench


async def test_a_turn_whose_text_overruns_fails_is_not_read_again_and_the_next_is_answered(
    bench: Workbench, tmp_path: Path
) -> None:
    await bench.learn("keys.md", KEYS)
    readings = tmp_path / "readings"
    handle = await bench.ask(endless_message(readings))
    turn = await handle.result()
    assert (turn.outcome, turn.answer.text) == (Outcome.FAILED, FAILED_TEXT)
    assert turn.answer.failure is not None
    assert (turn.answer.failure.code, turn.answer.failure.details) == ("text_too_costly", {"step": "understand"})
    assert await bench.row(handle) == turn
    assert readings.read_text() == "x"
    # Long as well, so that the same processes read it.
    turn = await (await bench.ask(f"{ROTATE} " * 20)).result()
    assert turn.outcome is Outcome.ANSWERED
    assert "Press Rotate next to the API key" in turn.answer.text
