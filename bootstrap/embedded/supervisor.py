"""Keeps the children alive: starts them in order, starts a dead one again with backoff, stops them in order."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.processes import ManagedProcess
from bootstrap.errors import StartupError, StopRequested

T = TypeVar("T")

_TICK_SECONDS = 0.1
_FIRST_BACKOFF_SECONDS = 0.5
_MAX_BACKOFF_SECONDS = 30.0
_STEADY_SECONDS = 60.0
"""A child that was up for so long is healthy again: its next death is restarted at once."""


@dataclass
class StopFlag:
    """Set from a signal handler, so it is a plain attribute: a lock or event could deadlock with its waiter."""

    requested: bool = False


@dataclass
class _Watched:
    process: ManagedProcess
    launched_at: float
    ready: bool = True
    deaths: int = 0
    due_at: float | None = None


@dataclass
class _Outcome(Generic[T]):
    values: list[T] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


def backoff_seconds(deaths: int) -> float:
    """How long to wait before the restart after the ``deaths``-th death in a row: 0, 0.5, 1, 2 … 30."""
    if deaths <= 1:
        return 0.0
    doubled = _FIRST_BACKOFF_SECONDS * 2.0 ** min(deaths - 2, 10)
    return min(doubled, _MAX_BACKOFF_SECONDS)


class Supervisor:
    """Owns the children from their launch to their end. Used from one thread, the one that launches them."""

    def __init__(self, registry: ProcessRegistry, stop: StopFlag, report: Callable[[str], None]) -> None:
        self._registry = registry
        self._stop = stop
        self._report = report
        self._watched: list[_Watched] = []

    @property
    def children(self) -> list[ManagedProcess]:
        return [watched.process for watched in self._watched]

    def start(self, *processes: ManagedProcess) -> None:
        """Launch all of them together, wait until each is ready, and watch them from then on.

        Raises StartupError for the first that fails, or StopRequested.
        """
        for process in processes:
            # Adopted before its launch, so that stop_all finds it wherever the start is cut off.
            self._watched.append(_Watched(process, time.monotonic(), ready=False))
            process.launch()
            self._registry.record(process)
        for process in processes:
            process.wait_ready(self._pause)
            self._find(process).ready = True

    def run_beside(self, work: Callable[[], T]) -> T:
        """Run ``work`` in a thread and watch the children meanwhile. Raises what it raises, or StopRequested."""
        outcome: _Outcome[T] = _Outcome()
        thread = threading.Thread(target=_capture, args=(work, outcome), daemon=True)
        thread.start()
        while thread.is_alive():
            if self._pause(_TICK_SECONDS):
                raise StopRequested("The start was cut off.")
        if outcome.errors:
            raise outcome.errors[0]
        return outcome.values[0]

    def wait_until(self, condition: Callable[[], bool], part: str, timeout_seconds: float) -> None:
        """Watch the children until ``condition`` holds. Raises StartupError naming ``part``, or StopRequested."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if time.monotonic() > deadline:
                raise StartupError(part, f"it did not answer within {timeout_seconds:.0f} s")
            if self._pause(_TICK_SECONDS):
                raise StopRequested(f"{part} was awaited.")

    def watch(self) -> None:
        """Restart whatever dies until somebody asks to stop."""
        while not self._pause(_TICK_SECONDS):
            pass

    def stop_all(self) -> None:
        """End the children, the newest first; those of one kind that serve no others end side by side."""
        newest_first = list(reversed(self.children))
        leaves = [process for process in newest_first if not process.serves_others]
        for process in leaves:
            process.signal_stop()
        for process in [*leaves, *(process for process in newest_first if process.serves_others)]:
            process.stop()
        self._watched = []
        with suppress(OSError):
            # On a full disk the file keeps naming processes that have ended; the next start sees that.
            self._registry.clear()

    def kill_all(self) -> None:
        """Send SIGKILL to every child without waiting; safe in a signal handler, for a second Ctrl-C."""
        for process in reversed(self.children):
            process.signal_kill()

    def _pause(self, seconds: float) -> bool:
        for watched in self._watched:
            self._attend(watched)
        if not self._stop.requested:
            time.sleep(seconds)
        return self._stop.requested

    def _attend(self, watched: _Watched) -> None:
        if watched.due_at is not None:
            self._restart_when_due(watched, watched.due_at)
        elif watched.ready and not watched.process.is_running:
            self._schedule_restart(watched, f"died ({_describe(watched.process.exit_code)})")
        elif not watched.ready and watched.deaths:
            self._settle(watched)

    def _schedule_restart(self, watched: _Watched, what: str) -> None:
        now = time.monotonic()
        if now - watched.launched_at > _STEADY_SECONDS:
            watched.deaths = 0
        watched.deaths += 1
        watched.ready = False
        delay = backoff_seconds(watched.deaths)
        watched.due_at = now + delay
        when = f"in {delay:g} s" if delay else "now"
        self._report(f"{watched.process.name} {what}; restarting {when}. Its log: {watched.process.log}")

    def _restart_when_due(self, watched: _Watched, due_at: float) -> None:
        if self._stop.requested or time.monotonic() < due_at:
            return
        watched.due_at = None
        watched.launched_at = time.monotonic()
        try:
            watched.process.launch()
        except StartupError as error:
            self._schedule_restart(watched, f"cannot start ({error.cause})")
        else:
            # A child that is not on file is still ended at the stop; a full disk must not end all the others.
            with suppress(OSError):
                self._registry.record(watched.process)

    def _settle(self, watched: _Watched) -> None:
        """See whether a restarted child is ready by now, without waiting for it."""
        process = watched.process
        if not process.is_running:
            self._schedule_restart(watched, f"died again ({_describe(process.exit_code)})")
        elif process.is_ready():
            self._finish(watched)
        elif time.monotonic() - watched.launched_at > process.start_seconds:
            process.kill()

    def _finish(self, watched: _Watched) -> None:
        try:
            watched.process.finish()
        except StartupError as error:
            watched.process.kill()
            self._schedule_restart(watched, f"is not usable ({error.cause})")
            return
        watched.ready = True
        self._report(f"{watched.process.name} is back.")

    def _find(self, process: ManagedProcess) -> _Watched:
        return next(watched for watched in self._watched if watched.process is process)


def _capture(work: Callable[[], T], outcome: _Outcome[T]) -> None:
    try:
        outcome.values.append(work())
    except BaseException as error:  # noqa: BLE001 - handed over to the waiting thread, which raises it
        outcome.errors.append(error)


def _describe(exit_code: int | None) -> str:
    return f"signal {-exit_code}" if exit_code is not None and exit_code < 0 else f"exit code {exit_code}"
