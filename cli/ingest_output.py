"""What ``answerable ingest`` shows: a line for each document that is under way, then what became of every file."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from answerable_sdk import Ingest
from cli.document_folders import Skipped, SourceFile
from cli.ingestion import Ingestion, Outcome
from cli.terminal import Console

_STYLES: Final = {
    "succeeded": "green",
    "unchanged": "dim",
    "failed": "red",
    "cancelled": "red",
    "refused": "red",
    "skipped": "dim",
}
_UNUSUAL: Final = "yellow"


def progress_display(console: Console, total: int) -> "Bars | Lines":
    """What shows the progress of ``total`` documents: bars on a terminal, else plain lines."""
    return Bars(console, total) if console.is_terminal else Lines(console)


class Lines:
    """A line whenever a document comes to its next stage: for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: dict[SourceFile, str] = {}

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def started(self, file: SourceFile) -> None:
        self._say(file, "upload")

    def progressed(self, file: SourceFile, ingest: Ingest) -> None:
        if not ingest.is_terminal:
            self._say(file, _stage(ingest))

    def ended(self, outcome: Outcome) -> None:
        self._say(outcome.file, outcome.state)

    def _say(self, file: SourceFile, what: str) -> None:
        if self._said.get(file) != what:
            self._said[file] = what
            self._console.print(f"{file.name} · {what}", markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar for the whole, and one for every document that is under way."""

    def __init__(self, console: Console, total: int) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._whole = self._progress.add_task("documents", total=total)
        self._bars: dict[SourceFile, TaskID] = {}

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, file: SourceFile) -> None:
        self._bars[file] = self._progress.add_task(_label(file, "upload"), total=None)

    def progressed(self, file: SourceFile, ingest: Ingest) -> None:
        self._progress.update(
            self._bars[file],
            description=_label(file, _stage(ingest)),
            completed=ingest.done,
            total=ingest.total or None,
        )

    def ended(self, outcome: Outcome) -> None:
        self._progress.remove_task(self._bars.pop(outcome.file))
        self._progress.advance(self._whole)


def _stage(ingest: Ingest) -> str:
    return f"{ingest.stage} (attempt {ingest.attempts})" if ingest.attempts > 1 else ingest.stage


def _label(file: SourceFile, stage: str) -> str:
    return f"{file.name} · {stage}".replace("[", "\\[")


def show_summary(console: Console, outcomes: Sequence[Outcome], skipped: Sequence[Skipped]) -> None:
    """A table in which every file stands, and the counts."""
    table = Table(box=None, pad_edge=False)
    table.add_column("document", overflow="fold")
    table.add_column("state", no_wrap=True)
    for title in ("version", "passages"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("details", overflow="fold")
    for outcome in outcomes:
        found = outcome.ingest
        table.add_row(
            Text(outcome.file.name),
            _state(outcome.state),
            str(found.version) if found else "",
            str(found.passages) if found and found.succeeded else "",
            Text(": ".join(part for part in (outcome.code, outcome.message) if part)),
        )
    for one in skipped:
        table.add_row(Text(str(one.path), style="dim"), _state("skipped"), "", "", Text(one.reason, style="dim"))
    console.print(table)
    counts = ", ".join(f"{number} {state}" for state, number in _counts(outcomes, skipped).items())
    console.print(f"\n{counts}", highlight=False)


def _state(state: str) -> Text:
    return Text(state.replace("_", " "), style=_STYLES.get(state, _UNUSUAL))


def _counts(outcomes: Sequence[Outcome], skipped: Sequence[Skipped]) -> dict[str, int]:
    counts = Counter({"succeeded": 0}) + Counter(outcome.state for outcome in outcomes)
    return {**counts, **({"skipped": len(skipped)} if skipped else {})}


def as_json(dataset_id: UUID, ingestion: Ingestion, skipped: Sequence[Skipped]) -> dict[str, Any]:
    """Everything that the summary shows, for programs."""
    outcomes = ingestion.all()
    return {
        "dataset_id": str(dataset_id),
        "interrupted": ingestion.interrupted or ingestion.lost is not None,
        "counts": _counts(outcomes, skipped),
        "documents": [outcome.as_json() for outcome in outcomes],
        "skipped": [{"path": str(one.path), "reason": one.reason} for one in skipped],
    }
