import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from bootstrap.embedded.postgres import PostgresServer
from domain.errors import DatabaseUnavailableError, InvalidRequestError
from tests.fixtures.database import DatabaseUrls, TenantHandle
from tests.fixtures.servers import new_postgres


@pytest.fixture(scope="module")
def own_server(server_directory: Path) -> Iterator[PostgresServer]:
    directory = server_directory / "mortal"
    directory.mkdir(mode=0o711)
    server = new_postgres(directory)
    yield server
    server.stop()


@pytest.fixture
def mortal_server(own_server: PostgresServer) -> PostgresServer:
    """A running server that the test may kill."""
    own_server.start()
    return own_server


async def answers(database: Database) -> bool:
    async with database.transaction(uuid4()) as connection:
        cursor = await connection.execute("SELECT 1 AS one")
        return await cursor.fetchone() == {"one": 1}


async def test_the_pool_survives_kill_9_of_the_server_again_and_again(mortal_server: PostgresServer) -> None:
    async with Database(mortal_server.app_url.get_secret_value(), pool_size=5, patience=3) as database:
        for _ in range(3):
            assert all(await asyncio.gather(*(answers(database) for _ in range(10))))
            mortal_server.kill()
            await asyncio.to_thread(mortal_server.start)
            assert all(await asyncio.gather(*(answers(database) for _ in range(10))))


async def test_one_caller_with_little_patience_is_served_past_a_pool_full_of_dead_connections(
    mortal_server: PostgresServer,
) -> None:
    async with Database(mortal_server.app_url.get_secret_value(), pool_size=8, patience=1) as database:
        assert all(await asyncio.gather(*(answers(database) for _ in range(8))))
        mortal_server.kill()
        await asyncio.to_thread(mortal_server.start)
        assert await answers(database)


async def test_while_the_server_is_away_callers_wait_a_bounded_time_for_a_retryable_error(
    mortal_server: PostgresServer,
) -> None:
    async with Database(mortal_server.app_url.get_secret_value(), pool_size=5, patience=2) as database:
        assert await answers(database)
        mortal_server.kill()
        began = time.monotonic()
        failures = await asyncio.gather(*(answers(database) for _ in range(10)), return_exceptions=True)
        assert time.monotonic() - began < 4
        assert {type(failure) for failure in failures} == {DatabaseUnavailableError}
        assert DatabaseUnavailableError.retryable
        await asyncio.to_thread(mortal_server.start)
        assert await answers(database)
        await database.ping()


async def test_a_caller_that_waits_is_served_when_the_server_comes_back(mortal_server: PostgresServer) -> None:
    async with Database(mortal_server.app_url.get_secret_value(), pool_size=2, patience=20) as database:
        assert await answers(database)
        mortal_server.kill()
        waiting = [asyncio.create_task(answers(database)) for _ in range(3)]
        done, _ = await asyncio.wait(waiting, timeout=2.5)
        assert not done
        await asyncio.to_thread(mortal_server.start)
        began = time.monotonic()
        assert all(await asyncio.gather(*waiting))
        assert time.monotonic() - began < 3


async def test_a_transaction_that_the_server_dies_in_is_a_retryable_error(mortal_server: PostgresServer) -> None:
    async with Database(mortal_server.app_url.get_secret_value(), pool_size=2) as database:

        async def lose_the_server() -> None:
            async with database.transaction(uuid4()) as connection:
                mortal_server.kill()
                await connection.execute("SELECT 1")

        with pytest.raises(DatabaseUnavailableError):
            await lose_the_server()


async def test_a_pool_can_be_opened_before_its_server_and_says_that_it_is_not_ready() -> None:
    async with Database("postgresql://answerable_app:x@127.0.0.1:1/answerable", patience=0.5) as database:
        with pytest.raises(DatabaseUnavailableError) as caught:
            await database.ping()
    assert "answerable_app:x" not in caught.value.message


async def test_a_closed_pool_is_unavailable(database_urls: DatabaseUrls) -> None:
    database = Database(database_urls.app)
    async with database:
        await database.ping()
    with pytest.raises(DatabaseUnavailableError):
        await database.ping()


async def test_a_value_that_cannot_be_stored_is_the_callers_mistake(database: Database, tenant: TenantHandle) -> None:
    with pytest.raises(InvalidRequestError):
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.execute("SELECT %s", ["a\0b"])


async def test_a_server_that_is_read_only_for_now_is_a_retryable_error(tenant: TenantHandle) -> None:
    async def write_as_on_a_standby() -> None:
        async with tenant.database.transaction(tenant.tenant_id) as connection:
            await connection.execute("SET TRANSACTION READ ONLY")
            await connection.execute("DELETE FROM bots")

    with pytest.raises(DatabaseUnavailableError):
        await write_as_on_a_standby()


async def test_a_deadlock_is_a_retryable_error(database: Database, tenant: TenantHandle) -> None:
    first, second = (await tenant.new_bot()).bot_id, (await tenant.new_bot()).bot_id
    both_hold_one = asyncio.Barrier(2)

    async def lock(*order: object) -> None:
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.execute("SELECT 1 FROM bots WHERE bot_id = %s FOR UPDATE", [order[0]])
            await both_hold_one.wait()
            await connection.execute("SELECT 1 FROM bots WHERE bot_id = %s FOR UPDATE", [order[1]])

    outcomes = await asyncio.gather(lock(first, second), lock(second, first), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DatabaseUnavailableError", "NoneType"]
