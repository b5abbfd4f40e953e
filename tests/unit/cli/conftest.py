import asyncio
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from cli.main import app
from tests.unit.api.application import application_over
from tests.unit.api.fakes import Backend


@pytest.fixture
def backend() -> Backend:
    made = Backend()
    made.document_runs.at_once = True
    return made


@pytest.fixture
def server_url(backend: Backend) -> Iterator[str]:
    """The API over fakes, answering on loopback for as long as the test lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application_over(backend), log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    # The server's log would stand in the commands' output, for both run in one process here.
    with capture_logs():
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            listener.close()


@dataclass
class Terminal:
    """Runs the command as a shell would, away from this project's own settings."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> Result:
        cleared = {name: None for name in os.environ if name.startswith("ANSWERABLE_")}
        environment = {**cleared, "COLUMNS": "200", "ANSWERABLE_DATA_DIR": str(self.folder), **self.environment}
        return CliRunner().invoke(app, list(arguments), env=environment)

    def json(self, *arguments: str) -> Any:
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def terminal(server_url: str, backend: Backend, tmp_path: Path) -> Terminal:
    """A terminal whose environment names the server and a key."""
    return Terminal(tmp_path / "data", {"ANSWERABLE_URL": server_url, "ANSWERABLE_API_KEY": backend.new_key()})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write_file
