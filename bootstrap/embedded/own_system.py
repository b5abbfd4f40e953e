"""A whole system for one run: ``answerable up`` in a temporary folder, as a user starts it, gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bootstrap.embedded.free_ports import choose_port
from bootstrap.embedded.state import RunningState, read_running_state
from bootstrap.settings import child_environment

_ROOT: Final = Path(__file__).parents[2]
_START_SECONDS: Final = 600.0
_POLL_SECONDS: Final = 0.5
_STOP_SECONDS: Final = 60.0


@contextmanager
def own_system(prefix: str, settings: Mapping[str, str] | None = None) -> Iterator[RunningState]:
    """Start, yield where it answers, stop and delete; ``settings`` are variables of its environment.

    Raises RuntimeError with its output when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, tempfile.TemporaryFile() as output:
        # As root, PostgreSQL runs as another user who has to pass through.
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        # The usual port is for the system that somebody works with.
        own = {"API_PORT": str(choose_port(None)), "PYTHONPATH": f"{_ROOT}:{_ROOT / 'sdk'}"}
        environment = child_environment({**own, **(settings or {})})
        command = [sys.executable, "-P", "-m", "cli.main", "up", "--data-dir", str(data)]
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            yield _wait(process, data, output.fileno())
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_STOP_SECONDS)


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
