"""Processes that read texts, with texts that do their worst."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from adapters.confined.environment import bare_environment
from adapters.confined.text_processes import TextProcesses
from domain.limits.errors import TextProcessUnavailableError, TextTooCostlyError
from domain.limits.text_work import TextStep
from tests.fixtures import hostile_text_steps as steps
from tests.fixtures.hostile_text_steps import Number, Text

TENANT, OTHER = UUID(int=1), UUID(int=2)
COMMAND = (sys.executable, "-P", "-m", steps.__name__)
PUMPED = Text(text="a" * 60 + "!")


@asynccontextmanager
async def processes(
    count: int = 2, wait_seconds: float = 30.0, wall_seconds: float = 30.0, command: Iterable[str] = COMMAND
) -> AsyncIterator[TextProcesses]:
    """By default without limits on time by the clock: only what a text does itself ends it."""
    pool = TextProcesses(
        tuple(command), bare_environment(), count=count, wait_seconds=wait_seconds, wall_seconds=wall_seconds
    )
    async with pool:
        await pool.started()
        yield pool


async def process_ids(pool: TextProcesses) -> set[int]:
    """Of the processes, which answer in turn."""
    return {(await pool.run(steps.WHICH_PROCESS, Text(text=""), TENANT)).number for _ in range(4)}


async def test_a_text_is_read_in_another_process() -> None:
    async with processes() as pool:
        assert (await pool.run(steps.COUNT, Text(text="a long text"), TENANT)).number == 11
        assert os.getpid() not in await process_ids(pool)


async def test_a_short_text_is_read_where_it_is() -> None:
    async with processes() as pool:
        assert (await pool.run(steps.WHICH_PROCESS, Text(text="short"), TENANT)).number == os.getpid()


async def test_a_text_larger_than_the_buffers_arrives_whole() -> None:
    async with processes() as pool:
        assert (await pool.run(steps.COUNT, Text(text="ü" * 1_000_000), TENANT)).number == 1_000_000


async def test_processes_see_nothing_of_the_workers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@server/database")
    async with processes() as pool:
        seen = (await pool.run(steps.ENVIRONMENT, Text(text=""), TENANT)).text.split()
    assert set(seen) - {"LC_CTYPE"} == set(bare_environment())


@pytest.mark.parametrize(
    "step", [steps.SPIN, steps.MATCH, steps.ALLOCATE, steps.SAY_TOO_MUCH, steps.BREAK_DOWN], ids=lambda one: one.name
)
async def test_a_text_that_costs_too_much_is_ended_and_others_are_read(step: TextStep[Text, Number]) -> None:
    async with processes() as pool:
        before = await process_ids(pool)
        with pytest.raises(TextTooCostlyError) as caught:
            await pool.run(step, PUMPED, TENANT)
        assert (caught.value.retryable, caught.value.details) == (False, {"step": step.name})
        assert (await pool.run(steps.COUNT, PUMPED, TENANT)).number == len(PUMPED.text)
        assert await process_ids(pool) != before


async def test_each_text_has_the_whole_processor_time() -> None:
    async with processes(count=1) as pool:
        (before,) = await process_ids(pool)
        # Together these take more than what one may.
        for _ in range(2_000):
            await pool.run(steps.COUNT, Text(text="a" * 50_000), TENANT)
        assert await process_ids(pool) == {before}


async def test_a_text_that_waits_without_end_is_ended_by_the_clock(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "never")
    async with processes(wall_seconds=0.2) as pool:
        with pytest.raises(TextTooCostlyError):
            await pool.run(steps.WAIT, Text(text=str(pipe)), TENANT)


async def test_what_was_killed_by_somebody_else_is_read_once_more(tmp_path: Path) -> None:
    (mark := tmp_path / "mark").touch()
    async with processes() as pool:
        assert (await pool.run(steps.IS_KILLED_ONCE, Text(text=str(mark)), TENANT)).number > 0


@pytest.mark.parametrize("step", [steps.IS_KILLED, steps.LEAVE], ids=lambda one: one.name)
async def test_what_is_killed_twice_can_be_tried_again_later(step: TextStep[Text, Number]) -> None:
    async with processes() as pool:
        with pytest.raises(TextProcessUnavailableError):
            await pool.run(step, PUMPED, TENANT)
        assert TextProcessUnavailableError.retryable
        assert (await pool.run(steps.COUNT, PUMPED, TENANT)).number == len(PUMPED.text)


async def test_a_defect_is_told_without_the_text() -> None:
    async with processes() as pool:
        with pytest.raises(RuntimeError) as caught:
            await pool.run(steps.RAISE, Text(text="a secret"), TENANT)
    assert str(caught.value) == "the step raise failed on a text: ValueError"


async def test_texts_of_one_tenant_leave_a_process_to_others(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    async with processes() as pool:
        crowd = [asyncio.create_task(pool.run(steps.WAIT, Text(text=str(pipe)), TENANT)) for _ in range(20)]
        # Every one of the crowd waits, for a process or for the pipe, until this has been answered.
        assert (await pool.run(steps.COUNT, Text(text="a text"), OTHER)).number == 6
        assert not any(one.done() for one in crowd)
        for one in crowd:
            one.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


async def test_who_waits_too_long_for_a_process_is_told_to_try_again(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    async with processes(count=1, wait_seconds=0.05) as pool:
        first = asyncio.create_task(pool.run(steps.WAIT, Text(text=str(pipe)), TENANT))
        with pytest.raises(TextProcessUnavailableError):
            await asyncio.gather(pool.run(steps.COUNT, Text(text="a text"), OTHER), first)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_who_gives_up_waiting_for_a_reply_leaves_a_fresh_process_behind(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    async with processes(count=1) as pool:
        (before,) = await process_ids(pool)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await pool.run(steps.WAIT, Text(text=str(pipe)), TENANT)
        await pool.started()
        assert before not in await process_ids(pool)


async def test_processes_end_with_the_pool() -> None:
    async with processes() as pool:
        ids = await process_ids(pool)
    assert ids
    for process_id in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


async def test_a_process_ends_when_its_worker_does() -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env=bare_environment(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readexactly(1)
    process.stdin.close()
    assert await process.wait() == 0


async def test_a_process_that_cannot_start_is_told_of() -> None:
    with pytest.raises(TextProcessUnavailableError):
        async with processes(command=(sys.executable, "-c", "")):
            pass
