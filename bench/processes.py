"""Processor time and memory of a running system, by kind of process."""

from collections.abc import Callable
from typing import Final

import psutil

_MEBIBYTE: Final = 1024 * 1024
# A part of the command line → what the tables call it.
_KINDS: Final = {
    "workers.chat": "chat workers",
    "workers.ingest": "ingest worker",
    "-m api": "API",
    "start-dev": "Temporal",
    "rclone": "object store",
    "postgres": "PostgreSQL",
}


def cpu_seconds(supervisor: int) -> dict[str, float]:
    """Seconds of processor time until now, by kind, of what runs below ``supervisor``."""

    def seconds(process: psutil.Process) -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    return _summed(supervisor, seconds)


def memory_mebibytes(supervisor: int) -> dict[str, float]:
    """MiB by kind. Proportional: the buffers that PostgreSQL's processes share count once."""
    summed = _summed(supervisor, proportional_bytes)
    return {name: round(value / _MEBIBYTE) for name, value in summed.items()}


def proportional_bytes(process: psutil.Process) -> int:
    """Memory of one process; what it shares with others counts in part."""
    full = process.memory_full_info()
    # Only Linux tells the proportional size.
    return int(getattr(full, "pss", full.rss))


def _summed(supervisor: int, measure: Callable[[psutil.Process], float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for process in psutil.Process(supervisor).children(recursive=True):
        try:
            name = kind_of(process)
            total[name] = total.get(name, 0.0) + measure(process)
        except psutil.NoSuchProcess:
            # A parser that has just ended.
            continue
    return total


def kind_of(process: psutil.Process) -> str:
    """What the tables call a process. Raises NoSuchProcess when it has ended."""
    line = " ".join(process.cmdline())
    return next((name for part, name in _KINDS.items() if part in line), "other")
