"""The steps of an ingest that take long and hold a whole document: few at a time, and fairly by tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from domain.limits.errors import WorkerBusyError
from domain.limits.fair_slots import FairSlots

STEPS_AT_ONCE: Final = 16
MAX_OF_TENANT: Final = 12
MAX_WAITING: Final = 12
"""Of one tenant: further ones give the worker back and come again, so that a thousand uploads leave room for another's
first one, for deletions and for the end of ingests."""
COME_AGAIN_SECONDS: Final = 3.0


class LongSteps:
    """Shared by all activities of a worker. A free place goes to the waiting tenant that holds the fewest."""

    def __init__(self, total: int = STEPS_AT_ONCE, per_tenant: int = MAX_OF_TENANT, waiting: int = MAX_WAITING) -> None:
        self._slots = FairSlots(total, per_owner=per_tenant)
        self._waiting = waiting

    @asynccontextmanager
    async def step(self, tenant_id: UUID) -> AsyncIterator[None]:
        """Hold a place for the length of the context.

        Raises WorkerBusyError, after which the step is tried again, when enough of the tenant's steps wait already.
        """
        owner = str(tenant_id)
        if self._slots.waiting(owner) >= self._waiting:
            raise WorkerBusyError(
                "Many documents of this tenant are being taken in. This one goes on as soon as there is room.",
                retry_after=COME_AGAIN_SECONDS,
            )
        async with self._slots.slot(owner):
            yield
