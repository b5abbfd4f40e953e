"""The passage index at 10,000 and at 100,000 synthetic passages, through the real publishing and searching code.

Times are of one caller; what a question costs to embed stands beside them as the reference of the same run.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

import numpy as np
from rich.console import Console
from rich.table import Table

from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import upgrade
from adapters.postgres.tenants import PostgresTenants
from adapters.search.bm25 import Bm25
from adapters.search.text_analysis import passage_terms, tokenise
from bench.postgres import started_postgres
from bench.synthetic_passages import MODEL, Corpus, publication_of
from bootstrap.embedded.postgres import PostgresServer
from domain.knowledge.dataset import Dataset
from domain.knowledge.document import DocumentRemoval
from domain.search.retrieval import SearchFilters, SearchMode, SearchQuery

_SAMPLES: Final = 100
_SHARES: Final = {"1 %": 0.01, "10 %": 0.1, "50 %": 0.5, "rest": 0.39}
_DOCUMENT: Final = 1_000


class Measured:
    """One tenant with four packs on one server, and what is asked of it."""

    def __init__(self, database: Database, corpus: Corpus, datasets: dict[str, Dataset]) -> None:
        self.database = database
        self.corpus = corpus
        self.datasets = datasets
        self.index = PostgresPassageIndex(database)

    async def fill(self, name: str, passages: int) -> float:
        """Publish and return the seconds that it took."""
        begun = time.perf_counter()
        for publication in self.corpus.publications(self.datasets[name], passages, _DOCUMENT):
            await PostgresIngests(self.database).register(publication.version)
            receipt = await self.index.ingest(publication)
            await self.index.tend(publication.version.tenant_id, receipt.generation_id)
        return time.perf_counter() - begun

    def filters(self, *names: str) -> SearchFilters:
        chosen = [self.datasets[name] for name in names]
        return SearchFilters(
            tenant_id=chosen[0].tenant_id,
            dataset_ids=tuple(one.dataset_id for one in chosen),
            visibilities=("external",),
        )

    def queries(self, names: Sequence[str], count: int, mode: SearchMode = SearchMode.HYBRID) -> list[SearchQuery]:
        ids = [self.datasets[name].dataset_id for name in names]
        vectors = self.corpus.unit_vectors(count)
        return [
            SearchQuery(text=self.corpus.question(ids), vector=tuple(map(float, vector)), model=MODEL, mode=mode)
            for vector in vectors
        ]

    async def times(self, index: PostgresPassageIndex, names: Sequence[str]) -> list[float]:
        """Milliseconds of searches for ten passages, after some to warm up."""
        taken = []
        for number, query in enumerate(self.queries(names, _SAMPLES + 20)):
            begun = time.perf_counter()
            await index.search(query, self.filters(*names), 10)
            if number >= 20:
                taken.append((time.perf_counter() - begun) * 1e3)
        return taken


async def measure_index(console: Console, *, passages: int) -> dict[str, Any]:
    """Every figure of the index, at a tenth of ``passages`` and at all of them."""
    with started_postgres() as server:
        upgrade(server.owner_url.get_secret_value())
        async with Database(server.app_url.get_secret_value()) as database:
            measured = await _tenant(database)
            result: dict[str, Any] = {"passages": passages, "embedding_ms": await _embedding()}
            with console.status("publishing a tenth"):
                await measured.fill("10 %", round(passages * 0.1))
            # Before anything has looked at the tables: no statistics yet, as after every big ingest.
            fresh = await measured.times(measured.index, ["10 %"])
            with console.status("publishing the rest"):
                seconds = sum([await measured.fill(n, round(passages * _SHARES[n])) for n in ("1 %", "50 %", "rest")])
            result["published_per_second"] = round(passages * 0.9 / seconds, 1)
            await _analyse(server)
            result |= await _latency(measured, server)
            result["search_ms"]["10k just published"] = _quantiles(fresh)
            result["recall"] = {name: await _recall(measured, name) for name in ("1 %", "10 %", "50 %")}
            result["bm25"] = await _bm25(measured)
            result |= await _changes(measured)
    _show(console, result)
    return result


async def _tenant(database: Database) -> Measured:
    tenant_id = uuid4()
    await PostgresTenants(database).create(tenant_id, "Bench")
    datasets = {}
    for number, name in enumerate(_SHARES):
        dataset = Dataset(dataset_id=uuid4(), tenant_id=tenant_id, pack_id=f"pack_{number}", name=name)
        datasets[name] = await PostgresDatasets(database).create(dataset)
    return Measured(database, Corpus(), datasets)


async def _analyse(server: PostgresServer) -> None:
    """What autovacuum does within a minute."""
    async with Database(server.owner_url.get_secret_value(), pool_size=1) as owner, owner.transaction(uuid4()) as one:
        await one.execute("ANALYZE")


async def _embedding() -> dict[str, float]:
    embedder = SentenceTransformersEmbedder()
    await embedder.warm_up()
    taken = []
    for number in range(40):
        begun = time.perf_counter()
        await embedder.embed_query(f"How do I rotate the API key number {number}?")
        taken.append((time.perf_counter() - begun) * 1e3)
    return _quantiles(taken[5:])


async def _latency(measured: Measured, server: PostgresServer) -> dict[str, Any]:
    """Small and large in turns, so that other work on the machine slows both alike."""
    every = list(_SHARES)
    small = await measured.times(measured.index, ["10 %"])
    large = await measured.times(measured.index, every)
    async with Database(server.superuser_url.get_secret_value()) as unbound:
        without = await measured.times(PostgresPassageIndex(unbound), every)
    again = await measured.times(measured.index, every)
    small += await measured.times(measured.index, ["10 %"])
    p50, free = statistics.median([*large, *again]), statistics.median(without)
    return {
        "search_ms": {"10k": _quantiles(small), "100k": _quantiles(large), "100k without RLS": _quantiles(without)},
        "growth": round(p50 / statistics.median(small), 2),
        "p95_over_p50": round(_quantiles(large)["p95"] / _quantiles(large)["p50"], 2),
        "rls_ratio": round(p50 / free, 2),
    }


async def _recall(measured: Measured, name: str) -> float:
    """Of the ten passages whose vectors are nearest by reading all of them, the share that a dense search returns."""
    dataset = measured.datasets[name]
    vectors = np.concatenate(measured.corpus.vectors[dataset.dataset_id]).astype(np.float16).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = []
    for query in measured.queries([name], _SAMPLES, SearchMode.DENSE):
        cosines = vectors @ np.asarray(query.vector, np.float32)
        tenth = np.partition(cosines, -10)[-10]
        found = await measured.index.search(query, measured.filters(name), 10)
        shares.append(sum(bool((one.scores.dense or -1) >= tenth - 1e-3) for one in found.passages) / 10)
    return round(float(statistics.mean(shares)), 4)


async def _bm25(measured: Measured) -> dict[str, float]:
    """Against rank-bm25 on the same tokens of the tenth: the largest difference of a score, and pruned the overlap."""
    dataset = measured.datasets["10 %"]
    texts = measured.corpus.texts[dataset.dataset_id]
    reference = Bm25([passage_terms("Synthetic", "", text) for text in texts])
    unpruned = PostgresPassageIndex(measured.database, postings_read=10**9)
    pruned = PostgresPassageIndex(measured.database, postings_read=len(texts) // 4)
    worst, overlaps = 0.0, []
    for query in measured.queries(["10 %"], 50, SearchMode.LEXICAL):
        expected = np.sort(reference.get_scores(tokenise(query.text)))[::-1]
        whole = await unpruned.search(query, measured.filters("10 %"), 10)
        part = await pruned.search(query, measured.filters("10 %"), 10)
        scores = [one.scores.lexical or 0.0 for one in whole.passages]
        worst = max(worst, float(np.abs(expected[: len(scores)] - scores).max()))
        overlaps.append(len({one.passage_id for one in whole.passages} & {one.passage_id for one in part.passages}))
    return {"largest_difference": worst, "pruned_overlap": round(statistics.mean(overlaps) / 10, 4)}


async def _changes(measured: Measured) -> dict[str, Any]:
    """Appending and deleting a document of fifty passages, and searches while segments are merged."""
    dataset, index = measured.datasets["50 %"], measured.index
    appended: list[float] = []
    deleted: list[float] = []
    generations = []
    for number in range(30):
        texts, vectors = [f"zyx{number} {n} w5 w{n * 7}" for n in range(50)], measured.corpus.unit_vectors(50)
        publication = publication_of(dataset, f"fifty-{number}.md", texts, vectors)
        await PostgresIngests(measured.database).register(publication.version)
        begun = time.perf_counter()
        generations.append((await index.ingest(publication)).generation_id)
        appended.append((time.perf_counter() - begun) * 1e3)
        if number % 3 == 0:
            deleted.append(await _delete(measured, publication.version.document_id, f"zyx{number}"))
    merging = asyncio.create_task(_timed(index.tend(dataset.tenant_id, generations[-1])))
    during: list[float] = []
    while not merging.done():
        for query in measured.queries(["50 %"], 5):
            begun = time.perf_counter()
            await index.search(query, measured.filters("50 %"), 10)
            during.append((time.perf_counter() - begun) * 1e3)
    return {
        "append_50_ms": _quantiles(appended),
        "delete_50_ms": _quantiles(deleted),
        "merge_ms": round(await merging, 1),
        "search_during_merge_ms": _quantiles(during),
    }


async def _delete(measured: Measured, document_id: Any, word: str) -> float:
    dataset = measured.datasets["50 %"]
    removal = DocumentRemoval(
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.dataset_id,
        document_id=document_id,
        external_key=word,
        requested_by="bench",
    )
    begun = time.perf_counter()
    await PostgresDocuments(measured.database).remove(removal)
    taken = (time.perf_counter() - begun) * 1e3
    query = SearchQuery(text=word, vector=None, model=None, mode=SearchMode.LEXICAL)
    found = await measured.index.search(query, measured.filters("50 %"), 10)
    if found.passages:
        raise RuntimeError("a deleted document answers")
    return taken


async def _timed(work: Any) -> float:
    begun = time.perf_counter()
    await work
    return (time.perf_counter() - begun) * 1e3


def _quantiles(taken: Sequence[float]) -> dict[str, float]:
    return {"p50": round(float(np.percentile(taken, 50)), 1), "p95": round(float(np.percentile(taken, 95)), 1)}


def _show(console: Console, result: dict[str, Any]) -> None:
    load = os.getloadavg()[0]
    table = Table("figure", "measured", title=f"Index, {result['passages']} synthetic passages (load {load:.1f})")
    for name, value in result.items():
        table.add_row(name, str(value))
    console.print(table)
