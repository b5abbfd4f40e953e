"""Running a peer's script and reading what it tells, line by line."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any, Final

from bootstrap.settings import server_environment

_SECONDS: Final = 900.0
_SAID: Final = 2_000


class PeerFailedError(Exception):
    """A peer's script ended early, ran out of time or said what cannot be understood."""


@dataclass
class WayTold:
    """One way of asking: ids by question, best first, and the seconds that each search took."""

    rankings: dict[str, list[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)


@dataclass
class Told:
    """All that a script has told. ``ingest_seconds`` is for all documents of the task."""

    versions: dict[str, str] = field(default_factory=dict)
    ingest_seconds: float = 0.0
    ways: dict[str, WayTold] = field(default_factory=dict)
    ended: bool = False

    def take(self, line: Mapping[str, Any]) -> None:
        """Add one line. Raises KeyError, TypeError or ValueError for one that is none of the protocol's."""
        match line["event"]:
            case "opened":
                self.versions = dict(line["versions"])
            case "ingested":
                self.ingest_seconds = float(line["seconds"])
            case "found":
                way = self.ways.setdefault(line["way"], WayTold())
                way.rankings[line["question"]] = [str(one) for one in line["documents"]]
                way.seconds.append(float(line["seconds"]))
            case "ended":
                self.ended = True
            case other:
                raise ValueError(f"no event is called {other}")


def run_peer(command: Sequence[str], task: Mapping[str, Any], *, seconds: float = _SECONDS) -> Told:
    """Run a script in an empty folder, which the task gets as ``folder``, with no environment of ours.

    Raises PeerFailedError, with the end of what the script wrote on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="answerable-peer-") as name, tempfile.TemporaryFile("w+") as said:
        folder = Path(name)
        given = json.dumps({**task, "folder": name})
        offline = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "TMPDIR": name}
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=server_environment(folder, offline),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        with _ended(process, seconds):
            told, problem = _listened(process, given)
        if problem is None and told.ended and not process.returncode:
            return told
        said.seek(0)
        raise PeerFailedError(f"{problem or _how_it_ended(process.returncode)}\n{said.read()[-_SAID:]}".rstrip())


@contextmanager
def _ended(process: "subprocess.Popen[str]", seconds: float) -> Iterator[None]:
    """The process is over afterwards, and after ``seconds`` in any case."""
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        process.wait()
        timer.cancel()


def _listened(process: "subprocess.Popen[str]", given: str) -> tuple[Told, str | None]:
    """What was told, and what was wrong with it."""
    assert process.stdin is not None and process.stdout is not None, "both are pipes"  # noqa: S101, PT018
    told = Told()
    try:
        process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:
        # It has ended already; its status says so.
        return told, None
    with process.stdout:
        for line in process.stdout:
            try:
                told.take(json.loads(line))
            except (KeyError, TypeError, ValueError):
                process.kill()
                return told, f"it said what cannot be understood: {line.strip()[:200]}"
    return told, None


def _how_it_ended(status: int | None) -> str:
    return f"it ended early, with status {status}"
