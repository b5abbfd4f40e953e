"""How well the product finds: ``python -m eval.retrieval FOLDER [--json]``.

FOLDER holds corpus.jsonl, queries.jsonl and qrels. The corpus goes into the product's own index on an embedded
PostgreSQL (by direct calls, without Temporal), every judged question through the product's own search. Shown are
nDCG@10, Recall@10 and MRR of each leg alone, fused and reranked by the local reranker (without its time limit), beside
rank-bm25; and, where queries name the characters of their answers, how much of them the first passages hold.
"""

import argparse
import asyncio
import json
import logging
import os
import statistics
import sys
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import PassageFinder
from activities.search.reranking import Rerankers
from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.rerankers.local import LocalReranker
from eval import confidence
from eval.judged_folder import JudgedFolder, JudgedQuestion, UnreadableFolderError
from eval.measures import measured
from eval.references import RankBm25
from eval.span_recall import AnswerPlaces, span_recall
from eval.trial_index import TrialIndex, open_trial_index
from eval.trials import DEPTH, STAGES, Trial, run_stage

# Questions come once each: what a worker would forget between them is no part of the measure.
_CACHE_BYTES = 1024**3
_MEASURES = ("ndcg@10", "recall@10", "mrr")
_SHOWN = ("rank-bm25", "lexical", "dense", "rrf", "fused", "reranked")


async def evaluate(folder: JudgedFolder, questions: list[JudgedQuestion], progress: Progress) -> dict[str, Any]:
    """All figures of a folder. Keys of stages map to their measures; ``corpus`` and ``search`` tell how they came."""
    embedder = SentenceTransformersEmbedder()
    await embedder.warm_up()
    try:
        async with open_trial_index(embedder) as trial_index:
            judged = {question.answer.document_id for question in questions if question.answer}
            filling = progress.add_task("indexing", total=folder.count())
            await trial_index.publish(folder.documents(), judged, lambda count: progress.advance(filling, count))
            trials = await _run_stages(embedder, trial_index, questions, progress)
        return _figures(folder, questions, trial_index, trials, progress)
    finally:
        embedder.close()


async def _run_stages(
    embedder: SentenceTransformersEmbedder, index: TrialIndex, questions: list[JudgedQuestion], progress: Progress
) -> dict[str, Trial]:
    texts = PassageTextCache(PostgresPassageTexts(index.database))
    finder = PassageFinder(
        embedder, index.index, texts, Rerankers(LocalReranker(embedder, seconds=None, cache_bytes=_CACHE_BYTES))
    )
    trials = {}
    for name, options in STAGES.items():
        asking = progress.add_task(f"searching, {name}", total=len(questions))
        trials[name] = await run_stage(finder, index.filters, questions, options, lambda: progress.advance(asking))  # noqa: B023
    return trials


def _figures(
    folder: JudgedFolder,
    questions: list[JudgedQuestion],
    index: TrialIndex,
    trials: dict[str, Trial],
    progress: Progress,
) -> dict[str, Any]:
    relevance = {question.question_id: question.relevance for question in questions}
    figures: dict[str, Any] = {name: measured(relevance, trial.rankings()) for name, trial in trials.items()}
    reference = RankBm25(index.contents.terms, index.contents.owners)
    scoring = progress.add_task("rank-bm25", total=len(questions))
    rankings = dict[str, list[str]]()
    for question in questions:
        rankings[question.question_id] = reference.ranking(question.text, DEPTH)
        progress.advance(scoring)
    figures["rank-bm25"] = measured(relevance, rankings)
    if index.contents.texts:
        places = AnswerPlaces(folder.documents(), index.contents.texts)
        for name, trial in trials.items():
            figures[name] |= span_recall(questions, places, trial.passages())
    if asked := confidence.pairs(questions, trials["fused"].found, index.contents.titles):
        figures["confidence"] = confidence.figures(asked)
    figures["corpus"] = {
        "documents": index.contents.documents,
        "empty": index.contents.empty,
        "passages": len(index.contents.owners),
        "spans": index.contents.spans,
        "questions": len(questions),
    }
    figures["search_p50_ms"] = {
        name: round(statistics.median(trial.seconds) * 1000, 1) for name, trial in trials.items()
    }
    return figures


def show(name: str, figures: dict[str, Any], console: Console) -> None:
    """Print the table that a person reads."""
    corpus = figures["corpus"]
    title = f"{name}: {corpus['documents']} documents, {corpus['passages']} passages, {corpus['questions']} questions"
    columns = [*_MEASURES, *(key for key in figures["fused"] if key not in _MEASURES)]
    table = Table(title=title)
    table.add_column("ranking")
    for column in (*columns, "p50 ms"):
        table.add_column(column.replace("span_recall", "span"), justify="right")
    for stage in _SHOWN:
        cells = [f"{figures[stage][column]:.3f}" if column in figures[stage] else "" for column in columns]
        table.add_row(stage, *cells, str(figures["search_p50_ms"].get(stage, "")))
    console.print(table)
    better = max(figures["lexical"]["ndcg@10"], figures["dense"]["ndcg@10"])
    fused, reranked = figures["fused"]["ndcg@10"], figures["reranked"]["ndcg@10"]
    if better and fused:
        console.print(f"nDCG@10: fused {fused / better:.3f} x the better leg, reranked {reranked / fused:.3f} x fused")
    if "confidence" in figures:
        _show_confidence(figures["confidence"], console)


def _show_confidence(figures: dict[str, Any], console: Console) -> None:
    console.print(f"confidence: AUC {figures['auc']:.3f}, questions with their documents against the same without")
    for threshold, shares in figures["thresholds"].items():
        console.print(f"  at {threshold}: {shares['kept']:.1%} still answered, {shares['refused']:.1%} refused")
    for row in figures["reliability"]:
        console.print(f"  said {row['said']:.2f}, true {row['true']:.2f} ({row['questions']} questions)")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.retrieval", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--questions", type=int, help="ask the first N judged questions only")
    chosen = parser.parse_args()
    told = Console(stderr=True)
    # The figures have the standard output for themselves.
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    try:
        folder = JudgedFolder(chosen.folder)
        questions = folder.questions()[: chosen.questions]
        with Progress(console=told) as progress:
            figures = asyncio.run(evaluate(folder, questions, progress))
    except UnreadableFolderError as error:
        told.print(str(error), style="red")
        sys.exit(2)
    if chosen.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(folder.name, figures, Console())
    sys.stdout.flush()
    # Threads of torch and of the pool may still be at work, which aborts some plain exits.
    os._exit(0)


if __name__ == "__main__":
    main()
