"""Many small Markdown documents on the real system: memory of the ingest worker, documents a second, processor time.

Run it from the root of the checkout; EMBEDDER=hash leaves the embedding model out of the figures:

    EMBEDDER=hash .venv/bin/python -m bench.ingest_memory --documents 1000
"""

import argparse
import asyncio
import itertools
import time

import psutil
from rich.console import Console
from rich.table import Table

from answerable_sdk import AsyncAnswerable
from bench.corpus import documents, ingest_all
from bench.system import started_system
from bootstrap.embedded.state import RunningState

_MEBIBYTE = 1024 * 1024


class IngestWorker:
    """The ingest worker of a running system, and the processes in which it parses."""

    def __init__(self, system: RunningState) -> None:
        family = psutil.Process(system.pid).children(recursive=True)
        self.process = next(one for one in family if "workers.ingest" in " ".join(one.cmdline()))
        self._temporal = next(one for one in family if "start-dev" in one.cmdline())

    def seconds(self) -> tuple[float, float]:
        """Processor time so far, of the worker and of the Temporal server."""
        worker, temporal = self.process.cpu_times(), self._temporal.cpu_times()
        return worker.user + worker.system, temporal.user + temporal.system

    def memory(self) -> tuple[float, float]:
        """MiB of the worker alone, and of all its children."""
        children = sum(_resident(child) for child in self.process.children(recursive=True))
        return _resident(self.process) / _MEBIBYTE, children / _MEBIBYTE


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        # A parser that has just ended.
        return 0


async def measure(system: RunningState, console: Console, *, count: int, step: int) -> None:
    """Print a line for each ``step`` documents."""
    if system.api_url is None or system.api_key is None:
        raise RuntimeError("the system runs without its API")
    worker = IngestWorker(system)
    titles = ("documents", "worker MiB", "parsers MiB", "documents/s", "worker CPU ms each", "Temporal CPU ms each")
    table = Table(*titles, box=None)
    table.add_row("0", *(f"{mebibytes:.1f}" for mebibytes in worker.memory()), "", "", "")
    corpus = documents(count)
    async with AsyncAnswerable(system.api_url, system.api_key.get_secret_value()) as client:
        for done in range(step, count + 1, step):
            began, used = time.perf_counter(), worker.seconds()
            ended = await ingest_all(client, itertools.islice(corpus, step))
            rate = step / (time.perf_counter() - began)
            if not all(ingest.succeeded for ingest in ended):
                raise RuntimeError("a document failed")
            each = [(now - before) * 1000 / step for before, now in zip(used, worker.seconds(), strict=True)]
            table.add_row(str(done), *(f"{figure:.1f}" for figure in (*worker.memory(), rate, *each)))
            console.print(f"{done} documents")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.ingest_memory", description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--every", type=int, default=100, help="documents between two measurements")
    chosen = parser.parse_args()
    console = Console()
    with started_system(console) as system:
        asyncio.run(measure(system, console, count=chosen.documents, step=chosen.every))


if __name__ == "__main__":
    main()
