import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import httpx
import pytest

from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.bots import PostgresBots
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.tenants import PostgresTenants
from bootstrap.wiring import open_database
from domain.access import Scope, Visibility
from domain.bot import Bot, Dataset
from tests.fixtures.stack import Stack

Result = TypeVar("Result")


@dataclass(frozen=True)
class Tenant:
    """A tenant beside the demo one, with a dataset, a default bot and a key for everything."""

    tenant_id: UUID
    dataset_id: UUID
    bot_id: UUID
    api_key: str


class KeyDesk:
    """Makes and revokes API keys, and tenants, in the stack's database."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def issue(
        self,
        *,
        scopes: Sequence[Scope] = tuple(Scope),
        audience: Visibility = "external",
        lifetime: timedelta | None = None,
    ) -> str:
        """The text of a new key of the demo tenant; a negative ``lifetime`` makes one that has expired."""
        expires_at = datetime.now(UTC) + lifetime if lifetime else None

        async def create(database: Database) -> str:
            issued = await PostgresApiKeys(database).create(
                self._stack.tenant_id, "A test's", scopes=scopes, audience=audience, expires_at=expires_at
            )
            return issued.plain_key

        return self._with_database(create)

    def issue_and_revoke(self) -> str:
        async def create(database: Database) -> str:
            keys = PostgresApiKeys(database)
            issued = await keys.create(self._stack.tenant_id, "Revoked", scopes=tuple(Scope))
            await keys.revoke(self._stack.tenant_id, issued.api_key_id)
            return issued.plain_key

        return self._with_database(create)

    def new_tenant(self) -> Tenant:
        async def create(database: Database) -> Tenant:
            tenant_id = uuid4()
            await PostgresTenants(database).create(tenant_id, "Another")
            dataset = await PostgresDatasets(database).create(
                Dataset(dataset_id=uuid4(), tenant_id=tenant_id, pack_id="product_support", name="Theirs")
            )
            bot = Bot(
                bot_id=uuid4(), tenant_id=tenant_id, name="Theirs", version=1, datasets=(dataset,), is_default=True
            )
            await PostgresBots(database).create(bot)
            issued = await PostgresApiKeys(database).create(tenant_id, "Theirs", scopes=tuple(Scope))
            return Tenant(tenant_id, dataset.dataset_id, bot.bot_id, issued.plain_key)

        return self._with_database(create)

    def _with_database(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            async with open_database(self._stack.settings) as database:
                return await work(database)

        return asyncio.run(run())


@pytest.fixture(scope="session")
def key_desk(stack: Stack) -> KeyDesk:
    return KeyDesk(stack)


@pytest.fixture(scope="session")
def stranger(key_desk: KeyDesk) -> Tenant:
    """Another tenant on the same installation."""
    return key_desk.new_tenant()


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    """Plain HTTP with the development key."""
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as client:
        yield client
