"""Fixtures for servers and starts of a test's own."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.loading import load_fixtures
from tests.fixtures.servers import open_directory
from tests.fixtures.up_process import UpProcess

Start = Callable[..., UpProcess]


def pytest_configure(config: pytest.Config) -> None:
    load_fixtures(config, "servers", "database")


@pytest.fixture
def directory() -> Iterator[Path]:
    """A temporary folder that other users can pass through."""
    with open_directory() as path:
        yield path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def start(directory: Path) -> Iterator[Start]:
    """Start ``up --servers-only`` with its data in ``directory / "data"``; ended with the test."""
    with ExitStack() as runs:

        def run(*arguments: str, home: Path = directory, **options: Any) -> UpProcess:
            data = () if "--data-dir" in arguments else ("--data-dir", str(directory / "data"))
            up = UpProcess(home, *arguments, *data, **options)
            runs.callback(up.close)
            return up

        yield run
