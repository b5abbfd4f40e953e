"""Queries of packs, as a role that can only read: bound parameters, a time limit, a row limit, one tenant.

The tenant of a transaction is a setting, and a setting can be changed by whoever may call set_config. So queries are
checked before they are sent (`query_check`), the role may call as little as its superuser allows (docs/TOOLS.md), and
what we set ourselves is set by literal, for which no right is needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo

from adapters.postgres.database import Connection, Database
from adapters.postgres.query_check import check_query
from domain.errors import DatabaseUnavailableError
from domain.packs.errors import InvalidArgumentsError, ToolDeniedError, ToolError, ToolServiceError, ToolTimeoutError

_log = structlog.get_logger(__name__)
# Also set where the role is made; a connection that is not read-only from the start would trust that alone.
_OPTIONS: Final = (
    "-c default_transaction_read_only=on -c statement_timeout=20s -c idle_in_transaction_session_timeout=30s "
    "-c lock_timeout=2s -c standard_conforming_strings=on"
)
_SET_UP: Final = sql.SQL(
    "SET TRANSACTION READ ONLY; SET LOCAL app.tenant_id = {tenant}; SET LOCAL statement_timeout = {limit}"
)


class Rows(NamedTuple):
    rows: list[dict[str, Any]]
    truncated: bool


class ReadonlyQueries:
    """Use ``open``; ``url`` connects as the read-only role."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self._database = Database(make_conninfo(url, options=_OPTIONS), pool_size=pool_size, reset=_forget)

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    async def run(
        self, tenant_id: UUID, query: str, parameters: Mapping[str, Any], *, timeout_seconds: float, max_rows: int
    ) -> Rows:
        """The first ``max_rows`` rows of one SELECT within one tenant.

        A named cursor takes nothing but a single query, so a file with several statements, or one that writes, is
        refused by the server. Raises ToolTimeout-, ToolDenied-, InvalidArguments-, ToolService- or ToolError.
        """
        check_query(query)
        limit = sql.Literal(f"{int(timeout_seconds * 1000)}ms")
        set_up = _SET_UP.format(tenant=sql.Literal(str(tenant_id)), limit=limit)
        try:
            async with self._database.transaction_set_up_by(set_up) as connection:
                with _told_apart():
                    async with connection.cursor(name="tool") as cursor:
                        await cursor.execute(query.encode(), parameters)
                        rows = await cursor.fetchmany(max_rows + 1)
        except DatabaseUnavailableError as error:
            raise ToolServiceError("The database of the tool did not answer.") from error
        return Rows([dict(row) for row in rows[:max_rows]], len(rows) > max_rows)


async def _forget(connection: Connection) -> None:
    """Let go of whatever a query left in its session: settings, locks, subscriptions."""
    await connection.set_autocommit(True)
    await connection.execute("DISCARD ALL")
    await connection.set_autocommit(False)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Say what a query met; texts of errors stay in the log's codes, for they may quote data."""
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise ToolTimeoutError("The query took too long and was ended.") from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise ToolDeniedError(
            "The query asks for what the read-only role may not do.", sqlstate=error.sqlstate
        ) from error
    except psycopg.DataError as error:
        raise InvalidArgumentsError("An argument is none that the query takes.", sqlstate=error.sqlstate) from error
    except (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.InternalError) as error:
        _log.error("tool_query_refused", sqlstate=error.sqlstate)
        raise ToolError("The database does not take the query.", sqlstate=error.sqlstate) from error
