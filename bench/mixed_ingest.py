"""A folder of mixed files through ``answerable up`` and ``answerable ingest``, its worker killed meanwhile.

Says what became of every kind of file, documents a second, and whether a sweep finds anything left over:

    .venv/bin/python -m bench.mixed_ingest --documents 200 --kills 4
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from answerable_sdk import Answerable
from bench.mixed_folder import MixedFile, write_folder
from bench.system import started_system
from bootstrap.embedded.state import RunningState
from bootstrap.settings import child_environment

_ROOT = Path(__file__).parents[1]


class Killer(threading.Thread):
    """Kills the ingest worker again and again; the supervisor starts it anew."""

    def __init__(self, supervisor: int, kills: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._supervisor, self._left, self._pause = supervisor, kills, pause
        self.done = threading.Event()
        self.killed = 0

    def run(self) -> None:
        while self._left and not self.done.wait(self._pause):
            for process in psutil.Process(self._supervisor).children(recursive=True):
                if _is_ingest_worker(process):
                    process.send_signal(signal.SIGKILL)
                    self.killed += 1
                    self._left -= 1


def _is_ingest_worker(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-1:] == ["workers.ingest"]
    except psutil.Error:
        return False


def ingest_folder(system: RunningState, folder: Path) -> tuple[int, dict[str, Any], float]:
    """(exit code, what ``--json`` printed, seconds) of the command over the folder."""
    key = system.api_key.get_secret_value() if system.api_key else ""
    environment = child_environment(
        {
            "PYTHONPATH": f"{_ROOT}:{_ROOT / 'sdk'}",
            "ANSWERABLE_URL": system.api_url or "",
            "ANSWERABLE_API_KEY": key,
        }
    )
    began = time.perf_counter()
    command = [sys.executable, "-P", "-m", "cli.main", "ingest", str(folder), "--json"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, json.loads(ended.stdout), time.perf_counter() - began


def outcomes(printed: dict[str, Any]) -> dict[str, str]:
    """File name → "succeeded", or the code of its error."""
    return {one["name"]: one["code"] or one["state"] for one in printed["documents"]}


def show(console: Console, files: list[MixedFile], found: dict[str, str]) -> bool:
    """Print a line for each kind and outcome; whether each file ended as it must."""
    table = Table("kind", "files", "must end", "ended", box=None)
    counted = Counter((file.kind, file.expected or "succeeded", found.get(file.name, "not named")) for file in files)
    for (kind, expected, ended), number in sorted(counted.items()):
        table.add_row(kind, str(number), expected, ended, style="" if expected == ended else "red")
    console.print(table)
    return all(expected == ended for _, expected, ended in counted)


def measure(system: RunningState, console: Console, folder: Path, chosen: argparse.Namespace) -> None:
    files = write_folder(folder, chosen.documents)
    killer = Killer(system.pid, chosen.kills, chosen.pause)
    killer.start()
    code, printed, seconds = ingest_folder(system, folder)
    killer.done.set()
    killer.join()
    as_expected = show(console, files, outcomes(printed))
    with Answerable(system.api_url or "", system.api_key.get_secret_value() if system.api_key else "") as client:
        sweep = client.sweeps.run(older_than_seconds=0)
    console.print(
        f"{len(files)} documents in {seconds:.1f} s ({len(files) / seconds:.1f}/s), worker killed {killer.killed} "
        f"times; exit code {code}; every file as expected: {as_expected}; sweep: {sweep.found} left over of "
        f"{sweep.checked}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.mixed_ingest", description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--pause", type=float, default=12.0, help="seconds before each kill")
    chosen = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder, started_system(console) as system:
        measure(system, console, Path(folder, "documents"), chosen)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
