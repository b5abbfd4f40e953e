"""One tenant never sees or touches another's rows, whatever happened on the connection before."""

import asyncio
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from adapters.postgres.database import Database
from adapters.postgres.models import metadata
from adapters.postgres.row_security import POLICY
from domain.errors import AnswerableError, NotFoundError
from tests.fixtures.database import DatabaseUrls, TenantHandle


@pytest.fixture
def catalogue(database_urls: DatabaseUrls) -> Iterator[psycopg.Connection[dict[str, object]]]:
    with psycopg.connect(database_urls.superuser, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
async def one_connection(database_urls: DatabaseUrls) -> Database:
    """A pool of one, so that consecutive transactions are sure to share a connection."""
    return Database(database_urls.app, pool_size=1)


async def names(database: Database, tenant_id: UUID) -> list[str]:
    async with database.transaction(tenant_id) as connection:
        cursor = await connection.execute("SELECT name FROM bots")
        return [row["name"] for row in await cursor.fetchall()]


def test_every_table_with_a_tenant_forces_the_tenant_policy(
    catalogue: psycopg.Connection[dict[str, object]],
) -> None:
    tables = catalogue.execute(
        """
        SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
               p.polname AS policy, p.polcmd AS command, p.polpermissive AS permissive, p.polroles AS roles,
               pg_get_expr(p.polqual, p.polrelid) AS visible, pg_get_expr(p.polwithcheck, p.polrelid) AS writable
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'm', 'v') AND c.relnamespace = 'public'::regnamespace
        """
    ).fetchall()
    predicate = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"
    expected = {"enabled": True, "forced": True, "policy": POLICY, "command": "*", "permissive": True, "roles": [0]}
    for table in tables:
        assert {name: table[name] for name in expected} == expected, table["name"]
        assert table["visible"] == table["writable"] == predicate, table["name"]
    assert {table["name"] for table in tables} == set(metadata.tables)


def test_no_table_of_ours_is_without_a_tenant(catalogue: psycopg.Connection[dict[str, object]]) -> None:
    tables = catalogue.execute(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {row["name"] for row in tables} - set(metadata.tables) == {"alembic_version"}


def test_the_app_role_owns_nothing_and_cannot_bypass(
    catalogue: psycopg.Connection[dict[str, object]],
) -> None:
    role = catalogue.execute(
        """
        SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
               (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS tables,
               (SELECT count(*) FROM pg_proc WHERE proowner = r.oid) AS functions,
               (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) AS memberships
        FROM pg_roles r WHERE rolname = 'answerable_app'
        """
    ).fetchone()
    assert role is not None
    assert set(role.values()) == {False}


def test_the_owner_of_the_tables_is_no_superuser_and_sees_no_rows(
    database_urls: DatabaseUrls, tenant: TenantHandle
) -> None:
    with psycopg.connect(database_urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM tenants").fetchone() == (0,)
        found = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert found.fetchone() == (False, False)


def test_every_foreign_key_and_unique_constraint_includes_the_tenant(
    catalogue: psycopg.Connection[dict[str, object]],
) -> None:
    constraints = catalogue.execute(
        """
        SELECT i.indexrelid::regclass::text AS name, i.indkey::int[] AS columns, a.attnum AS tenant
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id'
        WHERE i.indisunique AND i.indrelid::regclass::text = ANY(%(tables)s)
        UNION ALL
        SELECT c.conname, c.conkey::int[], a.attnum
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'tenant_id'
        WHERE c.contype = 'f'
        """,
        {"tables": list(metadata.tables)},
    ).fetchall()
    assert len(constraints) > 30
    for constraint in constraints:
        columns = constraint["columns"]
        assert isinstance(columns, list)
        assert constraint["tenant"] in columns, constraint["name"]


@pytest.mark.parametrize("table", ["passages", "turns", "messages", "spans", "index_postings"])
def test_what_was_cited_or_said_cannot_be_rewritten_by_the_app(
    table: str, catalogue: psycopg.Connection[dict[str, object]]
) -> None:
    row = catalogue.execute("SELECT has_table_privilege('answerable_app', %s, 'UPDATE') AS may", [table]).fetchone()
    assert row == {"may": False}


async def test_a_reused_connection_shows_each_tenant_its_own_rows_after_a_commit(
    one_connection: Database, tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    async with one_connection as pool:
        await other_tenant.new_bot(name="Other's bot")
        assert await names(pool, tenant.tenant_id) == ["Test bot"]
        assert sorted(await names(pool, other_tenant.tenant_id)) == ["Other's bot", "Test bot"]
        assert await names(pool, uuid4()) == []


async def test_a_reused_connection_shows_each_tenant_its_own_rows_after_an_error(
    one_connection: Database, tenant: TenantHandle
) -> None:
    async with one_connection as pool:
        with pytest.raises(AnswerableError, match="refused a statement"):
            async with pool.transaction(tenant.tenant_id) as connection:
                await connection.execute("SELECT no_such_column FROM bots")
        assert await names(pool, uuid4()) == []
        assert await names(pool, tenant.tenant_id) == ["Test bot"]


async def test_a_reused_connection_shows_each_tenant_its_own_rows_after_a_rollback(
    one_connection: Database, tenant: TenantHandle
) -> None:
    async with one_connection as pool:

        async def rename_in_vain() -> None:
            async with pool.transaction(tenant.tenant_id) as connection:
                await connection.execute("UPDATE bots SET name = 'Renamed'")
                raise RuntimeError("on purpose")

        with pytest.raises(RuntimeError, match="on purpose"):
            await rename_in_vain()
        assert await names(pool, uuid4()) == []
        assert await names(pool, tenant.tenant_id) == ["Test bot"]


async def test_a_reused_connection_shows_each_tenant_its_own_rows_after_a_cancelled_statement(
    one_connection: Database, tenant: TenantHandle
) -> None:
    async with one_connection as pool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), pool.transaction(tenant.tenant_id) as connection:
                await connection.execute("SELECT pg_sleep(30)")
        assert await names(pool, uuid4()) == []
        assert await names(pool, tenant.tenant_id) == ["Test bot"]


async def test_a_transaction_cannot_be_ended_inside_its_block(database: Database, tenant: TenantHandle) -> None:
    with pytest.raises(AnswerableError):
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.commit()


async def test_without_a_tenant_no_row_is_visible(database_urls: DatabaseUrls, tenant: TenantHandle) -> None:
    async with await psycopg.AsyncConnection.connect(database_urls.app) as connection:
        for table in metadata.tables:
            cursor = await connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert await cursor.fetchone() == (0,)


async def test_a_row_of_another_tenant_can_be_neither_written_nor_changed_nor_deleted(
    database: Database, tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    with pytest.raises(AnswerableError):
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.execute("INSERT INTO tenants (tenant_id, name) VALUES (%s, 'Smuggled')", [uuid4()])
    async with database.transaction(tenant.tenant_id) as connection:
        key = [other_tenant.tenant_id]
        updated = await connection.execute("UPDATE bots SET name = 'Taken' WHERE tenant_id = %s", key)
        deleted = await connection.execute("DELETE FROM bots WHERE tenant_id = %s", key)
        assert (updated.rowcount, deleted.rowcount) == (0, 0)
    with pytest.raises(AnswerableError):
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.execute("UPDATE bots SET tenant_id = %s", [other_tenant.tenant_id])
    assert await names(database, other_tenant.tenant_id) == ["Test bot"]


async def test_a_row_cannot_refer_to_another_tenants_row(
    database: Database, tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    with pytest.raises(NotFoundError):
        async with database.transaction(tenant.tenant_id) as connection:
            await connection.execute(
                "INSERT INTO bot_datasets (tenant_id, bot_id, dataset_id) VALUES (%s, %s, %s)",
                [tenant.tenant_id, tenant.bot.bot_id, other_tenant.dataset.dataset_id],
            )


async def test_tenants_at_once_on_few_connections_see_only_themselves(
    database_urls: DatabaseUrls, tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    async with Database(database_urls.app, pool_size=3) as pool:

        async def ids_seen(tenant_id: UUID) -> set[UUID]:
            async with pool.transaction(tenant_id) as connection:
                cursor = await connection.execute("SELECT tenant_id FROM datasets")
                return {row["tenant_id"] for row in await cursor.fetchall()}

        asked = [tenant.tenant_id, other_tenant.tenant_id] * 50
        seen = await asyncio.gather(*(ids_seen(tenant_id) for tenant_id in asked))
    assert seen == [{tenant_id} for tenant_id in asked]


def test_what_runs_as_the_owner_has_a_fixed_search_path_and_is_open_to_the_app_role_only(
    catalogue: psycopg.Connection[dict[str, object]],
) -> None:
    functions = catalogue.execute(
        """
        SELECT p.proname AS name, p.proconfig AS settings,
               has_function_privilege('answerable_app', p.oid, 'EXECUTE') AS app,
               EXISTS (SELECT 1 FROM aclexplode(p.proacl) WHERE grantee = 0) AS everybody
        FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
        """
    ).fetchall()
    path = "search_path=pg_catalog, public, pg_temp"
    assert {str(one.pop("name")): one for one in functions} == {
        "build_vector_index": {"settings": [path], "app": True, "everybody": False},
        "analyse_grown_tables": {"settings": [path, "lock_timeout=1s"], "app": True, "everybody": False},
    }
