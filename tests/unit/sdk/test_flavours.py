"""Both clients have the same methods, and users' type checkers see what each returns."""

import inspect
import subprocess
import sys
from pathlib import Path

from answerable_sdk import Answerable, AsyncAnswerable, RetryPolicy
from tests.unit.sdk.in_memory_server import AsyncServer, Server, reply

PROGRAM = """
from typing import assert_type
from collections.abc import AsyncIterator, Iterator
from answerable_sdk import Answerable, AsyncAnswerable, ChatResponse, Dataset, Document, Ingest

def plain(client: Answerable) -> None:
    assert_type(client.ask("How?", session_id="one"), ChatResponse)
    assert_type(client.datasets.list(), tuple[Dataset, ...])
    assert_type(client.documents.all("one"), Iterator[Document])
    client.documents.upload("one", "guide.md", title=1)  # wrong: title

async def awaited(client: AsyncAnswerable) -> None:
    assert_type(await client.ask("How?"), ChatResponse)
    assert_type(client.ingests.follow("one"), AsyncIterator[Ingest])
    await client.turns.get(3)  # wrong: trace_id
"""


def test_a_type_checker_sees_results_and_arguments_of_both_flavours(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]

    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    errors = [line for line in checked.stdout.splitlines() if ": error: " in line]
    wrong = [number for number, line in enumerate(PROGRAM.splitlines(), 1) if "# wrong" in line]
    assert [int(line.removeprefix(f"{program}:").split(":")[0]) for line in errors] == wrong, checked.stdout


def test_a_method_shows_its_signature_and_its_documentation() -> None:
    with Answerable("http://server.test", "ans_key") as client:
        method = client.conversations.get

    assert list(inspect.signature(method).parameters) == ["session_id", "limit", "after"]
    assert (method.__doc__ or "").startswith("A conversation with a page of its messages")


async def test_nothing_is_sent_before_an_asynchronous_call_is_awaited() -> None:
    server = Server(reply(200, {"datasets": []}))
    policy = RetryPolicy(attempts=1)
    async with AsyncAnswerable(
        "http://server.test", "ans_key", transport=AsyncServer(server), retries=policy
    ) as client:
        pending = client.datasets.list()
        assert server.requests == []
        assert await pending == ()
    assert len(server.requests) == 1
