"""What each lasting process holds, before and at its worst."""

import asyncio
from dataclasses import dataclass, field

import psutil

from bench.processes import kind_of, proportional_bytes

_MEBIBYTE = 1024 * 1024
_SAMPLE_SECONDS = 2.0


@dataclass
class Memory:
    """MiB by process id of those that ran when it began; children that come and go have limits of their own."""

    supervisor: int
    names: dict[int, str] = field(default_factory=dict)
    before: dict[int, float] = field(default_factory=dict)
    worst: dict[int, float] = field(default_factory=dict)

    def begin(self) -> None:
        for process in psutil.Process(self.supervisor).children(recursive=True):
            try:
                self.names[process.pid] = kind_of(process)
                self.before[process.pid] = self.worst[process.pid] = _mebibytes(process)
            except psutil.NoSuchProcess:
                continue

    def look(self) -> None:
        for pid, worst in self.worst.items():
            try:
                self.worst[pid] = max(worst, _mebibytes(psutil.Process(pid)))
            except psutil.NoSuchProcess:
                continue

    async def watch(self) -> None:
        """Look every two seconds, until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(_SAMPLE_SECONDS)

    def grown(self) -> dict[str, float]:
        """MiB by which the process of each kind that grew most has grown."""
        most: dict[str, float] = {}
        for pid, name in self.names.items():
            most[name] = max(most.get(name, 0.0), round(self.worst[pid] - self.before[pid], 1))
        return most


def _mebibytes(process: psutil.Process) -> float:
    return proportional_bytes(process) / _MEBIBYTE
