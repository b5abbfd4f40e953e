import pytest
from temporalio.testing import ActivityEnvironment

from tests.unit.activities.fakes import MemoryIngests, MemoryObjectStore


@pytest.fixture
def step() -> ActivityEnvironment:
    """Runs a step as a worker would: with an attempt number and a heartbeat."""
    return ActivityEnvironment()


@pytest.fixture
def store() -> MemoryObjectStore:
    return MemoryObjectStore()


@pytest.fixture
def ingests() -> MemoryIngests:
    return MemoryIngests()


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once for artifacts that are not there."""
    monkeypatch.setattr("activities.ingest.artifacts._PAUSES", (0, 0, 0))
