"""Cutting a document into passages, in a process of its own."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from adapters.document_processes.isolated import IsolatedParser
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.errors import ChunkingCrashedError, ChunkingTimeoutError, TooManyPassagesError
from domain.knowledge.parsed import Block, ParsedDocument
from domain.knowledge.passage_lines import passages_of
from tests.integration.parsing.conftest import Bench, bench_with

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")
BUSY, SMALL = UUID(int=1), UUID(int=2)


def document_of(text: str) -> ParsedDocument:
    block = Block(kind="paragraph", start=0, end=len(text))
    return ParsedDocument(title="Keys", text=text, blocks=(block,), media_type="text/plain", parser="made")


def written(folder: Path, document: ParsedDocument) -> Path:
    path = folder / "parsed.json"
    path.write_text(document.model_dump_json())
    return path


async def cut(parser: IsolatedParser, source: Path, title: str | None = None) -> Path:
    target = source.with_name("passages")
    await parser.chunk_into(target, source, "keys.md", title=title, tenant_id=BUSY)
    return target


async def child_of(bench: Bench) -> psutil.Process:
    async with asyncio.timeout(10):
        while True:
            for child in bench.server.children():
                return child
            await asyncio.sleep(0)


async def test_the_passages_are_those_that_the_chunker_makes(parser: IsolatedParser, tmp_path: Path) -> None:
    document = document_of("Rotate the key every ninety days. " * 1_000)
    path = await cut(parser, written(tmp_path, document), title="Guide")
    with path.open("rb") as lines:
        assert passages_of(lines) == chunk(document.model_copy(update={"title": "Guide"}), ChunkOptions())


async def test_more_headings_than_can_be_searched_for_have_their_code(
    unmeasured_parser: IsolatedParser, tmp_path: Path
) -> None:
    text = "Heading\nWords\n" * 60_000
    blocks = tuple(
        block
        for at in range(0, len(text), 14)
        for block in (
            Block(kind="heading", start=at, end=at + 7, level=1),
            Block(kind="paragraph", start=at + 8, end=at + 13),
        )
    )
    document = ParsedDocument(title=None, text=text, blocks=blocks, media_type="text/plain", parser="made")
    with pytest.raises(TooManyPassagesError):
        await cut(unmeasured_parser, written(tmp_path, document))


async def test_processor_time_beyond_the_limit_ends_it_by_force(tmp_path: Path) -> None:
    async with bench_with(cpu_seconds=1) as bench:
        with pytest.raises(ChunkingTimeoutError, match="processor"):
            await cut(bench.parser, written(tmp_path, document_of("a. B " * 4_000_000)))


async def test_time_beyond_the_limit_ends_it_by_force(stuck: Path) -> None:
    async with bench_with(wall_seconds=0.3) as bench:
        with pytest.raises(ChunkingTimeoutError, match="seconds"):
            await cut(bench.parser, stuck)
        psutil.wait_procs(bench.server.children(), timeout=10)
        assert bench.server.children() == []


async def test_a_process_that_breaks_down_has_its_own_code(stuck: Path) -> None:
    async with bench_with() as bench:
        cutting = asyncio.create_task(cut(bench.parser, stuck))
        (await child_of(bench)).send_signal(signal.SIGABRT)
        with pytest.raises(ChunkingCrashedError):
            await cutting


async def test_a_process_that_works_for_an_ingest_gives_way_to_others(stuck: Path) -> None:
    async with bench_with() as bench:
        cutting = asyncio.create_task(cut(bench.parser, stuck))
        assert (await child_of(bench)).nice() >= os.nice(0) + 10
        cutting.cancel()


async def test_one_tenants_worst_documents_leave_a_process_for_another(stuck: Path, tmp_path: Path) -> None:
    async with bench_with() as bench:
        held = [asyncio.create_task(cut(bench.parser, stuck)) for _ in range(9)]
        await child_of(bench)
        small = tmp_path / "small.txt"
        small.write_text("text")
        target = tmp_path / "small.json"
        report = await bench.parser.parse_into(target, small, "", "small.txt", tenant_id=SMALL)
        assert report.characters == 4
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
