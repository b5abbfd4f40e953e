"""Fifty conversations at once for five minutes, with bulk ingest beside them, on the system as a user starts it.

    .venv/bin/python -m bench.load --seconds 300 --conversations 50

Each conversation asks, waits for the answer and asks again in the same session; every request has a key of its own.
Beside them ``--window`` documents are under way at every moment: whenever an ingest ends, the next is uploaded. At the
end no more are uploaded, and those under way are awaited.

Prints a line for each minute and writes build/load.json. The exit code is 1 if a question ended in an error, was lost
(its conversation does not hold it) or was stored twice, or if an ingest did not succeed.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from answerable_sdk import AnswerableError, AskOptions, AsyncAnswerable, ResponseError, RetryPolicy
from bench.corpus import documents
from bench.processes import memory_mebibytes
from bench.system import started_system
from bench.turn import quantiles
from bootstrap.embedded.state import RunningState
from packs.product_support.pack import PACK

_RESULT = Path("build/load.json")
_MINUTE = 60.0
_SAMPLE_SECONDS = 10.0
_WINDOW = 32
_DRAIN_SECONDS = 300.0
_UPLOAD_ATTEMPTS = 20
# Enough for hours of uploads; the generator makes them one at a time.
_DOCUMENTS = 100_000


@dataclass
class Asked:
    """One question of a load: when it was sent and what came of it."""

    session_id: str
    trace_id: str
    at: float
    seconds: float


@dataclass
class Load:
    """What a load has seen until now. Times are seconds from the start.

    ``ingests`` holds when each ended, by state; ``memory`` when a sample was taken, and MiB by kind of process.
    """

    began: float = field(default_factory=time.perf_counter)
    asked: list[Asked] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    ingests: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)

    def now(self) -> float:
        return time.perf_counter() - self.began


async def put_under_load(
    system: RunningState, console: Console, *, conversations: int, window: int, seconds: float
) -> dict[str, Any]:
    """Ask and upload for ``seconds``, then look for what was lost or doubled."""
    key = system.api_key.get_secret_value() if system.api_key else ""
    url = system.api_url or ""
    # Questions without retries, so that every failed request is seen; uploads as a bulk client sends them.
    async with (
        AsyncAnswerable(url, key, timeout=120.0, retries=RetryPolicy(attempts=1)) as client,
        AsyncAnswerable(url, key, timeout=120.0, retries=RetryPolicy(attempts=_UPLOAD_ATTEMPTS)) as uploader,
    ):
        load = Load()
        with console.status(f"{conversations} conversations for {seconds:.0f} s, {window} documents beside"):
            corpus = documents(_DOCUMENTS)
            await asyncio.gather(
                *(_converse(client, load, number, seconds) for number in range(conversations)),
                *(_upload(uploader, load, corpus, seconds) for _ in range(window)),
                _sample_memory(system.pid, load, seconds),
            )
        with console.status("looking for lost and doubled turns"):
            lost, doubled = await _lost_and_doubled(client, load)
    return _result(load, lost, doubled, seconds)


async def _converse(client: AsyncAnswerable, load: Load, number: int, seconds: float) -> None:
    session_id: str | None = None
    for question in itertools.islice(itertools.cycle(PACK.sample_questions), number, None):
        if (at := load.now()) >= seconds:
            return
        try:
            session = AskOptions(session_id=session_id) if session_id else AskOptions()
            answer = await client.ask(question, idempotency_key=uuid4().hex, **session)
        except AnswerableError as error:
            load.errors[f"ask: {_kind(error)}"] += 1
        else:
            session_id = str(answer.session_id)
            load.asked.append(Asked(session_id, answer.meta.trace_id, at, load.now() - at))


def _kind(error: AnswerableError) -> str:
    return error.code if isinstance(error, ResponseError) else type(error).__name__


async def _upload(client: AsyncAnswerable, load: Load, corpus: Iterator[tuple[str, bytes]], seconds: float) -> None:
    """Keep one place of the window full: upload, wait until the ingest has ended, upload the next."""
    dataset = (await client.datasets.list())[0]
    while load.now() < seconds:
        name, content = next(corpus)
        try:
            accepted = await client.documents.upload(dataset.dataset_id, content, name=name)
            left = seconds + _DRAIN_SECONDS - load.now()
            ended = await client.ingests.wait(accepted.ingest_id, timeout=left)
        except AnswerableError as error:
            load.errors[f"upload: {_kind(error)}"] += 1
        else:
            load.ingests[ended.state].append(load.now())
            if not ended.succeeded:
                load.errors[f"ingest: {ended.state}"] += 1


async def _sample_memory(supervisor: int, load: Load, seconds: float) -> None:
    while load.now() < seconds:
        load.memory.append((load.now(), await asyncio.to_thread(memory_mebibytes, supervisor)))
        await asyncio.sleep(min(_SAMPLE_SECONDS, max(0.0, seconds - load.now())))


async def _lost_and_doubled(client: AsyncAnswerable, load: Load) -> tuple[int, int]:
    """Answered questions that their conversation lacks, and those that it holds more than once."""
    lost = doubled = 0
    for session_id in {asked.session_id for asked in load.asked}:
        held = Counter(await _user_turns(client, session_id))
        mine = [asked.trace_id for asked in load.asked if asked.session_id == session_id]
        lost += sum(1 for trace_id in mine if not held[trace_id])
        doubled += sum(1 for count in held.values() if count > 1)
    return lost, doubled


async def _user_turns(client: AsyncAnswerable, session_id: str) -> list[str]:
    """The turn of every question that a conversation holds, read page by page."""
    turns: list[str] = []
    after = 0
    while page := (await client.conversations.get(session_id, limit=200, after=after)).messages:
        turns += [message.trace_id for message in page if message.role == "user"]
        after = page[-1].sequence
    return turns


def _result(load: Load, lost: int, doubled: int, seconds: float) -> dict[str, Any]:
    minutes = [_minute(load, start) for start in range(0, int(seconds), int(_MINUTE))]
    ended = [at for times in load.ingests.values() for at in times]
    return {
        "turns": len(load.asked),
        "errors": dict(load.errors),
        "lost": lost,
        "doubled": doubled,
        "ingests": {state: len(times) for state, times in load.ingests.items()},
        "last_ingest_after_the_end_seconds": round(max(0.0, max(ended, default=0.0) - seconds), 1),
        "p95_last_to_first": round(minutes[-1]["p95_ms"] / minutes[0]["p95_ms"], 2),
        "minutes": minutes,
    }


def _minute(load: Load, start: int) -> dict[str, Any]:
    """Turns by when they were asked, ingests by when they ended, and the memory as last seen in that minute."""
    end = start + _MINUTE
    times = [one.seconds * 1000 for one in load.asked if start <= one.at < end]
    p50, p95 = quantiles(times)
    return {
        "from": start,
        "turns": len(times),
        "p50_ms": round(p50),
        "p95_ms": round(p95),
        "ingests": sum(1 for ended in load.ingests.values() for at in ended if start <= at < end),
        "memory_mib": [memory for at, memory in load.memory if at < end][-1],
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    processes = sorted({name for minute in result["minutes"] for name in minute["memory_mib"]})
    table = Table(
        "from second", "turns", "p50 ms", "p95 ms", "ingests", *(f"{name} MiB" for name in processes), box=None
    )
    for minute in result["minutes"]:
        counted = [str(minute[name]) for name in ("from", "turns", "p50_ms", "p95_ms", "ingests")]
        table.add_row(*counted, *(f"{minute['memory_mib'].get(name, 0):.0f}" for name in processes))
    console.print(table)
    console.print({name: found for name, found in result.items() if name != "minutes"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--window", type=int, default=_WINDOW, help="documents under way at every moment")
    chosen = parser.parse_args()
    console = Console()
    with started_system(console) as system:
        load = put_under_load(
            system, console, conversations=chosen.conversations, window=chosen.window, seconds=chosen.seconds
        )
        result = asyncio.run(load)
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result, indent=2) + "\n")
    _show(console, result)
    sys.stdout.flush()
    os._exit(1 if result["errors"] or result["lost"] or result["doubled"] else 0)


if __name__ == "__main__":
    main()
