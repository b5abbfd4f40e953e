"""Heartbeats for steps that take long: a dead worker is noticed in seconds, and progress survives it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from temporalio import activity

INTERVAL_SECONDS: Final = 1.0


class Heartbeat:
    """What the step has reached; sent at every beat and handed to the next attempt."""

    def __init__(self) -> None:
        self.reached = _resumed_from()

    def reach(self, reached: int) -> None:
        self.reached = reached
        activity.heartbeat(reached)


def _resumed_from() -> int:
    details = activity.info().heartbeat_details
    return int(details[0]) if details else 0


@asynccontextmanager
async def heartbeating() -> AsyncIterator[Heartbeat]:
    """Beat every second until the block ends. ``reached`` starts where the attempt before left off.

    The first beat of a first attempt is a second away: it has only just begun, and each beat is a write of the
    Temporal server. A later attempt says at once what was reached before it.
    """
    heartbeat = Heartbeat()

    async def beat() -> None:
        if activity.info().attempt > 1:
            activity.heartbeat(heartbeat.reached)
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            activity.heartbeat(heartbeat.reached)

    beating = asyncio.create_task(beat())
    try:
        yield heartbeat
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
