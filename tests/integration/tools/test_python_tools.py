"""What functions of packs do to nobody but themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.tools.python_callable import PythonConnector
from answerable_sdk.packs import PythonCallable
from domain.packs.errors import ToolError, ToolReplyInvalidError, ToolReplyTooLargeError, ToolTimeoutError
from tests.integration.tools import hostile_functions
from tests.integration.tools.conftest import invocation

# Both would go on for ever; of the others each may take as long as a busy machine needs to start a process.
ENDLESS = (hostile_functions.hangs, hostile_functions.spins)


async def called(function: Callable[..., Any], **arguments: Any) -> Any:
    connector = PythonCallable(function=function, timeout_seconds=1 if function in ENDLESS else 15)
    return (await PythonConnector().call(connector, invocation(**arguments))).data


async def test_a_function_gets_its_arguments_by_name_and_may_print() -> None:
    assert await called(hostile_functions.adds, first=2, second=40) == {"sum": 42}


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (hostile_functions.hangs, ToolTimeoutError),
        (hostile_functions.spins, ToolTimeoutError),
        (hostile_functions.floods, ToolReplyTooLargeError),
        (hostile_functions.returns_an_object, ToolReplyInvalidError),
        (hostile_functions.returns_no_number, ToolReplyInvalidError),
        (hostile_functions.exits, ToolError),
    ],
)
async def test_a_hostile_function_ends_in_its_own_code(function: Callable[..., Any], error: type[ToolError]) -> None:
    with pytest.raises(error):
        await called(function)


async def test_what_a_function_raises_is_not_repeated() -> None:
    with pytest.raises(ToolError) as failed:
        await called(hostile_functions.raises)
    assert "hunter2" not in str(failed.value)


async def test_a_function_sees_no_variable_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@c/d")
    assert await called(hostile_functions.environment) == []
