"""A turn over HTTP against the smallest sound workflow on the same server, interleaved.

The figures are ratios: how many times the time (or the part of the throughput) of the reference a turn takes.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.worker import Worker

from adapters.temporal.client import connect
from answerable_sdk import AsyncAnswerable
from bench import waterfall
from bench.corpus import documents, ingest_all
from bench.processes import cpu_seconds
from bench.smallest_workflow import QUEUE, SmallestWorkflow, decide_nothing, record_nothing
from bench.waterfall import AskedTurn
from bootstrap.embedded.state import RunningState
from domain.identity.api_keys import parse_api_key
from packs.product_support.pack import PACK
from workers.sandbox import sandbox

_WARM_UP = 20
_AT_ONCE = 50
_LOOKED_AT = 50

Once = Callable[[], Awaitable[Any]]


async def measure_turns(system: RunningState, console: Console, *, samples: int, passages: int) -> dict[str, Any]:
    """Latency one at a time, throughput at fifty at once, a waterfall by step and CPU by process."""
    if system.api_url is None or system.api_key is None:
        raise RuntimeError("the system runs without its API")
    client = await connect(system.temporal_address, system.namespace)
    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=[SmallestWorkflow],
        activities=[decide_nothing, record_nothing],
        workflow_runner=sandbox(),
    )
    async with AsyncAnswerable(system.api_url, system.api_key.get_secret_value()) as answerable, worker:
        with console.status(f"ingesting {passages} passages"):
            await _ingest(answerable, passages)
        questions = itertools.cycle(PACK.sample_questions)
        asked: list[AskedTurn] = []

        async def turn() -> None:
            sent = datetime.now(UTC)
            answer = await answerable.ask(next(questions))
            asked.append(AskedTurn(answer.meta.trace_id, sent, datetime.now(UTC)))

        async def smallest() -> None:
            await _run_smallest(client)

        with console.status("one at a time"):
            latencies = await _interleaved(turn, smallest, samples)
        looked_at = asked[-min(samples, _LOOKED_AT) :]
        with console.status(f"{_AT_ONCE} at once"):
            throughputs, cpu = await _throughputs(turn, smallest, samples * 2, system.pid)
        found = {
            "stretches_ms": await waterfall.stretches(client, _tenant(system), looked_at),
            "steps_ms": await waterfall.steps(answerable, looked_at),
        }
    result = _result(latencies, throughputs, cpu, passages) | found
    _show(console, result)
    return result


def _tenant(system: RunningState) -> UUID:
    key = parse_api_key(system.api_key.get_secret_value()) if system.api_key else None
    if key is None:
        raise RuntimeError("the system runs without its API")
    return key[0]


async def _ingest(answerable: AsyncAnswerable, count: int) -> None:
    for ended in await ingest_all(answerable, documents(count)):
        if not ended.succeeded:
            raise RuntimeError(f"{ended.name} ended {ended.state}")


async def _run_smallest(client: Client) -> None:
    await client.execute_workflow(SmallestWorkflow.run, id=f"bench/{uuid4()}", task_queue=QUEUE)


async def _timed(once: Once) -> float:
    start = time.perf_counter()
    await once()
    return (time.perf_counter() - start) * 1000


async def _interleaved(turn: Once, smallest: Once, samples: int) -> tuple[list[float], list[float]]:
    pairs = [(await _timed(turn), await _timed(smallest)) for _ in range(_WARM_UP + samples)][_WARM_UP:]
    return [first for first, _ in pairs], [second for _, second in pairs]


async def _throughputs(
    turn: Once, smallest: Once, count: int, supervisor: int
) -> tuple[tuple[float, float], dict[str, float]]:
    """Per second, in two alternating halves each; CPU milliseconds a turn by process."""
    turn_seconds = smallest_seconds = 0.0
    cpu: dict[str, float] = {}
    for _ in range(2):
        before = cpu_seconds(supervisor)
        turn_seconds += await _drain(turn, count // 2)
        for name, seconds in cpu_seconds(supervisor).items():
            cpu[name] = cpu.get(name, 0.0) + (seconds - before.get(name, 0.0)) * 1000 / count
        smallest_seconds += await _drain(smallest, count // 2)
    return (count / turn_seconds, count / smallest_seconds), cpu


async def _drain(once: Once, count: int) -> float:
    """Seconds that ``count`` runs take, ``_AT_ONCE`` of them at a time."""
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            await once()

    start = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(_AT_ONCE)))
    return time.perf_counter() - start


def _result(
    latencies: tuple[list[float], list[float]],
    throughputs: tuple[float, float],
    cpu: dict[str, float],
    passages: int,
) -> dict[str, Any]:
    (turn50, turn95), (small50, small95) = (quantiles(values) for values in latencies)
    return {
        "p50_ratio": round(turn50 / small50, 2),
        "p95_ratio": round(turn95 / small95, 2),
        "throughput_ratio": round(throughputs[0] / throughputs[1], 2),
        "passages": passages,
        "turn_ms": {"p50": round(turn50, 1), "p95": round(turn95, 1)},
        "smallest_ms": {"p50": round(small50, 1), "p95": round(small95, 1)},
        "per_second": {"turn": round(throughputs[0], 1), "smallest": round(throughputs[1], 1)},
        "cpu_ms_a_turn": {name: round(value, 1) for name, value in sorted(cpu.items())},
    }


def quantiles(values: list[float]) -> tuple[float, float]:
    """p50 and p95 of at least two values."""
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[94]


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"A turn over HTTP, {result['passages']} passages, against the smallest sound workflow")
    for column in ("figure", "turn", "smallest", "ratio"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    turn, small, rate = result["turn_ms"], result["smallest_ms"], result["per_second"]
    table.add_row("p50 ms, one at a time", str(turn["p50"]), str(small["p50"]), str(result["p50_ratio"]))
    table.add_row("p95 ms, one at a time", str(turn["p95"]), str(small["p95"]), str(result["p95_ratio"]))
    table.add_row(
        f"per second, {_AT_ONCE} at once", str(rate["turn"]), str(rate["smallest"]), str(result["throughput_ratio"])
    )
    console.print(table)
    console.print("stretches, median ms:", result["stretches_ms"])
    console.print("of that the steps' own work:", result["steps_ms"])
    console.print("CPU ms a turn:", result["cpu_ms_a_turn"])
