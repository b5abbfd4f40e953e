"""The API and the workers as children: started from this Python, ready when they say so."""

import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bootstrap.embedded.http_probe import answers_ok
from bootstrap.embedded.processes import ManagedProcess
from bootstrap.settings import child_environment

_WORKER_READY = "worker_ready"


class PythonProcess(ManagedProcess):
    """``python -m MODULE`` with the resolved settings in its environment."""

    grace_seconds = 15.0
    serves_others = False
    start_seconds = 120.0

    def __init__(self, name: str, module: str, overrides: Mapping[str, str], log: Path) -> None:
        super().__init__(name, log)
        self._module = module
        self._overrides = overrides

    @property
    def address(self) -> str:
        return ""

    def command(self) -> list[str]:
        # -P: a folder `api` in the working directory must not be taken for ours.
        return [sys.executable, "-P", "-m", self._module]

    def environment(self) -> dict[str, str]:
        return child_environment({"PYTHONUNBUFFERED": "1", **self._overrides})


class WorkerProcess(PythonProcess):
    """A worker; ready when it has logged that it polls."""

    def is_ready(self) -> bool:
        return self.is_running and _WORKER_READY in self.log_since_launch()


class ApiProcess(PythonProcess):
    """The API; ready when its health endpoint answers."""

    def __init__(self, name: str, module: str, overrides: Mapping[str, str], log: Path, url: str) -> None:
        super().__init__(name, module, overrides, log)
        self.url = url

    @property
    def address(self) -> str:
        return self.url

    def is_ready(self) -> bool:
        port = urlsplit(self.url).port
        return port is not None and self.listens_on(port) and answers_ok(f"{self.url}/v1/health")
