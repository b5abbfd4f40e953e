"""What a data directory remembers between starts, and where a running system can be found."""

from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bootstrap.embedded.data_directory import DataDirectory, stored_state
from bootstrap.embedded.json_files import write_json

# A clock that is set while the system runs shifts the creation times that the kernel reports.
_CLOCK_TOLERANCE_SECONDS = 2.0


class RunningSystem(BaseModel):
    """Where the processes of a running ``up`` answer; ``pid`` and ``pid_created`` are the supervisor's.

    ``api_url`` is None when only the servers were started.
    """

    model_config = ConfigDict(frozen=True)

    api_url: str | None
    temporal_address: str
    namespace: str
    ui_url: str | None
    pid: int
    pid_created: float
    started_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class RunningState(RunningSystem):
    """What a client on the same machine needs. ``api_key`` is the development key, once it has been made."""

    data_dir: Path
    api_key: SecretStr | None


def read_running_state(data_dir: Path) -> RunningState | None:
    """The system that runs in ``data_dir``, or None when none does or it is still starting."""
    data = DataDirectory(data_dir)
    try:
        system = RunningSystem.model_validate(stored_state(data))
    except ValidationError:
        return None
    if not is_process(system.pid, system.pid_created):
        return None
    secrets = data.stored_secrets()
    key = secrets.development_api_key if secrets else None
    return RunningState(**system.model_dump(), data_dir=data.path, api_key=key)


def remembered_ports(data: DataDirectory) -> dict[str, int]:
    """The ports of the last start by their role; they are chosen again when they are free."""
    ports = stored_state(data).get("ports")
    if not isinstance(ports, dict):
        return {}
    return {name: port for name, port in ports.items() if isinstance(port, int) and 0 < port < 65536}


def store_ports(data: DataDirectory, ports: dict[str, int]) -> None:
    """Remember the ports and say that nothing runs yet."""
    write_json(data.state, {"ports": ports})


def store_running(data: DataDirectory, system: RunningSystem) -> None:
    """Tell clients where the system answers."""
    write_json(data.state, {"ports": remembered_ports(data), **system.model_dump(mode="json")})


def clear_running(data: DataDirectory) -> None:
    """Say that nothing runs any more; the ports are still remembered."""
    store_ports(data, remembered_ports(data))


def is_process(pid: int, created: float, program: str | None = None) -> bool:
    """Whether that very process still lives: the same id, creation time (Unix seconds) and program name."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        same = abs(process.create_time() - created) <= _CLOCK_TOLERANCE_SECONDS
        return same and (program is None or Path(process.cmdline()[0]).name == program)
    except (psutil.Error, IndexError):
        return False
