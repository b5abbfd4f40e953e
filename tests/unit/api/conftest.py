from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from domain.identity.principal import KeyScope
from tests.unit.api.application import application_over
from tests.unit.api.fakes import Backend

# Every scope but the two that open other people's turns and everything.
ORDINARY = (KeyScope.CHAT, KeyScope.KNOWLEDGE_READ, KeyScope.KNOWLEDGE_WRITE)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged, instead of printing it."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def key(backend: Backend) -> str:
    return backend.new_key(ORDINARY)


@pytest.fixture
async def anonymous(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application_over(backend), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://answerable.test") as client:
        yield client


@pytest.fixture
def client(anonymous: httpx.AsyncClient, key: str) -> httpx.AsyncClient:
    anonymous.headers["Authorization"] = f"Bearer {key}"
    return anonymous
