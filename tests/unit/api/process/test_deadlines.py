import asyncio

import pytest

from api.process.deadlines import unless_stopping, within
from domain.errors import DependencyUnavailableError

LATE = DependencyUnavailableError("Too late.")


async def answer() -> int:
    return 42


async def broken() -> int:
    raise ZeroDivisionError


async def stubborn(cancelled: asyncio.Event) -> int:
    """Like a driver that has to talk to a dead server before it can be cancelled."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.Event().wait()
    return 0


async def test_work_that_is_in_time_gives_its_result_or_its_error() -> None:
    assert await within(1, answer(), LATE) == 42
    with pytest.raises(ZeroDivisionError):
        await within(1, broken(), LATE)


async def test_late_work_is_cancelled_and_not_waited_for() -> None:
    cancelled = asyncio.Event()

    with pytest.raises(DependencyUnavailableError):
        await within(0.01, stubborn(cancelled), LATE)

    await asyncio.wait_for(cancelled.wait(), 1)


async def test_waiting_ends_when_the_process_stops() -> None:
    stopping = asyncio.Event()
    assert await unless_stopping(stopping, answer()) == 42

    asyncio.get_running_loop().call_soon(stopping.set)

    assert await unless_stopping(stopping, stubborn(asyncio.Event())) is None
