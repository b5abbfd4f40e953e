"""``answerable up``: everything on one machine with one command."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr
from rich.console import Console

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.local_system import assemble, child_variables
from bootstrap.embedded.placement import erase_outside
from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.startup import StartUp
from bootstrap.embedded.state import clear_running, read_running_state
from bootstrap.embedded.supervisor import StopFlag, Supervisor
from bootstrap.errors import StopRequested
from bootstrap.settings import Profile, Settings, load_settings
from cli.up_output import ConsoleProgress, show_running, show_status
from domain.errors import AnswerableError

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    data_dir: Annotated[
        Path | None, typer.Option(help="Where all data is kept.", show_default="ANSWERABLE_DATA_DIR or .answerable")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Delete all data first; asks before it does.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --reset: do not ask.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say what runs, and where; 1 when nothing does.")] = False,
    servers_only: Annotated[
        bool, typer.Option("--servers-only", help="Start the servers and migrate, but no API and no workers.")
    ] = False,
) -> None:
    """Run Answerable on this machine: Temporal, PostgreSQL, an object store, the API and the workers.

    TEMPORAL_ADDRESS, DATABASE_URL and S3_ENDPOINT choose an external server instead of an embedded one.
    """
    console = Console()
    progress = ConsoleProgress(console)
    try:
        settings = load_settings()
        data = DataDirectory(data_dir or settings.data_dir)
        if status:
            _end(_report_status(console, data))
        if reset and not (yes or typer.confirm(f"Delete all data in {data.path}?")):
            _end(1)
        _Run(console, progress, settings, data).run(reset=reset, servers_only=servers_only)
    except StopRequested:
        progress.note("Stopped before everything was up.")
    except AnswerableError as error:
        progress.fail(error.message)
        _end(1)
    _end(0)


class _Run:
    """One run of the system, from the lock on its data to the last child's end."""

    def __init__(self, console: Console, progress: ConsoleProgress, settings: Settings, data: DataDirectory) -> None:
        self._console = console
        self._progress = progress
        self._settings = settings
        self._data = data
        self._stop = StopFlag()
        self._registry = ProcessRegistry(data.processes)
        self._supervisor = Supervisor(self._registry, self._stop, progress.event)

    def run(self, *, reset: bool, servers_only: bool) -> None:
        """Own the data directory, start, watch until somebody asks to stop, and stop."""
        self._data.create()
        self._data.lock()
        self._end_leftovers()
        if reset:
            self._erase()
        self._handle_signals()
        try:
            self._start(servers_only=servers_only)
            self._supervisor.watch()
        finally:
            self._stop_all()

    def _start(self, *, servers_only: bool) -> None:
        system = assemble(self._settings, self._data)
        for notice in system.notices:
            self._progress.note(notice)
        start = StartUp(system, self._data, self._supervisor, self._progress)
        start.start_servers()
        key: SecretStr | None = None
        if servers_only:
            self._write_environment(system.settings)
        else:
            start.start_application()
            key = self._provision(start)
        running = start.publish_state(with_api=not servers_only)
        if key and running.api_url:
            self._seed(running.api_url, key)
        show_running(self._console, running, self._data.path, key)

    def _provision(self, start: StartUp) -> SecretStr | None:
        if self._settings.profile is Profile.PRODUCTION:
            return None
        from bootstrap.demo import provision

        return start.provision(provision)

    def _seed(self, api_url: str, key: SecretStr) -> None:
        """Ingest the packs' own documents; the system is usable without them, so a failure is only reported."""
        from cli.seeding import seed_documents

        def seed() -> str | None:
            try:
                seed_documents(api_url, key)
            except AnswerableError as error:
                return error.message
            return None

        with self._progress.step("Documents of the packs"):
            failure = self._supervisor.run_beside(seed)
        if failure:
            self._progress.warn(f"Not all documents were ingested; the next start tries again. {failure}")

    def _end_leftovers(self) -> None:
        ended = self._registry.end_leftovers()
        if ended:
            self._progress.note(f"Ended what an earlier run had left: {', '.join(ended)}.")

    def _erase(self) -> None:
        with self._progress.step("Deleting all data", str(self._data.path)):
            stored = self._data.stored_secrets()
            if stored:
                erase_outside(stored.instance_id)
            self._data.erase()
            self._data.create()

    def _write_environment(self, settings: Settings) -> None:
        path = self._data.write_environment(child_variables(settings), settings.database.owner_url)
        self._progress.note(f"Addresses and credentials for your own processes: set -a; . {path}; set +a")

    def _handle_signals(self) -> None:
        for number in _STOP_SIGNALS:
            signal.signal(number, self._request_stop)

    def _request_stop(self, _signal: int, _frame: FrameType | None) -> None:
        if self._stop.requested:
            self._supervisor.kill_all()
            os._exit(130)
        self._stop.requested = True

    def _stop_all(self) -> None:
        with self._progress.step("Stopped"):
            self._supervisor.stop_all()
        clear_running(self._data)
        self._data.unlock()


def _report_status(console: Console, data: DataDirectory) -> int:
    state = read_running_state(data.path)
    if state is None:
        console.print(f"Answerable does not run in {data.path}.", highlight=False, soft_wrap=True)
        return 1
    show_status(console, state, ProcessRegistry(data.processes).read())
    return 0


def _end(code: int) -> NoReturn:
    """Leave without the interpreter's teardown, which threads of the Temporal core can turn into an abort."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
