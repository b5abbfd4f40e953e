from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.demo_events import DemoEvents
from adapters.postgres.readonly_queries import ReadonlyQueries
from adapters.tools.invocation import Invocation
from tests.fixtures.database import DatabaseUrls, TenantHandle

FOLDER = Path(__file__).parents[3] / "packs" / "product_support"


@pytest.fixture
async def queries(database_urls: DatabaseUrls) -> AsyncIterator[ReadonlyQueries]:
    opened = ReadonlyQueries(database_urls.reader)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def events(tenant: TenantHandle) -> TenantHandle:
    """A tenant with two days of events."""
    now = datetime.now(UTC)
    await DemoEvents(tenant.database).fill(tenant.tenant_id, now - timedelta(days=2), now)
    return tenant


def invocation(folder: Path = FOLDER, tenant: TenantHandle | None = None, **arguments: Any) -> Invocation:
    return Invocation(
        tool="some.tool",
        tenant_id=tenant.tenant_id if tenant else uuid4(),
        arguments=arguments,
        idempotency_key="turn/1/tool/1",
        folder=folder,
    )
