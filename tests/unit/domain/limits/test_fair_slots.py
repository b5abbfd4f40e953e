import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from domain.limits.fair_slots import FairSlots


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Holders:
    """Takes slots and lets them go on command; ``order`` says who got one, in order."""

    def __init__(self, slots: FairSlots) -> None:
        self._slots = slots
        self.order: list[str] = []
        self._holding: dict[str, list[asyncio.Event]] = {}

    def ask(self, owner: str) -> asyncio.Task[None]:
        return asyncio.create_task(self._hold(owner))

    async def _hold(self, owner: str) -> None:
        async with self._slots.slot(owner):
            self.order.append(owner)
            done = asyncio.Event()
            self._holding.setdefault(owner, []).append(done)
            await done.wait()

    async def let_go(self, owner: str) -> None:
        self._holding[owner].pop(0).set()
        await settle()


async def given(asked: list[str], total: int, per_owner: int | None = None) -> tuple[Holders, list[asyncio.Task[None]]]:
    holders = Holders(FairSlots(total, per_owner))
    tasks = [holders.ask(owner) for owner in asked]
    await settle()
    return holders, tasks


async def end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_more_than_the_total_hold_a_slot() -> None:
    holders, tasks = await given(["a", "b", "c"], total=2)
    assert holders.order == ["a", "b"]
    await end(tasks)


async def test_a_tenant_that_comes_late_is_served_before_the_crowd_of_another() -> None:
    holders, tasks = await given(["a"] * 50 + ["b"], total=2)
    await holders.let_go("a")
    assert holders.order == ["a", "a", "b"]
    await end(tasks)


async def test_equals_take_turns() -> None:
    holders, tasks = await given(["a", "a", "a", "b", "b", "c", "c"], total=1)
    for _ in range(6):
        await holders.let_go(holders.order[-1])
    assert holders.order == ["a", "b", "c", "a", "b", "c", "a"]
    await end(tasks)


async def test_one_tenant_never_holds_more_than_its_share() -> None:
    holders, tasks = await given(["a"] * 5, total=3, per_owner=2)
    assert holders.order == ["a", "a"]
    tasks.append(holders.ask("b"))
    await settle()
    assert holders.order == ["a", "a", "b"]
    await end(tasks)


async def test_who_stops_waiting_costs_nobody_a_slot() -> None:
    slots = FairSlots(1)
    async with AsyncExitStack() as held:
        await held.enter_async_context(slots.slot("a"))
        waiting = asyncio.create_task(slots.slot("b").__aenter__())
        await settle()
        assert slots.waiting("b") == 1
        await end([waiting])
        assert slots.waiting("b") == 0
    async with asyncio.timeout(1), slots.slot("c"):
        pass


async def test_a_slot_given_to_one_that_was_cancelled_meanwhile_comes_back() -> None:
    slots = FairSlots(1)
    async with slots.slot("a"):
        waiting = asyncio.create_task(slots.slot("b").__aenter__())
        await settle()
    # Released and handed to b, whose task has not run since.
    await end([waiting])
    async with asyncio.timeout(1), slots.slot("c"):
        pass


async def test_a_slot_comes_back_when_its_holder_fails() -> None:
    slots = FairSlots(1)
    with pytest.raises(RuntimeError):
        async with slots.slot("a"):
            raise RuntimeError
    async with asyncio.timeout(1), slots.slot("a"):
        pass


@pytest.mark.parametrize("build", [lambda: FairSlots(0), lambda: FairSlots(2, 0)])
def test_there_is_at_least_one_slot(build: Callable[[], FairSlots]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        build()
