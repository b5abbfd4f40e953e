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
