from collections.abc import Iterator

import httpx
import pytest

from tests.fixtures.key_desk import KeyDesk, Tenant
from tests.fixtures.loading import load_fixtures
from tests.fixtures.stack import Stack

__all__ = ["KeyDesk", "Tenant"]


def pytest_configure(config: pytest.Config) -> None:
    load_fixtures(config, "servers", "database", "stack", "key_desk")


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    """Plain HTTP with the development key."""
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as client:
        yield client
