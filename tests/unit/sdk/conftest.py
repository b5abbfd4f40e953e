import pytest

from tests.unit.sdk.in_memory_server import Pauses, Run, run_async, run_sync


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()
