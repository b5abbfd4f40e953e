"""What a query of a pack can call: the whole catalogue of the server, as the role that tools read with."""

import random
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from adapters.postgres.query_check import FUNCTIONS, SYNTAX, check_query
from adapters.postgres.readonly_queries import ReadonlyQueries
from domain.packs.errors import ToolDeniedError, ToolError
from tests.fixtures.database import DatabaseUrls

PACKS = Path(__file__).parents[2] / "packs"
_CALLABLE = """
SELECT DISTINCT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE has_function_privilege(%s, p.oid, 'EXECUTE')
"""
_IMPURE = """
SELECT DISTINCT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY(%s)
  AND (p.provolatile = 'v' OR p.prosecdef OR l.lanname NOT IN ('internal', 'sql'))
"""
_STILL_OPEN = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE has_function_privilege('answerable_reader', p.oid, 'EXECUTE') AND p.prokind = 'f'
  AND p.pronamespace = 'pg_catalog'::regnamespace AND (p.provolatile = 'v' OR p.proname ~ '_to_xml')
"""
SOMEBODY = "00000000-0000-0000-0000-000000000001"
SEE_SOMEBODY = f"set_config('app.tenant_id', '{SOMEBODY}', true)"
HOSTILE = [
    f"SELECT {SEE_SOMEBODY}, (SELECT count(*) FROM measurements.events)",  # noqa: S608
    f"WITH c AS (SELECT {SEE_SOMEBODY} AS s) SELECT count(*) FROM c, measurements.events WHERE s > ''",  # noqa: S608
    f"SELECT pg_catalog.set_config('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT \"set_config\"('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT pg_catalog . /* x /* y */ */ \"set_config\" -- z\n ('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT SET_CONFIG\f('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT U&\"set\\005fconfig\"('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT u & \"set_config\"('app.tenant_id', '{SOMEBODY}', true)",
    f"SELECT E'\\'', set_config('app.tenant_id', '{SOMEBODY}', true), ''",
    f"SELECT $$'$$, set_config('app.tenant_id', '{SOMEBODY}', true) --'",
    f"SELECT 1 /* /* */ '*/, set_config('app.tenant_id', '{SOMEBODY}', true) --'",
    "SELECT set_config('role', 'answerable_app', true)",
    "SELECT current_setting('data_directory')",
    "SELECT query_to_xml('SELECT set_config(''app.tenant_id'', ''x'', true)', true, true, '')",
    "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
    "SELECT * FROM ts_stat('SELECT 1')",
    "SELECT ts_rewrite('a'::tsquery, 'SELECT 1, 2')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
    "SELECT pg_cancel_backend(1)",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock(1)",
    "SELECT pg_advisory_xact_lock_shared(1)",
    "SELECT pg_sleep(10)",
    "SELECT pg_sleep_for('10 s')",
    "SELECT pg_notify('answers', 'x')",
    "SELECT lo_create(4711)",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT dblink('host=127.0.0.1', 'SELECT 1')",
    "SELECT pg_logical_emit_message(false, 'a', 'b')",
    "SELECT txid_current()",
    "SELECT nextval('s')",
    "SELECT repeat('x', 1000000000)",
    "SELECT format('%%1000000000s', 1)",
    "SELECT pg_catalog.now(), public.anything()",
    "SELECT a.b.pg_sleep(1)",
    "SELECT (SELECT pg_stat_activity FROM pg_stat_activity LIMIT 1).query",
    "SELECT * FROM pg_catalog.pg_authid",
    "SELECT * FROM pg_settings",
    "EXPLAIN ANALYZE SELECT 1",
    "SET app.tenant_id = 'x'",
    "RESET ALL",
    "LISTEN answers",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "FETCH ALL FROM tool",
    "CREATE TEMP TABLE t AS SELECT 1",
    "SELECT 1 INTO TEMP t",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "DO 'BEGIN END'",
    "CALL x()",
    "BEGIN",
    "SELECT 1; SELECT 2",
    "SELECT * FROM measurements.events FOR UPDATE",
    "LOCK TABLE measurements.events",
    "WITH d AS (DELETE FROM measurements.events RETURNING 1) SELECT * FROM d",
]

CALL = "pg_advisory_lock(4711)"
"""Stands for any that is not listed: it has no quotes, so that it fits into anything, and leaves a trace."""
GLUE = ["", ", ", ",1,"]
OPENING = [
    *("", "'", "''", "E'\\'", "E'\\''", "e'\\''", "N'\\''", "U&'\\''", "'b'\n'\\''", "1e'\\''", '"', 'U&"', '1 AS "'),
    *("--", "--\r", "/*", "/*/", "/* /*", "$$", "$$'$$", "$a$'$a$", "1 -", "1 *", "1 /"),
]
CLOSING = [
    "",
    "'",
    "''",
    '"',
    '""',
    "\n",
    "\r",
    "*/",
    "*/*/",
    "*/ */ '",
    "$$",
    "--",
    "--'",
    "''--'",
    "\n'",
    "*/'",
    "/*'*/",
    "1",
]


@pytest.fixture(scope="session")
async def queries(database_urls: DatabaseUrls) -> AsyncIterator[ReadonlyQueries]:
    opened = ReadonlyQueries(database_urls.reader, pool_size=1)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def reader_functions(database_urls: DatabaseUrls) -> list[tuple[str, str]]:
    with psycopg.connect(database_urls.superuser) as connection:
        return connection.execute(_CALLABLE, ["answerable_reader"]).fetchall()


@pytest.mark.parametrize("query", HOSTILE)
async def test_a_hostile_query_is_refused(queries: ReadonlyQueries, query: str) -> None:
    with pytest.raises(ToolError):
        await queries.run(uuid4(), query, {}, timeout_seconds=2, max_rows=10)


def test_of_all_that_the_role_may_call_a_query_may_call_what_is_listed(
    reader_functions: list[tuple[str, str]],
) -> None:
    assert len(reader_functions) > 1_000
    names = {name for _, name in reader_functions}
    assert {name for name in names if _passes(f'SELECT "{name}"(1)')} <= FUNCTIONS
    assert {name for name in names if _passes(f"SELECT {name}(1)")} <= FUNCTIONS | SYNTAX


def test_each_listed_function_is_there_and_only_computes(database_urls: DatabaseUrls) -> None:
    """A server whose new version makes one of them do more fails here."""
    with psycopg.connect(database_urls.superuser) as connection:
        known = {name for (name,) in connection.execute("SELECT proname FROM pg_proc").fetchall()}
        assert known >= FUNCTIONS
        words = [*FUNCTIONS, *SYNTAX]
        assert connection.execute(_IMPURE, [words]).fetchall() == []


def test_the_role_of_the_embedded_server_may_call_nothing_that_does_more_than_compute(
    database_urls: DatabaseUrls,
) -> None:
    with psycopg.connect(database_urls.superuser) as connection:
        assert connection.execute(_STILL_OPEN).fetchall() == []
    with psycopg.connect(database_urls.reader, autocommit=True) as connection:
        for call in ("set_config('app.tenant_id', 'x', true)", "pg_advisory_lock(1)", "pg_terminate_backend(1)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {call}")


def test_the_statements_for_a_database_of_ones_own_do_the_same(database_urls: DatabaseUrls) -> None:
    """docs/TOOLS.md has them: run on a server where everybody may call everything, they close the same functions."""
    page = (PACKS.parent / "docs" / "TOOLS.md").read_text(encoding="utf-8")
    block = next(text for text in re.findall(r"```sql\n(.*?)```", page, re.DOTALL) if "REVOKE EXECUTE" in text)
    with psycopg.connect(database_urls.superuser) as connection:
        connection.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_catalog TO PUBLIC")
        assert connection.execute(_STILL_OPEN).fetchall()
        connection.execute(block)
        assert connection.execute(_STILL_OPEN).fetchall() == []
        for role in ("answerable_app", "answerable_owner"):
            may = "SELECT has_function_privilege(%s, 'set_config(text,text,boolean)', 'EXECUTE')"
            assert connection.execute(may, [role]).fetchone() == (True,)
        connection.rollback()


def test_no_way_of_cutting_a_text_smuggles_a_call_past_the_check(database_urls: DatabaseUrls) -> None:
    """Pieces that begin, end or hide strings, names and comments, in any order: whatever passes is run by a role that
    may call everything, and calls nothing that is not listed."""
    chance, passed, ran = random.Random(20261201), 0, 0
    with psycopg.connect(database_urls.app, autocommit=True) as connection:
        for _ in range(20_000):
            opened, closed = "".join(chance.choices(OPENING, k=2)), "".join(chance.choices(CLOSING, k=2))
            query = f"SELECT 1, {opened}{chance.choice(GLUE)}{CALL}{chance.choice(GLUE)}{closed}"
            if not _passes(query):
                continue
            passed += 1
            with suppress(psycopg.Error):
                connection.execute(query.encode())
                ran += 1
            assert connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone() is None, query
    assert passed > 300
    assert ran > 30


async def test_nothing_sticks_to_a_connection(queries: ReadonlyQueries) -> None:
    pool = queries._database._pool  # noqa: SLF001 - what the pool hands out next is the point
    async with pool.connection() as connection:
        await connection.execute("SET app.tenant_id = 'somebody'")
        await connection.execute("LISTEN answers")
    async with pool.connection() as connection:
        left = await connection.execute("SELECT current_setting('app.tenant_id', true) AS tenant")
        assert [row["tenant"] for row in await left.fetchall()] in ([""], [None])
        heard = await connection.execute("SELECT pg_listening_channels()")
        assert await heard.fetchall() == []


@pytest.mark.parametrize("path", sorted(PACKS.glob("*/sql/*.sql")), ids=lambda path: path.name)
def test_the_queries_of_our_packs_pass(path: Path) -> None:
    check_query(path.read_text(encoding="utf-8"))


def _passes(query: str) -> bool:
    try:
        check_query(query)
    except ToolDeniedError:
        return False
    return True
