"""Many passages through the whole system: ingest workflows, searches over HTTP, an update, a deletion, appends.

The bulk is embedded by hashing words, for the model would need hours; its rate on a slice of the same texts is told.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from answerable_sdk import AsyncAnswerable, Ingest
from bench.processes import memory_mebibytes
from bench.scale_corpus import Made, ScaleCorpus
from bootstrap.embedded.state import RunningState

_SECTIONS: Final = 200
_AT_ONCE: Final = 4
_SEARCHES: Final = 100
_READERS: Final = 2
_APPENDED: Final = 50
_APPENDS: Final = 30
_SLICE: Final = 256
_MEBIBYTE: Final = 1024 * 1024
# Of a passage of the corpus.
_SPANS: Final = 6


@dataclass
class Scale:
    """One dataset of a running system, and what was put into it."""

    system: RunningState
    client: AsyncAnswerable
    dataset_id: Any
    documents: list[tuple[Made, Ingest]] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)

    async def put(self, made: Made) -> Ingest:
        """Raises RuntimeError unless it is searchable afterwards."""
        accepted = await self.client.documents.upload(self.dataset_id, made.content, name=made.name, wait=True)
        ended = await self.client.ingests.wait(accepted.ingest_id)
        if not ended.succeeded:
            raise RuntimeError(f"{made.name} ended {ended.state}: {ended.error}")
        return ended

    async def fill(self, sources: Iterator[Made], passages: int, told: Progress, task: TaskID) -> float:
        """Put documents in until ``passages`` more are searchable; return the seconds that it took."""
        begun, added = time.perf_counter(), 0

        async def uploader() -> None:
            nonlocal added
            while added < passages:
                made = next(sources)
                added += made.sections
                ended = await self.put(made)
                self.documents.append((made, ended))
                told.advance(task, ended.passages)
                self._look_at_memory()

        await asyncio.gather(*(uploader() for _ in range(_AT_ONCE)))
        return time.perf_counter() - begun

    def _look_at_memory(self) -> None:
        for name, mebibytes in memory_mebibytes(self.system.pid).items():
            self.memory[name] = max(mebibytes, self.memory.get(name, 0))

    async def finds(self, word: str) -> list[str]:
        """The sources of what a search for the word finds by that word."""
        found = await self.client.search(word, mode="lexical")
        return [one.source for one in found.results if word in (one.text or "")]

    async def search_times(self, count: int) -> list[float]:
        """Milliseconds of searches over HTTP, after some to warm up."""
        chosen = [self.documents[number % len(self.documents)][0].question for number in range(count + 10)]
        return [await self._timed_search(question) for question in chosen][10:]

    async def _timed_search(self, question: str) -> float:
        begun = time.perf_counter()
        found = await self.client.search(question)
        if not found.results:
            raise RuntimeError(f"nothing was found for '{question}'")
        return (time.perf_counter() - begun) * 1e3

    async def read(self, enough: asyncio.Event) -> list[float]:
        """Search one thing after another until there is ``enough``."""
        taken: list[float] = []
        while not enough.is_set():
            taken.append(await self._timed_search(self.documents[len(taken) % len(self.documents)][0].question))
        return taken


async def measure_scale(system: RunningState, console: Console, *, passages: int) -> dict[str, Any]:
    """Every figure; raises RuntimeError when something was lost, stuck, or answered after it was deleted."""
    key = system.api_key.get_secret_value() if system.api_key else ""
    corpus = ScaleCorpus()
    async with AsyncAnswerable(system.api_url or "", key, timeout=120.0) as client:
        scale = Scale(system, client, (await client.datasets.list())[0].dataset_id)
        result = await _filled(scale, corpus, console, passages)
        console.print(result)
        result |= {"update": await _update(scale, corpus), "delete": await _delete(scale)}
        result |= {"append": await _append(scale, corpus, min(_APPENDS, max(2, passages // 100)))}
        await _require_nothing_stuck(client)
    result |= {"memory_mebibytes": scale.memory, "disk_mebibytes": _disk(system.data_dir)}
    result |= {"model": await _model(corpus, result["passages"])}
    _show(console, result)
    return result


async def _filled(scale: Scale, corpus: ScaleCorpus, console: Console, passages: int) -> dict[str, Any]:
    sections = max(1, min(_SECTIONS, passages // 20))
    sources = corpus.documents(sections)
    with Progress(console=console) as told:
        task = told.add_task("ingesting passages", total=passages)
        first = await scale.fill(sources, passages // 10, told, task)
        tenth = sum(ended.passages for _, ended in scale.documents)
        small = await scale.search_times(_SEARCHES)
        rest = await scale.fill(sources, passages - tenth, told, task)
    large = await scale.search_times(_SEARCHES)
    total = sum(ended.passages for _, ended in scale.documents)
    return {
        "passages": total,
        "spans": sum(ended.spans for _, ended in scale.documents),
        "documents": len(scale.documents),
        "passages_per_second": {"first tenth": round(tenth / first, 1), "rest": round((total - tenth) / rest, 1)},
        "search_ms": {str(tenth): _quantiles(small), str(total): _quantiles(large)},
        "growth": round(statistics.median(large) / statistics.median(small), 2),
        "p95_over_p50": round(float(np.percentile(large, 95) / np.percentile(large, 50)), 2),
    }


async def _update(scale: Scale, corpus: ScaleCorpus) -> dict[str, float]:
    """Seconds until a new version of a document answers and its old one does not."""
    old, _ = scale.documents[0]
    new = corpus.document(old.name, old.sections, "freshlyupdated")
    begun = time.perf_counter()
    ended = await scale.put(new)
    taken = time.perf_counter() - begun
    if not await scale.finds(new.mark) or await scale.finds(old.mark):
        raise RuntimeError("an update did not replace the old version")
    scale.documents[0] = (new, ended)
    return {"passages": ended.passages, "seconds": round(taken, 2)}


async def _delete(scale: Scale) -> dict[str, float]:
    """Milliseconds of the call after which the document is gone."""
    made, ended = scale.documents.pop()
    if not await scale.finds(made.mark):
        raise RuntimeError("a document is not found by its own word")
    begun = time.perf_counter()
    await scale.client.documents.delete(scale.dataset_id, ended.document_id)
    taken = (time.perf_counter() - begun) * 1e3
    if await scale.finds(made.mark):
        raise RuntimeError("a deleted document answers")
    return {"passages": ended.passages, "milliseconds": round(taken)}


async def _append(scale: Scale, corpus: ScaleCorpus, count: int) -> dict[str, Any]:
    """Small documents one after another while others search; enough of them that segments are merged meanwhile."""
    alone = _flat(await asyncio.gather(*(scale.search_times(_SEARCHES // _READERS) for _ in range(_READERS))))
    enough, appended = asyncio.Event(), list[float]()
    reading = [asyncio.create_task(scale.read(enough)) for _ in range(_READERS)]
    try:
        for made in islice(corpus.documents(_APPENDED, prefix="append"), count):
            begun = time.perf_counter()
            await scale.put(made)
            appended.append(time.perf_counter() - begun)
            if made.name not in await scale.finds(made.mark):
                raise RuntimeError("an appended document is not found by its own word")
    finally:
        enough.set()
        during = _flat(await asyncio.gather(*reading))
    return {
        "documents": count,
        "passages": _APPENDED,
        "seconds": {"p50": round(statistics.median(appended), 2), "max": round(max(appended), 2)},
        "readers": _READERS,
        "search_ms_alone": _quantiles(alone),
        "search_ms_during": _quantiles(during),
        "slowest_during_ms": round(max(during)),
        "merges": _merges(scale.system.data_dir / "logs" / "ingest-worker.log"),
    }


def _merges(log: Path) -> int:
    """How often segments were merged, by what the ingest worker says of it."""
    with log.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines if "index_tended" in line]
    return sum(one["segments_merged"] > 0 for one in told)


async def _require_nothing_stuck(client: AsyncAnswerable) -> None:
    for state in ("queued", "running", "failed"):
        if found := [one.name async for one in client.ingests.all(state=state)]:
            raise RuntimeError(f"{len(found)} ingests are {state}, among them {found[0]}")


async def _model(corpus: ScaleCorpus, passages: int) -> dict[str, float]:
    """What the bundled model would take: spans a second on a slice of the corpus, and the hours for all of it."""
    embedder = SentenceTransformersEmbedder()
    await embedder.warm_up()
    text = corpus.document("slice.md", _SLICE // _SPANS + 1, "slice").content.decode()
    spans = [part for part in text.split("\n\n") if not part.startswith("#")][:_SLICE]
    begun = time.perf_counter()
    await embedder.embed_spans(spans)
    rate = len(spans) / (time.perf_counter() - begun)
    embedder.close()
    return {"spans_per_second": round(rate, 1), "hours_for_the_corpus": round(passages * _SPANS / rate / 3600, 1)}


def _disk(folder: Path) -> dict[str, int]:
    sizes = {}
    for part in sorted(one for one in folder.iterdir() if one.is_dir()):
        files = (one.stat().st_size for one in part.rglob("*") if one.is_file())
        sizes[part.name] = round(sum(files) / _MEBIBYTE)
    return sizes


def _flat(taken: Iterable[list[float]]) -> list[float]:
    return list(chain.from_iterable(taken))


def _quantiles(taken: Sequence[float]) -> dict[str, float]:
    return {"p50": round(float(np.percentile(taken, 50)), 1), "p95": round(float(np.percentile(taken, 95)), 1)}


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table("figure", "measured", title=f"{result['passages']} passages (load {os.getloadavg()[0]:.1f})")
    for name, value in result.items():
        table.add_row(name, str(value))
    console.print(table)
