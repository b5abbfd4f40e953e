"""Queries of packs on the real server, as the role that can only read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.postgres.demo_events import DemoEvents
from adapters.postgres.readonly_queries import ReadonlyQueries
from adapters.tools.sql_readonly import SqlConnector
from answerable_sdk.packs import SqlReadonly
from domain.packs.errors import (
    InvalidArgumentsError,
    ToolDeniedError,
    ToolError,
    ToolTimeoutError,
    ToolUnavailableError,
)
from tests.fixtures.database import DatabaseUrls, TenantHandle
from tests.integration.tools.conftest import FOLDER, invocation

NOW = datetime.now(UTC)
DAY = {"since": (NOW - timedelta(days=1)).isoformat(), "until": NOW.isoformat()}
SLOW = "SELECT count(*) FROM generate_series(1, 100000) AS a CROSS JOIN generate_series(1, 100000) AS b"
VOLUME = SqlReadonly(query="sql/request_volume.sql")


async def rows(queries: ReadonlyQueries, tenant: TenantHandle, connector: SqlReadonly = VOLUME, **more: Any) -> Any:
    arguments = {"service": None, "environment": None, **DAY, **more}
    return (await SqlConnector(queries).call(connector, invocation(tenant=tenant, **arguments))).data


def written(folder: Path, text: str, **options: Any) -> SqlReadonly:
    (folder / "query.sql").write_text(text, encoding="utf-8")
    return SqlReadonly(query="query.sql", **options)


async def refused(queries: ReadonlyQueries, folder: Path, text: str, **options: Any) -> type[ToolError]:
    with pytest.raises(ToolError) as error:
        await SqlConnector(queries).call(written(folder, text, **options), invocation(folder))
    return type(error.value)


async def test_a_service_and_an_environment_narrow_the_figures(queries: ReadonlyQueries, events: TenantHandle) -> None:
    everything = (await rows(queries, events))[0]["requests"]
    production = (await rows(queries, events, environment="production"))[0]["requests"]
    sandbox = (await rows(queries, events, environment="sandbox"))[0]["requests"]
    assert everything == production + sandbox
    assert production > 10 * sandbox > 0


async def test_the_events_are_the_same_however_often_they_are_filled_in(
    queries: ReadonlyQueries, events: TenantHandle
) -> None:
    before = await rows(queries, events)
    await DemoEvents(events.database).fill(events.tenant_id, NOW - timedelta(days=2), NOW)
    assert await rows(queries, events) == before


async def test_another_tenants_events_are_not_counted(
    queries: ReadonlyQueries, events: TenantHandle, other_tenant: TenantHandle
) -> None:
    assert await rows(queries, other_tenant) == [{"requests": 0}]


async def test_an_argument_is_a_value_and_never_a_piece_of_the_query(
    queries: ReadonlyQueries, events: TenantHandle
) -> None:
    assert await rows(queries, events, service="checkout' OR '1'='1") == [{"requests": 0}]
    with pytest.raises(InvalidArgumentsError):
        await rows(queries, events, since="now(); DROP TABLE measurements.events")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO measurements.events SELECT * FROM measurements.events RETURNING 1",
        "SELECT 1; SELECT 2",
        "COMMIT",
        "SELECT * FROM nothing_here",
        "SELECT set_config('transaction_read_only', 'off', true), lo_create(4711)",
    ],
)
async def test_a_file_that_is_no_single_query_is_refused(queries: ReadonlyQueries, tmp_path: Path, text: str) -> None:
    assert issubclass(await refused(queries, tmp_path, text), ToolError)


async def test_the_reader_sees_no_table_of_the_platform(queries: ReadonlyQueries, tmp_path: Path) -> None:
    for table in ("api_keys", "messages", "tenants", "passages"):
        assert await refused(queries, tmp_path, f"SELECT * FROM {table}") is ToolDeniedError  # noqa: S608


async def test_a_slow_query_is_ended(queries: ReadonlyQueries, tmp_path: Path) -> None:
    assert await refused(queries, tmp_path, SLOW, timeout_seconds=0.2) is ToolTimeoutError


async def test_rows_beyond_the_limit_are_left_out_and_said_to_be(queries: ReadonlyQueries, tmp_path: Path) -> None:
    connector = written(tmp_path, "SELECT generate_series(1, 1000000) AS number", max_rows=3)
    output = await SqlConnector(queries).call(connector, invocation(tmp_path))
    assert output.data == [{"number": 1}, {"number": 2}, {"number": 3}]
    assert output.truncated


async def test_without_a_reading_role_the_tool_says_what_is_missing() -> None:
    with pytest.raises(ToolUnavailableError, match="DATABASE_READER_URL"):
        await SqlConnector(None).call(VOLUME, invocation(FOLDER))


def test_the_reader_can_write_nowhere_even_when_it_asks_to(database_urls: DatabaseUrls) -> None:
    with psycopg.connect(database_urls.reader, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        for statement in ("DELETE FROM measurements.events", "CREATE TABLE public.mine (n int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


async def test_events_are_under_the_tenant_policy_and_the_app_cannot_read_them(
    database_urls: DatabaseUrls, events: TenantHandle
) -> None:
    with psycopg.connect(database_urls.superuser) as connection:
        found = connection.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'measurements.events'::regclass"
        )
        assert found.fetchone() == (True, True)
        may = connection.execute("SELECT has_table_privilege('answerable_app', 'measurements.events', 'SELECT')")
        assert may.fetchone() == (False,)
    with psycopg.connect(database_urls.reader) as connection:
        assert connection.execute("SELECT count(*) FROM measurements.events").fetchone() == (0,)
