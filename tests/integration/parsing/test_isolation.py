"""A document can harm the process that parses it, and nothing else."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from adapters.confined.environment import bare_environment
from adapters.confined.process_limits import MIB, ProcessLimits
from adapters.document_processes.isolated import IsolatedParser
from adapters.document_processes.processes import FreshProcesses
from domain.knowledge.errors import (
    CorruptDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    ParserCrashedError,
    ParserOutOfMemoryError,
    ParserTimeoutError,
)
from domain.knowledge.parsed import ParsedDocument
from tests.integration.parsing.conftest import Bench, bench_with

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")
# From within it is seen in tests/security/confinement, by any user.
only_root_looks_in = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() != 0, reason="a confined process lets nobody of its user look in"
)
# Seconds of processor time to read, though it has only half a megabyte.
SLOW = "<p><x y='>' " + " ".join(f"a{number}" for number in range(40_000)) + ">x"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "document"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


async def child_of(bench: Bench, *, besides: int = 0) -> psutil.Process:
    async with asyncio.timeout(10):
        while True:
            for child in bench.server.children():
                if child.pid != besides:
                    return child
            await asyncio.sleep(0)


def reading(bench: Bench, path: Path) -> asyncio.Task[ParsedDocument]:
    return asyncio.create_task(bench.parser.parse(path, "text/markdown", "guide.md"))


def fix(path: Path, text: str) -> None:
    """Put a document that can be read in the place of one that cannot."""
    whole = path.with_name("whole")
    whole.write_text(text)
    whole.replace(path)


async def test_a_document_comes_back_as_the_parser_made_it(parser: IsolatedParser, tmp_path: Path) -> None:
    document = await parser.parse(written(tmp_path, "# Keys\n\nRotate them.\n"), "text/markdown", "keys.md")
    assert (document.title, document.text) == ("Keys", "# Keys\n\nRotate them.\n")
    assert [block.kind for block in document.blocks] == ["heading", "paragraph"]


async def test_what_a_terminal_would_obey_does_not_come_back(parser: IsolatedParser, tmp_path: Path) -> None:
    source = "Keys\x1b]0;owned\x07 and \u009b2J more. " + "Rotate them. " * 40
    document = await parser.parse(written(tmp_path, source), "text/plain", "keys.txt")
    assert document.text.startswith("Keys ]0;owned  and  2J more. ")
    assert len(document.text) == len(source)


async def test_what_the_parser_says_of_a_document_comes_back_as_the_same_error(
    parser: IsolatedParser, tmp_path: Path
) -> None:
    with pytest.raises(EmptyDocumentError, match="empty"):
        await parser.parse(written(tmp_path, ""), "", "x.txt")
    with pytest.raises(CorruptDocumentError) as caught:
        await parser.parse(written(tmp_path, '{"a": '), "", "x.json")
    assert caught.value.details == {"line": 1, "column": 7}


async def test_many_documents_at_once_each_get_their_own_answer(parser: IsolatedParser, tmp_path: Path) -> None:
    async def one(number: int) -> str:
        path = tmp_path / str(number)
        path.write_text(f"text {number}")
        return (await parser.parse(path, "", f"{number}.txt")).text

    assert await asyncio.gather(*map(one, range(50))) == [f"text {number}" for number in range(50)]


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    async with bench_with() as bench:
        await bench.parser.parse(written(tmp_path, "text"), "", "x.txt")
        server = bench.server
        assert server.children() == []
        open_files = server.num_fds()
        for _ in range(5):
            await bench.parser.parse(written(tmp_path, "text"), "", "x.txt")
        assert server.num_fds() == open_files
    assert not server.is_running()


async def test_processor_time_beyond_the_limit_is_a_timeout(tmp_path: Path) -> None:
    async with bench_with(cpu_seconds=1) as bench:
        with pytest.raises(ParserTimeoutError, match="processor"):
            await bench.parser.parse(written(tmp_path, SLOW), "text/html", "deep.html")


async def test_a_parser_that_hangs_is_killed_when_its_time_is_over(stuck: Path) -> None:
    async with bench_with(wall_seconds=0.3) as bench:
        with pytest.raises(ParserTimeoutError, match="seconds"):
            await bench.parser.parse(stuck, "", "x.txt")
        psutil.wait_procs(bench.server.children(), timeout=10)
        assert bench.server.children() == []


async def test_memory_beyond_the_limit_is_its_own_error(tmp_path: Path) -> None:
    async with bench_with(memory_bytes=512 * MIB) as bench:
        many = written(tmp_path, f"[{'11,' * 6_000_000}11]")
        with pytest.raises(ParserOutOfMemoryError, match="512 MiB"):
            await bench.parser.parse(many, "", "many.json")
        assert (await bench.parser.parse(written(tmp_path, "text"), "", "x.txt")).text == "text"


async def test_more_text_than_a_result_may_hold_is_too_large(tmp_path: Path) -> None:
    async with bench_with(file_bytes=MIB) as bench:
        with pytest.raises(DocumentTooLargeError):
            await bench.parser.parse(written(tmp_path, "words " * 400_000), "", "x.txt")


@pytest.mark.parametrize("end", [signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGBUS])
async def test_a_parser_that_crashes_is_said_to_have_crashed(stuck: Path, end: signal.Signals) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        (await child_of(bench)).send_signal(end)
        with pytest.raises(ParserCrashedError) as caught:
            await task
        assert caught.value.details["signal"] == end


async def test_a_process_killed_from_outside_gets_a_second_chance(stuck: Path) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        first = await child_of(bench)
        fix(stuck, "# Keys")
        first.kill()
        assert (await task).text == "# Keys"


async def test_a_process_killed_twice_is_a_crash(stuck: Path) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        first = await child_of(bench)
        first.kill()
        (await child_of(bench, besides=first.pid)).kill()
        with pytest.raises(ParserCrashedError):
            await task


async def test_the_fork_server_is_started_again_when_it_is_killed(stuck: Path) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        child, server = await child_of(bench), bench.server
        fix(stuck, "# Keys")
        server.kill()
        assert (await task).text == "# Keys"
        assert bench.server.pid != server.pid
        if sys.platform == "linux":
            await asyncio.to_thread(child.wait, 10)


def network_of(pid: int) -> tuple[list[str], bool]:
    """The names of a process's network interfaces, and whether its network is another than ours."""
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    apart = Path("/proc/self/ns/net").readlink() != Path(f"/proc/{pid}/ns/net").readlink()
    return [line.split(":")[0].strip() for line in lines], apart


