import asyncio
from uuid import uuid4

import pytest

from api.process.fair_doors import FairDoor
from domain.limits.errors import TooManyRequestsError

OURS, THEIRS = uuid4(), uuid4()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def stand_inside(door: FairDoor, tenant_id: object, entered: list[object], leave: asyncio.Event) -> None:
    async with door.entered(tenant_id):  # type: ignore[arg-type]
        entered.append(tenant_id)
        await leave.wait()


async def test_one_tenants_crowd_does_not_stand_in_another_tenants_way() -> None:
    door, entered, leave = FairDoor(2), list[object](), asyncio.Event()
    crowd = [asyncio.create_task(stand_inside(door, THEIRS, entered, leave)) for _ in range(50)]
    await settle()
    async with asyncio.timeout(1), door.entered(OURS):
        assert entered == [THEIRS, THEIRS]
    leave.set()
    await asyncio.gather(*crowd)
    assert len(entered) == 50


async def test_while_two_tenants_are_there_each_has_half() -> None:
    door, entered, leave = FairDoor(4), list[object](), asyncio.Event()
    crowd = [asyncio.create_task(stand_inside(door, tenant, entered, leave)) for tenant in (OURS, *[THEIRS] * 9)]
    await settle()
    assert entered == [OURS, THEIRS, THEIRS]
    leave.set()
    await asyncio.gather(*crowd)


async def test_a_tenant_always_has_one_however_many_there_are() -> None:
    door, entered, leave = FairDoor(1), list[object](), asyncio.Event()
    tenants = [uuid4() for _ in range(5)]
    crowd = [asyncio.create_task(stand_inside(door, tenant, entered, leave)) for tenant in tenants]
    await settle()
    assert entered == tenants
    leave.set()
    await asyncio.gather(*crowd)


async def test_who_comes_when_the_line_is_full_is_told_to_come_back() -> None:
    door, leave = FairDoor(1, max_waiting=1), asyncio.Event()
    crowd = [asyncio.create_task(stand_inside(door, THEIRS, [], leave)) for _ in range(2)]
    await settle()
    with pytest.raises(TooManyRequestsError):
        async with door.entered(THEIRS):
            pass
    leave.set()
    await asyncio.gather(*crowd)


async def test_who_waits_in_vain_is_told_to_come_back() -> None:
    door = FairDoor(1, wait_seconds=0.01)
    async with door.entered(THEIRS):
        with pytest.raises(TooManyRequestsError):
            async with door.entered(THEIRS):
                pass


async def test_a_request_that_waits_for_another_system_lets_the_next_one_in() -> None:
    door = FairDoor(1, held_seconds=0.01)
    async with door.entered(THEIRS), asyncio.timeout(5), door.entered(THEIRS):
        pass


async def test_a_place_left_twice_is_given_back_once() -> None:
    door = FairDoor(1, held_seconds=0.01, wait_seconds=0.05)
    async with door.entered(THEIRS), door.entered(THEIRS):
        pass
    async with door.entered(THEIRS):
        pass


async def test_a_turn_that_was_accepted_only_keeps_its_place_until_it_ends() -> None:
    door, ended = FairDoor(1, wait_seconds=0.01, held_seconds=None), asyncio.Event()
    async with door.entered(THEIRS) as place:
        place.keep_until(ended.wait())
    with pytest.raises(TooManyRequestsError):
        async with door.entered(THEIRS):
            pass
    ended.set()
    await settle()
    async with door.entered(THEIRS):
        pass


async def test_a_place_is_given_back_when_what_it_was_kept_for_fails() -> None:
    async def fail() -> None:
        raise RuntimeError

    door = FairDoor(1)
    async with door.entered(THEIRS) as place:
        place.keep_until(fail())
    await settle()
    async with asyncio.timeout(1), door.entered(THEIRS):
        pass


async def test_a_request_that_fails_gives_its_place_back() -> None:
    door = FairDoor(1)
    with pytest.raises(RuntimeError):
        async with door.entered(THEIRS):
            raise RuntimeError
    async with asyncio.timeout(1), door.entered(THEIRS):
        pass
