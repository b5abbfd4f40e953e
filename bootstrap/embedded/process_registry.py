"""The children on file, so that the next start can end those that outlived a killed supervisor."""

from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGKILL, Signals

import psutil
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bootstrap.embedded.json_files import read_json, write_json
from bootstrap.embedded.processes import ManagedProcess, end_for_certain
from bootstrap.embedded.state import is_process

_GRACE_SECONDS = 10.0


class ProcessRecord(BaseModel):
    """Enough to tell a child of ours from a stranger that got its process id later."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    created: float
    program: str
    stop_signal: Signals


_RECORDS = TypeAdapter(list[ProcessRecord])


class ProcessRegistry:
    """The file of running children; one writer, the supervisor that holds the data directory's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records: dict[str, ProcessRecord] = {}

    def record(self, process: ManagedProcess) -> None:
        """Note a launched child; one that has already died is left out."""
        if process.pid is None:
            return
        with suppress(psutil.NoSuchProcess):
            self._records[process.name] = ProcessRecord(
                name=process.name,
                pid=process.pid,
                created=psutil.Process(process.pid).create_time(),
                program=Path(process.command()[0]).name,
                stop_signal=process.stop_signal,
            )
        self._write()

    def clear(self) -> None:
        """Forget all children, after they were stopped."""
        self._records = {}
        self._write()

    def read(self) -> list[ProcessRecord]:
        """The children on file, alive or not."""
        try:
            return _RECORDS.validate_python(read_json(self._path) or [])
        except ValidationError:
            return []

    def end_leftovers(self) -> list[str]:
        """End the children of an earlier supervisor that still live, and return their names."""
        leftovers = [record for record in self.read() if is_alive(record)]
        processes = []
        # Newest first: the API and the workers go before the servers that they use.
        for record in reversed(leftovers):
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(record.pid)
                processes.append(process)
                process.send_signal(record.stop_signal if record.stop_signal == SIGINT else SIGKILL)
        end_for_certain(processes, _GRACE_SECONDS)
        return [record.name for record in leftovers]

    def _write(self) -> None:
        write_json(self._path, [record.model_dump(mode="json") for record in self._records.values()])


def is_alive(record: ProcessRecord) -> bool:
    """Whether the recorded child itself still runs."""
    return is_process(record.pid, record.created, record.program)
