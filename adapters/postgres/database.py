"""The only way to a connection: inside a transaction, for one tenant."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from domain.errors import AnswerableError, DatabaseUnavailableError, InvalidRequestError, NotFoundError

_log = structlog.get_logger(__name__)
Connection: TypeAlias = AsyncConnection[DictRow]

PATIENCE_SECONDS: Final = 5.0
_RECONNECT_SECONDS: Final = 0.5
# Given when the connection starts, so that no session is ever changed afterwards. A URL may set others.
_CONNECTION_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "answerable",
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": "-c statement_timeout=60s -c idle_in_transaction_session_timeout=60s -c lock_timeout=20s",
}
_TENANT: Final = "set_config('app.tenant_id', %s, true)"
_SETTING: Final = "set_config(%s, %s, true)"
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
SOON: Final[Mapping[str, str]] = MappingProxyType({"synchronous_commit": "off"})
"""For a transaction that is not waited for until it is on the disk: a crash of the server may take it back."""

# OperationalError covers lost connections, shutdowns, timeouts, deadlocks and serialisation failures. Read-only is a
# server that has just stopped being, or is not yet, the primary.
_PASSING: Final = (
    PoolTimeout,
    PoolClosed,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
)

# Operational by name, but no later moment fixes them: a statement, or a row, is too large for the server.
_LIMITS: Final = (psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)


class Database:
    """The process's connections, as the app role.

    A connection that died (the server was killed, the network broke) is noticed before it is handed out and replaced.
    While the server is away, callers wait at most ``patience`` seconds and get DatabaseUnavailableError; new
    connections are tried all the time, about twice a second while anybody wants one.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        patience: float = PATIENCE_SECONDS,
        reset: Callable[[Connection], Awaitable[None]] | None = None,
    ) -> None:
        """``reset`` is called with each connection that comes back; one for which it raises is closed."""
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            make_conninfo(**{**_CONNECTION_DEFAULTS, **conninfo_to_dict(url)}),
            kwargs={"row_factory": dict_row},
            min_size=min(2, pool_size),
            max_size=pool_size,
            timeout=patience,
            open=False,
            reset=reset,
            name="answerable",
            reconnect_timeout=_RECONNECT_SECONDS,
            reconnect_failed=_try_again,
        )

    async def open(self) -> None:
        """Start connecting, without waiting: a process may start before its database does."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close()

    async def __aenter__(self) -> "Database":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(
        self, tenant_id: UUID, settings: Mapping[str, str] = NO_SETTINGS
    ) -> AsyncIterator[Connection]:
        """One READ COMMITTED transaction that sees and writes the rows of ``tenant_id`` only.

        Commits when the block ends, rolls back when it raises. The connection must not leave the block. psycopg's
        errors come out as domain errors: DatabaseUnavailableError when trying again can help. ``settings`` are the
        server's, by name, until the transaction ends.
        """
        with translated_errors():
            first = ", ".join([_TENANT, *[_SETTING] * len(settings)])
            values = [text for setting in settings.items() for text in setting]
            connection, held = await self._begin(f"SELECT {first}", [str(tenant_id), *values])
            async with held:
                yield connection

    @asynccontextmanager
    async def transaction_set_up_by(self, statements: sql.Composed) -> AsyncIterator[Connection]:
        """A transaction that begins with ``statements``, for a role that may not call set_config."""
        with translated_errors():
            connection, held = await self._begin(statements, None)
            async with held:
                yield connection

    async def ping(self) -> None:
        """Return when the database answers. Raises DatabaseUnavailableError."""
        with translated_errors():
            _, held = await self._begin("SELECT 1", [])
            await held.aclose()

    async def _begin(
        self, first: str | sql.Composed, parameters: list[str] | None
    ) -> tuple[Connection, AsyncExitStack]:
        """A connection in a transaction that began with ``first``, and what ends it and gives the connection back.

        A connection that had died in the pool fails here, before anybody's work, and the next is taken at once: the
        pool's own check would pause ever longer between them.
        """
        # All of the pool may have died, and all of it may come to one caller; only then does it wait for a new one.
        for _ in range(self._pool.max_size + 1):
            connection, held = await self._pool.getconn(), AsyncExitStack()
            held.push_async_callback(self._pool.putconn, connection)
            try:
                await held.enter_async_context(connection.transaction())
                await connection.execute(first, parameters)
            except BaseException as error:
                died = connection.broken and isinstance(error, psycopg.Error)
                await held.__aexit__(type(error), error, error.__traceback__)
                if not died:
                    raise
            else:
                return connection, held
        raise PoolTimeout("every connection of the pool had died")


async def _try_again(pool: AsyncConnectionPool[Connection]) -> None:
    # An attempt that was given up leaves a smaller pool and waiting callers; a check starts the next attempt.
    await pool.check()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn psycopg's errors into domain errors; the cause stays attached for the log, and out of the message."""
    try:
        yield
    except _LIMITS as error:
        _log.error("database_limit_exceeded", sqlstate=error.sqlstate)
        raise AnswerableError(
            "This is too large for the database. The log has its SQLSTATE.", sqlstate=error.sqlstate
        ) from error
    except _PASSING as error:
        _log.warning("database_unavailable", error_type=type(error).__name__, sqlstate=error.sqlstate)
        raise DatabaseUnavailableError("The database did not answer. Try again in a moment.") from error
    except psycopg.DataError as error:
        raise InvalidRequestError(
            "A value cannot be stored: it contains a character or a number that the database does not take."
        ) from error
    except psycopg.errors.ForeignKeyViolation as error:
        _log.warning("database_reference_missing", constraint=error.diag.constraint_name)
        raise NotFoundError("Something that this refers to does not exist.") from error
    except psycopg.Error as error:
        # Codes and names only: the text of an error can quote a tenant's data.
        _log.error("database_refused", sqlstate=error.sqlstate, constraint=error.diag.constraint_name)
        raise AnswerableError(
            "The database refused a statement. The log has its SQLSTATE.", sqlstate=error.sqlstate
        ) from error
