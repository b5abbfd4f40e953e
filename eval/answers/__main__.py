"""How good the answers are: ``python -m eval.answers [FOLDER] [--half dev|heldout] [--json] [--show wrong]``.

FOLDER is a set of questions (``corpora.json``, ``questions_dev.jsonl``, ``questions_heldout.jsonl``), by default the
project's own, or holds folders of cases (``case.json``). Documents go through the product's parsers, chunker, embedder
and index on an embedded PostgreSQL, questions through the real ChatTurnWorkflow in this process; vectors of texts are
remembered in build/eval-answers. Exit code 0: it ran, whatever the answers. 2: the set cannot be used.
"""

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from rich.console import Console
from rich.progress import Progress

from bootstrap import event_loop
from bootstrap.settings import load_settings
from bootstrap.wiring.embedders import open_embedder
from domain.errors import AnswerableError
from eval.answers.asking import Assistants, new_conversation, open_assistants
from eval.answers.corpora import load_corpora, put_on_shelf
from eval.answers.judge import GivenAnswer, judge
from eval.answers.questions import HALVES, Question, QuestionFileError, load_questions
from eval.answers.rebuilt_cases import RebuiltCase, StepResult, case_folders
from eval.answers.report import Judged, figures, show, show_worst
from eval.answers.shelf import Shelf, open_shelf
from eval.answers.vector_cache import RememberingEmbedder

OWN_SET: Final = Path(__file__).parent / "sets"
_CACHE: Final = Path("build/eval-answers")
_AT_ONCE: Final = 4


async def answer_all(
    chosen: argparse.Namespace,
    questions: list[Question],
    shelf: Shelf,
    assistants: Assistants,
    progress: Progress,
) -> list[Judged]:
    """Publish the corpora that are asked, then ask, a few at once; in the order of the questions."""
    corpora = load_corpora(chosen.folder)
    bots = {}
    for name in progress.track(sorted({question.corpus for question in questions}), description="indexing"):
        bots[name] = assistants.add(name, await put_on_shelf(shelf, chosen.folder, name, corpora))
    gate, asking = asyncio.Semaphore(chosen.at_once), progress.add_task("asking", total=len(questions))

    async def one(question: Question) -> Judged:
        async with gate:
            answer = await _ask(assistants, bots[question.corpus], question)
        progress.advance(asking)
        return Judged(question, answer, judge(question, answer))

    return await asyncio.gather(*map(one, questions))


async def _ask(assistants: Assistants, bot_id: UUID, question: Question) -> GivenAnswer:
    conversation = new_conversation()
    for number, message in enumerate(question.conversation):
        await assistants.ask(bot_id, message, conversation, number)
    return await assistants.ask(bot_id, question.question, conversation, len(question.conversation))


async def run(chosen: argparse.Namespace, console: Console) -> None:
    """Raises QuestionFileError."""
    folders = case_folders(chosen.folder)
    questions = [] if folders else _chosen_questions(chosen)
    settings = load_settings()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        async with (
            open_embedder(settings, for_bulk=False) as real,
            open_shelf(embedder := RememberingEmbedder(real, _CACHE)) as shelf,
            open_assistants(settings, shelf, embedder) as assistants,
        ):
            results = list[StepResult]()
            for folder in progress.track(folders, description="cases"):
                results += await RebuiltCase(folder, shelf, assistants).run()
            judged = await answer_all(chosen, questions, shelf, assistants, progress) if questions else []
    if folders:
        _tell_cases(results, chosen, console)
    else:
        _tell(judged, chosen, console)


def _chosen_questions(chosen: argparse.Namespace) -> list[Question]:
    halves = [chosen.half] if chosen.half else list(HALVES)
    found = [
        question
        for half in halves
        for question in load_questions(chosen.folder, half)
        if (not chosen.kind or question.kind in chosen.kind)
        and (not chosen.corpus or question.corpus in chosen.corpus)
        and (not chosen.only or question.id in chosen.only)
    ]
    if not found:
        raise QuestionFileError("No question is left: see --half, --kind, --corpus and --only.")
    return found


def _tell(judged: list[Judged], chosen: argparse.Namespace, console: Console) -> None:
    if chosen.json:
        _write(figures(judged))
        return
    if chosen.show:
        show_worst(judged, console, chosen.most)
    show(judged, console)


def _tell_cases(results: list[StepResult], chosen: argparse.Namespace, console: Console) -> None:
    right = {kind: [not one.missed for one in results if one.kind == kind] for kind in ("upload", "search", "ask")}
    if chosen.json:
        _write({"right": right, "steps": [one._asdict() for one in results]})
        return
    for one in results:
        if one.missed or chosen.show == "all":
            console.print(f"{one.case}: {one.step}: {'; '.join(one.missed) or 'ok'}", markup=False, highlight=False)
            if chosen.show:
                console.print("    | " + one.said[:700].replace("\n", "\n    | "), markup=False, highlight=False)
    for kind, row in right.items():
        console.print(f"{kind}: {sum(row)} of {len(row)} right")


def _write(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.answers", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=OWN_SET)
    parser.add_argument("--half", choices=HALVES, help="only this half; both without it")
    parser.add_argument("--kind", action="append", help="only this kind; may be repeated")
    parser.add_argument("--corpus", action="append", help="only this corpus; may be repeated")
    parser.add_argument("--only", action="append", metavar="ID", help="only this question; may be repeated")
    parser.add_argument("--show", choices=("wrong", "all"), help="print the answers that went wrong, worst first")
    parser.add_argument("--most", type=int, default=100, help="how many of each verdict --show prints")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="questions at a time; 1 to measure times")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    return parser


def main() -> None:
    chosen = _options().parse_args()
    warnings.filterwarnings("ignore")
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    status = 0
    try:
        event_loop.run(lambda: run(chosen, Console(width=None if sys.stdout.isatty() else 140)))
    except (QuestionFileError, AnswerableError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        status = 2
    gc.collect()
    sys.stdout.flush()
    # Threads of the Temporal core may still hold Python objects, which aborts some plain exits.
    os._exit(status)


if __name__ == "__main__":
    main()