async def test_giving_up_kills_the_process(stuck: Path) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        child = await child_of(bench)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(child.wait, 10)


@only_root_looks_in
async def test_the_process_sees_no_variable_of_the_workers(stuck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_KEY", "do-not-tell")
    async with bench_with() as bench:
        task = reading(bench, stuck)
        child = await child_of(bench)
        for process in (child, bench.server):
            assert "S3_SECRET_KEY" not in process.environ()
            assert "do-not-tell" not in process.environ().values()
        child.send_signal(signal.SIGABRT)
        with pytest.raises(ParserCrashedError):
            await task


@only_root_looks_in
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has network namespaces")
async def test_the_process_reaches_no_network(stuck: Path) -> None:
    async with bench_with() as bench:
        task = reading(bench, stuck)
        child = await child_of(bench)
        interfaces, confined = network_of(child.pid)
        child.send_signal(signal.SIGABRT)
        with pytest.raises(ParserCrashedError):
            await task
        if not confined:
            pytest.skip("this system does not let processes leave the network")
        assert interfaces == ["lo"]


async def test_without_forks_a_new_interpreter_does_the_same(tmp_path: Path, stuck: Path) -> None:
    processes = FreshProcesses(bare_environment())
    async with IsolatedParser(ProcessLimits(wall_seconds=30), processes=processes) as parser:
        assert (await parser.parse(written(tmp_path, "text"), "", "x.txt")).text == "text"
        with pytest.raises(EmptyDocumentError):
            await parser.parse(written(tmp_path, " "), "", "x.txt")
    async with IsolatedParser(ProcessLimits(wall_seconds=0.5), processes=processes) as parser:
        with pytest.raises(ParserTimeoutError):
            await parser.parse(stuck, "", "x.txt")
    async with IsolatedParser(ProcessLimits(cpu_seconds=1), processes=processes) as parser:
        with pytest.raises(ParserTimeoutError):
            await parser.parse(written(tmp_path, SLOW), "", "deep.html")
