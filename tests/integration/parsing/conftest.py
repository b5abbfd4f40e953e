"""A real fork server, shared by the tests that leave its limits as they are."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from adapters.confined.environment import bare_environment
from adapters.confined.process_limits import ProcessLimits
from adapters.document_processes.isolated import IsolatedParser
from adapters.document_processes.processes import ForkedProcesses

# So that coverage of the processes is measured, too.
MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


class Bench:
    """An isolated parser whose processes a test can watch."""

    def __init__(self, limits: ProcessLimits, *, measured: bool = True) -> None:
        self.processes = ForkedProcesses(bare_environment() | (MEASURING if measured else {}))
        self.parser = IsolatedParser(limits, processes=self.processes)

    @property
    def server(self) -> psutil.Process:
        assert self.processes.server_pid is not None
        return psutil.Process(self.processes.server_pid)


@asynccontextmanager
async def bench_with(**limits: float) -> AsyncIterator[Bench]:
    bench = Bench(ProcessLimits.model_validate(limits))
    async with bench.parser:
        yield bench


@pytest.fixture(scope="session")
async def parser() -> AsyncIterator[IsolatedParser]:
    async with bench_with(cpu_seconds=5, wall_seconds=60) as bench:
        yield bench.parser


@pytest.fixture(scope="session")
async def unmeasured_parser() -> AsyncIterator[IsolatedParser]:
    """For what is read or refused within its CPU seconds: measuring coverage would use up most of them."""
    async with Bench(ProcessLimits(cpu_seconds=5, wall_seconds=60), measured=False).parser as parser:
        yield parser


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A document that never begins: whoever opens it waits for somebody to write, and nobody does."""
    path = tmp_path / "stuck"
    os.mkfifo(path)
    return path
