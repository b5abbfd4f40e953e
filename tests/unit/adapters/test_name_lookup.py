"""A name server that hangs holds up nobody but whoever asks for its names."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from adapters.name_lookup import MAX_LOOK_UPS_PER_CALLER, NameLookup, TooManyLookUpsError


class HangingResolver:
    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        if host.startswith("slow"):
            self.released.wait()
        return ["8.8.8.8"]


@pytest.fixture
def resolver() -> Iterator[HangingResolver]:
    hanging = HangingResolver()
    yield hanging
    hanging.released.set()


async def hang(lookup: NameLookup, caller: str, host: str) -> None:
    with pytest.raises(TimeoutError):
        await lookup.addresses(caller, host, 80, timeout_seconds=0.02)


async def test_a_caller_whose_look_ups_hang_gets_no_more_and_others_do(resolver: HangingResolver) -> None:
    lookup = NameLookup(resolver)
    for number in range(MAX_LOOK_UPS_PER_CALLER):
        await hang(lookup, "theirs", f"slow{number}")
    for number in range(100):
        with pytest.raises(TooManyLookUpsError):
            await lookup.addresses("theirs", f"slow-again{number}", 80, timeout_seconds=5)
    assert await lookup.addresses("mine", "quick", 80, timeout_seconds=5) == ["8.8.8.8"]
    assert len(resolver.asked) == MAX_LOOK_UPS_PER_CALLER + 1
    lookup.close()


async def test_who_asks_for_a_name_that_is_being_looked_up_waits_for_that(resolver: HangingResolver) -> None:
    lookup = NameLookup(resolver)
    waiting = [asyncio.ensure_future(lookup.addresses("a", "slow", 80, timeout_seconds=5)) for _ in range(50)]
    await asyncio.sleep(0)
    resolver.released.set()
    assert await asyncio.gather(*waiting) == [["8.8.8.8"]] * 50
    assert resolver.asked == ["slow"]
    lookup.close()


async def test_threads_of_everything_else_are_left_alone(resolver: HangingResolver) -> None:
    lookup = NameLookup(resolver)
    for number in range(20):
        await hang(lookup, f"caller{number}", f"slow{number}")
    assert await asyncio.to_thread(lambda: "done") == "done"
    lookup.close()
