"""``answerable ingest``."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from answerable_sdk import AsyncAnswerable, Dataset, Ingest
from cli.connection import (
    FAILED,
    USAGE,
    JsonOption,
    KeyOption,
    Problem,
    Target,
    UrlOption,
    find_target,
    print_json,
    reported,
)
from cli.document_folders import SourceFile, find_documents
from cli.ingestion import Outcome, run_ingestion
from cli.listings import state_text


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders to be walked for .md, .markdown and .txt.")],
    dataset: Annotated[
        str | None, typer.Option(help="Id, name or pack of the dataset. Not needed when there is only one.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ingest documents and wait until they are answerable. Unchanged ones are noticed. Exits with 1 if any failed."""
    with reported():
        files = find_documents(paths)
        target = find_target(url, api_key)
        dataset_id = _choose(target, dataset).dataset_id
        # Progress goes to standard error, so that --json and pipes get the result alone.
        with _Bars(Console(stderr=True), len(files)) as bars:
            outcomes = run_ingestion(partial(AsyncAnswerable, target.url, target.api_key), dataset_id, files, bars)
    if as_json:
        print_json([outcome.as_json() for outcome in outcomes])
    else:
        _show(Console(), outcomes)
    if not all(outcome.succeeded for outcome in outcomes):
        raise typer.Exit(FAILED)


def _choose(target: Target, wanted: str | None) -> Dataset:
    with target.client() as client:
        datasets = client.datasets()
    if wanted is None and len(datasets) == 1:
        return datasets[0]
    named = [one for one in datasets if wanted in (str(one.dataset_id), one.name, one.pack_id)]
    if len(named) == 1:
        return named[0]
    known = ", ".join(f"{one.dataset_id} ({one.pack_id}: {one.name})" for one in datasets) or "none"
    what = "Say which dataset with --dataset" if wanted is None else f"'{wanted}' names {len(named)} datasets"
    raise Problem(f"{what}. There are: {known}.", USAGE)


class _Bars:
    """A bar for the whole, and one for every document that is under way."""

    def __init__(self, console: Console, total: int) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._whole = self._progress.add_task("documents", total=total)
        self._bars: dict[SourceFile, TaskID] = {}

    def __enter__(self) -> "_Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, file: SourceFile) -> None:
        self._bars[file] = self._progress.add_task(_label(file, "upload"), total=None)

    def progressed(self, file: SourceFile, ingest: Ingest) -> None:
        total = ingest.total or None
        self._progress.update(
            self._bars[file], description=_label(file, ingest.stage), completed=ingest.done, total=total
        )

    def ended(self, outcome: Outcome) -> None:
        self._progress.remove_task(self._bars.pop(outcome.file))
        self._progress.advance(self._whole)


def _label(file: SourceFile, stage: str) -> str:
    return f"{file.name} · {stage}".replace("[", "\\[")


def _show(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table("document", "state", "version", "passages", "what to know", box=None, pad_edge=False)
    for outcome in outcomes:
        found = outcome.ingest
        table.add_row(
            Text(outcome.file.name),
            state_text(found) if found else Text("failed", style="red"),
            str(found.version) if found else "",
            str(found.passages) if found else "",
            Text(outcome.problem or "", style="red"),
        )
    console.print(table)
    failed = sum(not outcome.succeeded for outcome in outcomes)
    console.print(f"\n{len(outcomes) - failed} answerable, {failed} failed", highlight=False)
