"""One child process: started with its log, awaited until it is ready, ended for certain."""

import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from bootstrap.embedded import launcher
from bootstrap.errors import StartupError, StopRequested

_POLL_SECONDS = 0.02
_TAIL_LINES = 12
_LOG_LIMIT_BYTES = 10 * 1024 * 1024
_LOG_READ_BYTES = 256 * 1024

Wait = Callable[[float], bool]
"""Waits that many seconds; True means that somebody wants to stop."""


def patiently(seconds: float) -> bool:
    """The ``Wait`` that nobody interrupts."""
    time.sleep(seconds)
    return False


def launch_command(command: Sequence[str], user: str | None, death_signal: signal.Signals) -> list[str]:
    """``command``, run as ``user`` and sent ``death_signal`` when this process dies (on Linux)."""
    script = [sys.executable, "-I", "-S", launcher.__file__]
    return [*script, str(os.getpid()), str(int(death_signal)), user or "-", *command]


def find_program(part: str, name: str) -> str:
    """The path of a program installed beside this Python, or else on the PATH. Raises StartupError naming ``part``."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise StartupError(part, f"the program {name!r} is not installed; run `make setup`")
    return found


class ManagedProcess(ABC):
    """A child that can be started, killed and started again on the same address, from synchronous code.

    Not safe for use from several threads. A subclass says which command, and when it is ready.
    """

    name: str
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 10.0
    serves_others: bool = True
    """Whether other children depend on it, so that it must outlive them."""
    start_seconds: float = 60.0

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.user: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    @property
    @abstractmethod
    def address(self) -> str:
        """Where clients find it; empty for a process that listens nowhere."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; no secrets, because every user of the machine can read them."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The whole environment of the child."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it does its job now; called repeatedly, must return within a second or two."""

    def prepare(self) -> None:  # noqa: B027 - a hook; most children need nothing
        """Files and folders that must exist before each launch."""

    def finish(self) -> None:  # noqa: B027 - a hook; most children need nothing
        """Idempotent set-up through the ready server: roles, buckets."""

    def working_directory(self) -> Path | None:
        return None

    @property
    def pid(self) -> int | None:
        """The process id while it is alive."""
        return self._process.pid if self._process and self.is_running else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def listens_on(self, port: int) -> bool:
        """Whether this very child serves ``port``: a stranger's server may answer there in its place."""
        if self.pid is None:
            return False
        try:
            found = psutil.Process(self.pid).net_connections("tcp")
        except psutil.Error:
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr[1] == port for one in found)

    @property
    def exit_code(self) -> int | None:
        """How it ended: None while it runs or before its first start; negative for a signal."""
        return self._process.poll() if self._process else None

    def start(self, wait: Wait = patiently) -> None:
        """Launch and wait until ready. Raises StartupError, or StopRequested when ``wait`` says so."""
        self.launch()
        self.wait_ready(wait)

    def launch(self) -> None:
        """Start the program without waiting for it. Raises StartupError when it cannot even be prepared."""
        if self.is_running:
            return
        try:
            self.prepare()
            with self._open_log() as log:
                self._process = subprocess.Popen(
                    launch_command(self.command(), self.user, self.death_signal),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self.environment(),
                    cwd=self.working_directory(),
                    # Ctrl-C goes to the whole foreground group; children are stopped in order instead.
                    start_new_session=True,
                )
        except OSError as error:
            raise StartupError(self.name, str(error), self.log) from error

    def wait_ready(self, wait: Wait = patiently) -> None:
        """Wait until it is ready. Ends it and raises StartupError when it dies or is not ready in time."""
        deadline = time.monotonic() + self.start_seconds
        while not self.is_ready():
            if not self.is_running:
                raise StartupError(self.name, self._describe_exit(), self.log)
            if time.monotonic() > deadline:
                self.stop()
                raise StartupError(self.name, f"not ready after {self.start_seconds:.0f} s{self.log_tail()}", self.log)
            if wait(_POLL_SECONDS):
                raise StopRequested(f"{self.name} was starting.")
        self.finish()

    def signal_stop(self) -> None:
        """Ask it to end, without waiting."""
        if self._process and self.is_running:
            self._process.send_signal(self.stop_signal)

    def signal_kill(self) -> None:
        """Send SIGKILL without waiting."""
        if self._process and self.is_running:
            self._process.kill()

    def stop(self, grace_seconds: float | None = None) -> None:
        """Ask it to end, wait for the grace period, then kill it with all that it started."""
        if self._process is None:
            return
        family = _descendants(self._process.pid)
        self.signal_stop()
        try:
            self._process.wait(self.grace_seconds if grace_seconds is None else grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        _kill_all(family)

    def kill(self) -> None:
        """``kill -9`` of this one process; whatever it started must notice by itself."""
        self.signal_kill()
        if self._process:
            self._process.wait()

    def restart(self, wait: Wait = patiently) -> None:
        """Start it again on the same address and data, whether it was stopped, killed or still runs."""
        self.stop()
        self.start(wait)

    def log_since_launch(self) -> str:
        """What it wrote since its last launch; of a long text the end."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(self._log_offset, self.log.stat().st_size - _LOG_READ_BYTES))
            return log.read().decode(errors="replace")

    def log_tail(self) -> str:
        """The last lines that it wrote since its launch, indented, or an empty string."""
        lines = self.log_since_launch().splitlines()[-_TAIL_LINES:]
        return "".join(f"\n    {line}" for line in lines)

    def _open_log(self) -> BinaryIO:
        """The log, opened for appending; a big one is put aside first, so that logs stay bounded."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        log = self.log.open("ab")
        self._log_offset = log.tell()
        return log

    def _describe_exit(self) -> str:
        return f"it ended with exit code {self.exit_code}{self.log_tail()}"


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; a zombie that its parent has not reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_for_certain(processes: Sequence[psutil.Process], grace_seconds: float) -> None:
    """Wait for processes that were asked to end and are not our children; kill those that are late."""
    deadline = time.monotonic() + grace_seconds
    while any(lives(process) for process in processes):
        if time.monotonic() > deadline:
            _kill_all(processes)
            return
        time.sleep(_POLL_SECONDS)


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill_all(family: Sequence[psutil.Process]) -> None:
    # psutil compares creation times, so a process id that was used again is not touched.
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
