"""The system under measurement: ``answerable up`` in a folder of its own, as a user starts it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bootstrap.embedded.state import RunningState, read_running_state
from bootstrap.settings import child_environment

_ROOT = Path(__file__).parents[1]
_START_SECONDS = 300.0
_POLL_SECONDS = 0.5


@contextmanager
def started_system(console: Console) -> Iterator[RunningState]:
    """Start, yield where it answers, stop and delete. Raises RuntimeError with its output when it does not start."""
    with tempfile.TemporaryDirectory(prefix="answerable-bench-") as folder, tempfile.TemporaryFile() as output:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        environment = child_environment({"PYTHONPATH": f"{_ROOT}:{_ROOT / 'sdk'}"})
        command = [sys.executable, "-P", "-m", "cli.main", "up", "--data-dir", str(data)]
        with console.status("starting the system"):
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
            try:
                state = _wait(process, data, output.fileno())
            except BaseException:
                process.send_signal(signal.SIGINT)
                process.wait(60)
                raise
        try:
            yield state
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], data: Path, output: int) -> RunningState:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        printed = os.pread(output, 100_000, 0).decode(errors="replace")
        if process.poll() is not None:
            raise RuntimeError(f"the system ended while starting:\n{printed}")
        if "Ctrl-C stops everything" in printed and (state := read_running_state(data)):
            return state
        time.sleep(_POLL_SECONDS)
    raise RuntimeError("the system was not up in time")
