"""The roles of the database, made by the superuser; safe to repeat at every start."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from pydantic import SecretStr

DATABASE = "answerable"
SUPERUSER = "postgres"
OWNER = "answerable_owner"
APP = "answerable_app"
READER = "answerable_reader"

# Everything of the server that does more than compute: what changes settings (the tenant's among them), ends sessions,
# takes locks, waits, writes, or runs SQL from a text. docs/TOOLS.md has the same for a database of one's own.
_CLOSE_FUNCTIONS = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
        AND (p.provolatile = 'v' OR p.proname ~ '^(table|schema|database|query|cursor)_to_xml' OR p.proname = 'ts_stat')
        AND (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) acl WHERE acl.grantee = 0))
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO answerable_owner, answerable_app', f);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$
"""

# Neither can bypass row-level security; not even the owner, for whom the policies are FORCEd.
_ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION")


def create_roles(superuser_url: str, passwords: Mapping[str, SecretStr]) -> None:
    """Make or fix the roles OWNER, APP and READER, the database and the extension ``vector``.

    ``superuser_url`` names DATABASE, which need not exist yet. Raises psycopg.OperationalError when nobody answers.
    """
    maintenance = urlunsplit(urlsplit(superuser_url)._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True, connect_timeout=10) as connection:
        for role in (OWNER, APP, READER):
            _ensure_role(connection, role, passwords[role].get_secret_value())
        _make_read_only(connection)
        _ensure_database(connection)
    with psycopg.connect(superuser_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))
        connection.execute(_CLOSE_FUNCTIONS)


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    # The server gets the SCRAM verifier and never sees the password, so no log can hold it.
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}")
    connection.execute(statement.format(name, _ATTRIBUTES, sql.Literal(verifier)))


def _make_read_only(connection: psycopg.Connection) -> None:
    """What tools of packs connect as: no right to write anywhere, and not for long."""
    role = sql.Identifier(READER)
    for setting, value in (("default_transaction_read_only", "on"), ("statement_timeout", "20s")):
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(statement.format(role, sql.Identifier(setting), sql.Literal(value)))


def _ensure_database(connection: psycopg.Connection) -> None:
    name, owner, app = (sql.Identifier(word) for word in (DATABASE, OWNER, APP))
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(name, app, sql.Identifier(READER)))
