"""Fifty conversations at once for five minutes, with bulk ingest beside them, on the system as a user starts it.

    .venv/bin/python -m bench.load --seconds 300 --conversations 50

Each conversation asks, waits for the answer and asks again in the same session; every request has a key of its own.
Prints a line for each minute and writes build/load.json. The exit code is 1 if a question ended in an error, was lost
(its conversation does not hold it) or was stored twice.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from answerable_sdk import AnswerableError, AsyncAnswerable, ResponseError, RetryPolicy
from answerable_sdk.calls import Choices
from bench.corpus import documents
from bench.processes import memory_mebibytes
from bench.system import started_system
from bench.turn import quantiles
from bootstrap.embedded.state import RunningState
from packs.product_support.pack import PACK

_RESULT = Path("build/load.json")
_MINUTE = 60.0
_SAMPLE_SECONDS = 10.0
_UPLOADERS = 2
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
    """What a load has seen until now. ``memory`` holds (seconds, MiB by process); times count from the start."""

    began: float = field(default_factory=time.perf_counter)
    asked: list[Asked] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    ingested: int = 0
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)

    def now(self) -> float:
        return time.perf_counter() - self.began


async def put_under_load(
    system: RunningState, console: Console, *, conversations: int, seconds: float
) -> dict[str, Any]:
    """Ask and upload for ``seconds``, then look for what was lost or doubled."""
    key = system.api_key.get_secret_value() if system.api_key else ""
    # Without retries, so that every failed request is seen.
    async with AsyncAnswerable(system.api_url or "", key, timeout=120.0, retries=RetryPolicy(attempts=1)) as client:
        load = Load()
        with console.status(f"{conversations} conversations for {seconds:.0f} s"):
            corpus = documents(_DOCUMENTS)
            await asyncio.gather(
                *(_converse(client, load, number, seconds) for number in range(conversations)),
                *(_upload(client, load, corpus, seconds) for _ in range(_UPLOADERS)),
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
            session = Choices(session_id=session_id) if session_id else Choices()
            answer = await client.ask(question, idempotency_key=uuid4().hex, **session)
        except AnswerableError as error:
            load.errors[f"ask: {_kind(error)}"] += 1
        else:
            session_id = str(answer.session_id)
            load.asked.append(Asked(session_id, answer.meta.trace_id, at, load.now() - at))


def _kind(error: AnswerableError) -> str:
    return error.code if isinstance(error, ResponseError) else type(error).__name__


async def _upload(client: AsyncAnswerable, load: Load, corpus: Iterator[tuple[str, bytes]], seconds: float) -> None:
    dataset = (await client.datasets())[0]
    for name, content in corpus:
        if load.now() >= seconds:
            return
        try:
            accepted = await client.upload(dataset.dataset_id, content, name=name)
            ended = await client.wait_for_ingest(accepted.ingest_id)
        except AnswerableError as error:
            load.errors[f"upload: {_kind(error)}"] += 1
        else:
            load.ingested += 1
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
    while page := (await client.conversation(session_id, limit=200, after=after)).messages:
        turns += [message.trace_id for message in page if message.role == "user"]
        after = page[-1].sequence
    return turns


def _result(load: Load, lost: int, doubled: int, seconds: float) -> dict[str, Any]:
    minutes = []
    for start in range(0, int(seconds), int(_MINUTE)):
        times = [one.seconds * 1000 for one in load.asked if start <= one.at < start + _MINUTE]
        if len(times) > 1:
            p50, p95 = quantiles(times)
            minutes.append({"from": start, "turns": len(times), "p50_ms": round(p50), "p95_ms": round(p95)})
    first, last = load.memory[min(1, len(load.memory) - 1)][1], load.memory[-1][1]
    return {
        "turns": len(load.asked),
        "errors": dict(load.errors),
        "lost": lost,
        "doubled": doubled,
        "ingested": load.ingested,
        "p95_last_to_first": round(minutes[-1]["p95_ms"] / minutes[0]["p95_ms"], 2) if minutes else None,
        "minutes": minutes,
        "memory_mib": {name: {"first": first.get(name), "last": last[name]} for name in sorted(last)},
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table("from second", "turns", "p50 ms", "p95 ms", box=None)
    for minute in result["minutes"]:
        table.add_row(*(str(minute[name]) for name in ("from", "turns", "p50_ms", "p95_ms")))
    console.print(table)
    memory = Table("process", "MiB, first", "MiB, last", box=None)
    for name, figures in result["memory_mib"].items():
        memory.add_row(name, str(figures["first"]), str(figures["last"]))
    console.print(memory)
    console.print({name: result[name] for name in ("turns", "errors", "lost", "doubled", "ingested")})
    console.print("p95 of the last minute to that of the first:", result["p95_last_to_first"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--conversations", type=int, default=50)
    chosen = parser.parse_args()
    console = Console()
    with started_system(console) as system:
        result = asyncio.run(
            put_under_load(system, console, conversations=chosen.conversations, seconds=chosen.seconds)
        )
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result, indent=2) + "\n")
    _show(console, result)
    sys.stdout.flush()
    os._exit(1 if result["errors"] or result["lost"] or result["doubled"] else 0)


if __name__ == "__main__":
    main()
