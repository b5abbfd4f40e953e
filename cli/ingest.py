"""``answerable ingest``."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from answerable_sdk import AsyncAnswerable, Dataset, RetryPolicy
from cli.connection import (
    FAILED,
    UNREACHABLE,
    USAGE,
    JsonOption,
    KeyOption,
    Problem,
    Target,
    UrlOption,
    find_target,
    print_json,
    reporting_errors,
)
from cli.document_folders import find_documents
from cli.ingest_output import as_json, progress_display, show_summary
from cli.ingestion import Ingestion, run_ingestion
from cli.terminal import Console

INTERRUPTED: Final = 130
"""What shells report of a command that Ctrl-C ended."""

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")

# A server that is restarted is waited for, for about a minute.
_PATIENCE: Final = RetryPolicy(attempts=20)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    dataset: Annotated[
        str | None, typer.Option(help="Id, name or pack of the dataset. Required if there are several.")
    ] = None,
    every_format: Annotated[
        bool, typer.Option("--all", help="Include files of other formats. Unreadable ones are reported.")
    ] = False,
    label: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE to set on each document: tag, tier, language, or any attribute. Repeatable."),
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json_only: JsonOption = False,
) -> None:
    """Ingest documents and wait until they can be cited. Unchanged documents are skipped. Exits with 1 if any fails.

    In folders, files that end in .md .markdown .txt .html .htm .json .csv .pdf .docx are ingested.

    Ctrl-C stops waiting; accepted uploads continue. It is safe to run the command again.
    """
    with reporting_errors():
        found = find_documents(paths, every_format)
        labels = labels_of(label or [])
        target = find_target(url, api_key)
        dataset_id = choose_dataset(target, dataset).dataset_id
        make_client = partial(AsyncAnswerable, target.url, target.api_key, retries=_PATIENCE)
        # Progress goes to standard error, so that --json and pipes get the result alone.
        with progress_display(Console(stderr=True), len(found.files)) as watcher:
            ingestion = run_ingestion(make_client, dataset_id, found.files, watcher, labels)
        if ingestion.lost and not ingestion.sent_any:
            raise ingestion.lost
        if as_json_only:
            print_json(as_json(dataset_id, ingestion, found.skipped))
        else:
            show_summary(Console(), ingestion.all(), found.skipped)
        _end(ingestion)


def labels_of(given: Sequence[str]) -> dict[str, Any]:
    """What the option --label says of each document, as fields of its upload. Raises Problem."""
    tags: list[str] = []
    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not value:
            raise Problem(f"'{one}' is not a label. Use --label NAME=VALUE.", USAGE)
        if name == "tag":
            tags.append(value)
        elif name in ("tier", "language"):
            fields[name] = value
        else:
            attributes[name] = _parse_value(value)
    return fields | {name: value for name, value in (("tags", tags), ("attributes", attributes)) if value}


def _parse_value(value: str) -> str | float | bool:
    if value in ("true", "false"):
        return value == "true"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value


def _end(ingestion: Ingestion) -> None:
    """Raise with the exit code, unless every document is answerable."""
    if ingestion.interrupted:
        raise Problem("Stopped waiting. Accepted uploads continue: see `answerable ingests list`.", INTERRUPTED)
    if ingestion.lost:
        raise Problem(f"{ingestion.lost.message} Accepted uploads continue once the server is back.", UNREACHABLE)
    if any(outcome.failed or outcome.unfinished for outcome in ingestion.all()):
        raise typer.Exit(FAILED)


def choose_dataset(target: Target, wanted: str | None) -> Dataset:
    """The dataset that an id, a name or a pack names; or the only one, or the only one of packs that the key may use.

    Raises Problem.
    """
    with target.client() as client:
        datasets = client.datasets.list()
        usable = {pack.pack_id for pack in client.packs.list()} if wanted is None and len(datasets) > 1 else set()
    if wanted is None:
        named = [one for one in datasets if len(datasets) == 1 or one.pack_id in usable]
    else:
        named = [one for one in datasets if wanted in (str(one.dataset_id), one.name, one.pack_id)]
    if len(named) == 1:
        return named[0]
    known = ", ".join(f"{one.dataset_id} ({one.pack_id}: {one.name})" for one in datasets) or "none"
    what = "Choose a dataset with --dataset" if wanted is None else f"'{wanted}' matches {len(named)} datasets"
    raise Problem(f"{what}. Datasets: {known}.", USAGE)
