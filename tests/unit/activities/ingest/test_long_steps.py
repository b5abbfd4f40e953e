"""The long steps of a worker, shared by its tenants."""

import asyncio
from uuid import UUID

import pytest

from activities.ingest.long_steps import LongSteps
from domain.limits.errors import WorkerBusyError

BUSY, SMALL = UUID(int=1), UUID(int=2)


async def hold(steps: LongSteps, tenant: UUID, begun: asyncio.Queue[UUID], end: asyncio.Event) -> None:
    async with steps.step(tenant):
        begun.put_nowait(tenant)
        await end.wait()


async def test_a_tenant_with_many_documents_leaves_a_place_for_another() -> None:
    steps, begun, end = LongSteps(total=3, per_tenant=2, waiting=5), asyncio.Queue[UUID](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(hold(steps, BUSY, begun, end))
        assert [await begun.get(), await begun.get()] == [BUSY, BUSY]
        small = tasks.create_task(hold(steps, SMALL, begun, end))
        assert await begun.get() == SMALL
        end.set()
        await small


async def test_what_would_wait_behind_too_many_comes_again_later() -> None:
    steps, begun, end = LongSteps(total=1, per_tenant=1, waiting=2), asyncio.Queue[UUID](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(hold(steps, BUSY, begun, end))
        assert await begun.get() == BUSY
        with pytest.raises(WorkerBusyError) as caught:
            async with steps.step(BUSY):
                pass
        assert caught.value.retryable
        assert caught.value.retry_after > 0
        end.set()
