"""What a chat worker writes while it works on a turn, read from standard error."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
import structlog
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from adapters.temporal.error_translation import ErrorTranslation
from bootstrap.observability.logs import configure_logging
from bootstrap.settings import load_settings
from workers.log_context import TurnLogContext
from workflows.ids import search_workflow_id, turn_workflow_id

TENANT_ID, TRACE = UUID(int=7), "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def configured_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Breaking(ActivityInboundInterceptor):
    """A step that says something and then fails as no step should."""

    def __init__(self) -> None:
        """There is no further interceptor."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        structlog.get_logger("step").info("step_at_work")
        raise ZeroDivisionError


async def lines_of(workflow_id: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The log lines of such a step of this workflow, and of the worker's other interceptor about it."""
    configure_logging(load_settings(env_file=None), "chat-worker")
    step = TurnLogContext().intercept_activity(ErrorTranslation().intercept_activity(Breaking()))
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=workflow_id)
    with pytest.raises(ApplicationError):
        await environment.run(step.execute_activity, cast(ExecuteActivityInput, None))
    structlog.get_logger("worker").info("after_the_step")
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


async def test_every_line_of_a_turns_step_names_the_turn_and_none_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    *of_step, after = await lines_of(turn_workflow_id(TENANT_ID, TRACE), capsys)

    assert [line["logger"] for line in of_step] == ["step", "adapters.temporal.error_translation"]
    assert {(line["trace_id"], line["tenant_id"]) for line in of_step} == {(TRACE, str(TENANT_ID))}
    assert "trace_id" not in after


async def test_a_search_is_no_turn(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await lines_of(search_workflow_id(TENANT_ID, UUID(int=8)), capsys)

    assert len(lines) == 3
    assert all("trace_id" not in line for line in lines)
