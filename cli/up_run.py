"""One run of ``answerable up``, from the lock on its data to the last child's end."""

import os
import signal
from contextlib import suppress
from types import FrameType

from pydantic import SecretStr

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.disk_space import check_space
from bootstrap.embedded.free_ports import is_free
from bootstrap.embedded.local_system import LocalSystem, assemble, child_variables
from bootstrap.embedded.placement import erase_outside
from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.startup import StartUp
from bootstrap.embedded.state import clear_running, remembered_ports
from bootstrap.embedded.supervisor import StopFlag, Supervisor
from bootstrap.errors import StartupError
from bootstrap.settings import Profile, Settings
from cli.terminal import Console
from cli.up_output import ConsoleProgress, show_running
from domain.errors import AnswerableError

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UpRun:
    """Owns the data directory, the children and the signal handlers of this process."""

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
        check_space(self._data.path)
        self._handle_signals()
        try:
            self._start(servers_only=servers_only)
            self._supervisor.watch()
        finally:
            self._stop_all()

    def _start(self, *, servers_only: bool) -> None:
        system, start = self._start_servers()
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
        self._console.print("\n  Ctrl-C stops everything; the data stays.", highlight=False)

    def _start_servers(self) -> tuple[LocalSystem, StartUp]:
        """Once more on other ports when another program took one between its choice and its use."""
        system, start = self._assemble()
        try:
            start.start_servers()
        except StartupError:
            self._supervisor.stop_all()
            if all(is_free(port) for role, port in remembered_ports(self._data).items() if role != "api"):
                raise
            self._progress.note("Another program took a port that was free a moment ago; starting on others.")
            system, start = self._assemble()
            start.start_servers()
        return system, start

    def _assemble(self) -> tuple[LocalSystem, StartUp]:
        system = assemble(self._settings, self._data)
        for notice in system.notices:
            self._progress.note(notice)
        return system, StartUp(system, self._data, self._supervisor, self._progress)

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
        if self._supervisor.children:
            with self._progress.step("Stopped"):
                self._supervisor.stop_all()
        # A disk may be full here too; what is on file about a dead process is known to be stale.
        with suppress(OSError):
            clear_running(self._data)
        self._data.unlock()
