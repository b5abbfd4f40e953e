"""Answering in time, whatever a dependency does."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from domain.errors import AnswerableError

Result = TypeVar("Result")

# What a client waits for at most to learn that a dependency does not answer.
DEADLINE_SECONDS: Final = 12.0


async def within(seconds: float, work: Coroutine[Any, Any, Result], otherwise: AnswerableError) -> Result:
    """The result of ``work``, or ``otherwise`` raised after ``seconds``.

    Work that is late is cancelled and left behind: a driver that waits for a dead server may take as long again to
    notice that it was cancelled, and nobody is helped by waiting for that too.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if done:
        return task.result()
    task.add_done_callback(_forget)
    task.cancel()
    raise otherwise


def _forget(task: "asyncio.Task[Any]") -> None:
    """Look at the outcome of abandoned work, so that it is not reported as never looked at."""
    if not task.cancelled():
        task.exception()


async def unless_stopping(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The result of ``work``; None as soon as ``stopping`` is set, for a process that ends must not make clients wait
    for what goes on without it."""
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stop.cancel()
        if not task.done():
            task.add_done_callback(_forget)
            task.cancel()
