"""``answerable up``: everything on one machine with one command."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.disk_space import full_disk
from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.state import read_running_state
from bootstrap.errors import StopRequested
from bootstrap.settings import load_settings
from cli.terminal import Console
from cli.up_output import ConsoleProgress, show_status, status_as_json
from domain.errors import AnswerableError


def up(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder for all data.", show_default="ANSWERABLE_DATA_DIR or .answerable")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Delete all data first, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --reset: do not ask.")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Show what is running, and where. Exits with 1 if nothing is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --status: print JSON only.")] = False,
    servers_only: Annotated[
        bool,
        typer.Option("--servers-only", help="Start the servers and migrate the database, without API and workers."),
    ] = False,
) -> None:
    """Run Answerable on this machine: Temporal, PostgreSQL, an object store, the API and the workers.

    Set TEMPORAL_ADDRESS, DATABASE_URL or S3_ENDPOINT to use an external server instead of an embedded one.
    """
    console = Console()
    progress = ConsoleProgress(console)
    if as_json and not status:
        raise typer.BadParameter("--json requires --status.")
    data: DataDirectory | None = None
    try:
        settings = load_settings()
        data = DataDirectory(data_dir or settings.data_dir)
        if status:
            _end(_report_status(console, data, as_json=as_json))
        if reset and not (yes or typer.confirm(f"Delete all data in {data.path}?")):
            _end(1)
        # Here, because everything that the servers need takes a second to load, which no other command should pay.
        from cli.up_run import UpRun

        UpRun(console, progress, settings, data).run(reset=reset, servers_only=servers_only)
    except StopRequested:
        progress.note("Stopped before everything was up.")
    except (AnswerableError, OSError) as error:
        progress.fail(_explain(error, data))
        _end(1)
    _end(0)


def _explain(error: AnswerableError | OSError, data: DataDirectory | None) -> str:
    """What to tell the user; a full disk is the cause behind whatever failed on it."""
    full = full_disk(data.path) if data else None
    if full:
        return full
    if isinstance(error, AnswerableError):
        return error.message
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; fix that and start again."


def _report_status(console: Console, data: DataDirectory, *, as_json: bool) -> int:
    state = read_running_state(data.path)
    if as_json:
        sys.stdout.write(status_as_json(data.path, state, ProcessRegistry(data.processes).read() if state else []))
        return int(state is None)
    if state is None:
        console.print(f"Answerable is not running in {data.path}.", highlight=False, soft_wrap=True)
        return 1
    show_status(console, state, ProcessRegistry(data.processes).read())
    return 0


def _end(code: int) -> NoReturn:
    """Leave without the interpreter's teardown, which threads of the Temporal core can turn into an abort."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
