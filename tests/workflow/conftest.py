import pytest

from tests.fixtures.loading import load_fixtures


def pytest_configure(config: pytest.Config) -> None:
    load_fixtures(config, "servers", "database", "workflow_servers", "worker_steps", "workflow_environment")
