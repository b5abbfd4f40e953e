"""Ingesting against the bare embedder on the same texts: by direct calls, and through IngestDocumentWorkflow.

Rounds alternate, each with documents that were never seen before. A ratio is the time of the embedder alone divided by
the time of the whole: at 1, nothing but embedding would take time.
"""

import statistics
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.parsers.text import TextParser
from answerable_sdk import AsyncAnswerable, Ingest
from bench.corpus import documents, ingest_all, long_texts
from bootstrap.embedded.state import RunningState
from domain.knowledge.chunking import ChunkOptions, chunk
from eval.judged_folder import CorpusDocument
from eval.trial_index import TrialIndex, open_trial_index

_ROUNDS: Final = 3
_DOCUMENTS: Final = 8
_LEAST_SPANS: Final = 50
_SMALL_DOCUMENTS: Final = 100


async def measure_ingests(system: RunningState, console: Console) -> dict[str, Any]:
    """Ratios of the engine and of the workflow to the bare embedder, and small documents a second."""
    embedder = SentenceTransformersEmbedder()
    await embedder.warm_up()
    key = system.api_key.get_secret_value() if system.api_key else ""
    async with open_trial_index(embedder) as index, AsyncAnswerable(system.api_url or "", key) as client:
        with console.status("ingesting long documents"):
            rounds = [await _round(embedder, index, client, number) for number in range(_ROUNDS + 1)][1:]
        with console.status("ingesting small documents"):
            small = await _timed(_through_workflow(client, list(documents(_SMALL_DOCUMENTS, seed=99))))
    result = _result(rounds, small)
    _show(console, result)
    return result


async def _round(
    embedder: SentenceTransformersEmbedder, index: TrialIndex, client: AsyncAnswerable, number: int
) -> dict[str, float]:
    """Seconds of each way. The first round warms up: caches, connections, the workers' number formats."""
    texts = long_texts(_DOCUMENTS, seed=1000 + number)
    spans = [_spans(text) for text in texts]
    if min(map(len, spans)) < _LEAST_SPANS:
        raise RuntimeError(f"a document has fewer than {_LEAST_SPANS} spans")
    corpus = [CorpusDocument(f"bench-{number}-{one}", "", text) for one, text in enumerate(texts)]
    files = [(f"bench/long-{number}-{one}.txt", text.encode()) for one, text in enumerate(texts)]
    return {
        "spans": sum(map(len, spans)),
        "embedder": await _timed(embedder.embed_spans([span for of_one in spans for span in of_one])),
        "engine": await _timed(index.publish(corpus, set(), lambda _: None)),
        "workflow": await _timed(_through_workflow(client, files)),
    }


def _spans(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.txt"
        file.write_text(text, encoding="utf-8")
        parsed = TextParser().parse(file, "text/plain", file.name)
    return [span.text for passage in chunk(parsed, ChunkOptions()).passages for span in passage.spans]


async def _through_workflow(client: AsyncAnswerable, files: list[tuple[str, bytes]]) -> None:
    ended: list[Ingest] = await ingest_all(client, files)
    if failed := [one.name for one in ended if not one.succeeded]:
        raise RuntimeError(f"{failed} failed")


async def _timed(work: Awaitable[Any]) -> float:
    start = time.perf_counter()
    await work
    return time.perf_counter() - start


def _result(rounds: list[dict[str, float]], small: float) -> dict[str, Any]:
    def ratio(part: str, whole: str) -> float:
        return round(statistics.median(one[part] / one[whole] for one in rounds), 2)

    return {
        "engine_ratio": ratio("embedder", "engine"),
        "workflow_ratio": ratio("embedder", "workflow"),
        "workflow_to_engine_ratio": ratio("engine", "workflow"),
        "documents": _DOCUMENTS,
        "spans_each": round(rounds[0]["spans"] / _DOCUMENTS),
        "spans_per_second": {
            way: round(statistics.median(one["spans"] / one[way] for one in rounds), 1)
            for way in ("embedder", "engine", "workflow")
        },
        "small_documents_per_second": round(_SMALL_DOCUMENTS / small, 1),
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"Ingesting documents of {result['spans_each']} spans, against the bare embedder")
    for column in ("way", "spans/s", "ratio"):
        table.add_column(column, justify="left" if column == "way" else "right")
    rates = result["spans_per_second"]
    table.add_row("embedder alone", str(rates["embedder"]), "1")
    table.add_row("chunk, embed, publish", str(rates["engine"]), str(result["engine_ratio"]))
    table.add_row("IngestDocumentWorkflow", str(rates["workflow"]), str(result["workflow_ratio"]))
    console.print(table)
    console.print("small documents a second:", result["small_documents_per_second"])
