"""The golden cases, put to the real ChatTurnWorkflow: ``make eval``, or ``python -m eval.run [--fast] [--pack NAME]``.

By default a whole system is started in a temporary folder, as ``make up`` does it, and asked over HTTP; ``--data-dir``
asks one that already runs there. ``--fast`` runs the workflow in this process on an index in memory, without HTTP and
without a database. Prints a table, writes build/eval/report.html and build/eval/results.json. Exit code 0: every case
passed. 1: some did not. 2: the cases, the options or the system cannot be used.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from adapters.packs.catalog import InstalledPacks
from answerable_sdk import AnswerableError as ClientError
from bootstrap import event_loop
from bootstrap.embedded.own_system import own_system
from bootstrap.settings import Settings, load_settings
from domain.errors import AnswerableError
from eval.golden import FOLDER, SETS, GoldenCase, GoldenFileError, load_sets
from eval.golden_report import write_report
from eval.golden_target import GoldenTarget
from eval.judging import Metric, Verdict, judge
from eval.running_system import NotRunningError, running_target
from eval.scores import Scores, score

_BUILD: Final = Path("build/eval")
_AT_ONCE: Final = 4
_Case = tuple[str, GoldenCase]


class NothingToAskError(Exception):
    """No case is left after the options."""


# The cases, the settings or the system cannot be used; answers raise nothing.
_UNUSABLE: Final = (GoldenFileError, NothingToAskError, NotRunningError, AnswerableError, ClientError, RuntimeError)


def chosen_cases(chosen: argparse.Namespace) -> list[_Case]:
    """(set, case) of every case that the options leave. Raises GoldenFileError, NothingToAskError."""
    cases = [
        (group.name, case)
        for group in load_sets(chosen.golden, InstalledPacks())
        if not chosen.set or group.name in chosen.set
        for case in group.cases
        if (chosen.pack is None or case.pack == chosen.pack) and (not chosen.only or case.id in chosen.only)
    ]
    if not cases:
        raise NothingToAskError("No case is left: see --pack, --set and --only.")
    return cases


async def put(cases: Sequence[_Case], target: GoldenTarget) -> list[Verdict]:
    """Ask the cases, a few at once, and judge the replies, in the order of the cases."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(set_name: str, case: GoldenCase) -> Verdict:
        async with gate:
            return judge(set_name, case, await target.ask(case), has_tables=target.has_tables)

    return await asyncio.gather(*(one(set_name, case) for set_name, case in cases))


@asynccontextmanager
async def open_target(chosen: argparse.Namespace, settings: Settings, console: Console) -> AsyncIterator[GoldenTarget]:
    """Raises NotRunningError, StartupError or RuntimeError when there is nothing to ask."""
    async with AsyncExitStack() as stack:
        with console.status("preparing what is asked"):
            if chosen.fast:
                # Loads the workflow, the model and every step, which asking over HTTP does not need.
                from eval.in_process import in_process_target

                target: GoldenTarget = await stack.enter_async_context(in_process_target(settings))
            else:
                directory, stays = chosen.data_dir, True
                if directory is None:
                    own = stack.enter_context(own_system("answerable-eval-"))
                    directory, stays = own.data_dir, False
                target = await stack.enter_async_context(running_target(settings, directory, stays=stays))
        yield target


def as_data(scores: Scores, verdicts: Sequence[Verdict], target: str) -> dict[str, Any]:
    """The whole run for programs: rates by set and metric, and every case that missed something."""
    return {
        "target": target,
        "scores": {
            name: {metric: {"rate": one.rate, "right": one.right, "of": one.of} for metric, one in row.items()}
            for name, row in scores.items()
        },
        "missed": [verdict.model_dump(mode="json") for verdict in verdicts if not verdict.passed],
        "left_out": sum(len(verdict.left_out) for verdict in verdicts),
    }


def show(console: Console, scores: Scores, verdicts: Sequence[Verdict], target: str) -> None:
    console.print(f"Golden cases, put to {target}", markup=False, highlight=False)
    table = Table("")
    for name in scores:
        table.add_column(name, justify="right")
    for metric in ("cases", *(each.value for each in Metric)):
        table.add_row(metric, *(str(row[metric]) for row in scores.values()))
    console.print(table)
    for verdict in verdicts:
        for miss in verdict.misses:
            line = f"{verdict.set_name}/{verdict.case.id}, {miss.metric}: expected {miss.expected}; got {miss.got}"
            console.print(line, style="red", markup=False, highlight=False)
    if left_out := sum(len(verdict.left_out) for verdict in verdicts):
        console.print(f"{left_out} judgements of figures were left out: there are no tables here.", style="yellow")


async def run(chosen: argparse.Namespace, console: Console) -> int:
    cases = chosen_cases(chosen)
    async with open_target(chosen, load_settings(), console) as target:
        with console.status(f"asking {len(cases)} questions"):
            verdicts = await put(cases, target)
    scores = score(verdicts)
    data = as_data(scores, verdicts, target.name)
    report = write_report(chosen.output, scores, verdicts, target.name)
    (chosen.output / "results.json").write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if chosen.json:
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        show(console, scores, verdicts, target.name)
        console.print(f"written: {report}", markup=False, highlight=False)
    gc.collect()
    await asyncio.sleep(0.3)
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.run", description=__doc__)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--fast", action="store_true", help="in this process, without HTTP and without a database")
    where.add_argument("--data-dir", type=Path, help="ask the system that `answerable up` runs in this folder")
    parser.add_argument("--pack", help="only cases about this pack")
    parser.add_argument("--set", action="append", choices=SETS, help="only this set; may be repeated")
    parser.add_argument("--only", action="append", metavar="ID", help="only this case; may be repeated")
    parser.add_argument("--golden", type=Path, default=FOLDER, help="folder of the golden files")
    parser.add_argument("--output", type=Path, default=_BUILD, help="folder of the report")
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")
    return parser


def main() -> None:
    chosen = _options().parse_args()
    console = Console(stderr=chosen.json)
    try:
        status = event_loop.run(lambda: run(chosen, console))
    except _UNUSABLE as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        status = 2
    sys.stdout.flush()
    # Threads of the Temporal core may still hold Python objects, which aborts some plain exits.
    os._exit(status)


if __name__ == "__main__":
    main()
