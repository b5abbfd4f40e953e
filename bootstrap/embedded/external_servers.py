"""Waiting for servers that somebody else runs."""

import asyncio
import time
from collections.abc import Callable

import psycopg

from bootstrap.connections import DatabaseConnection, ObjectStoreConnection, TemporalConnection, describe_database
from bootstrap.embedded import object_store
from bootstrap.errors import StartupError
from bootstrap.temporal_client import connect_temporal
from domain.errors import WorkflowServiceUnavailableError

WAIT_SECONDS = 30.0
_RETRY_SECONDS = 0.5


def wait_for_database(connection: DatabaseConnection, timeout_seconds: float = WAIT_SECONDS) -> None:
    """Return when the app role can log in. Raises StartupError with the last refusal."""

    def attempt() -> str | None:
        try:
            psycopg.connect(connection.url.get_secret_value(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return str(error).strip()
        return None

    _retry("PostgreSQL", f"{describe_database(connection.url)} (DATABASE_URL)", attempt, timeout_seconds)


def wait_for_object_store(connection: ObjectStoreConnection, timeout_seconds: float = WAIT_SECONDS) -> None:
    """Return when the store answers. Raises StartupError."""

    def attempt() -> str | None:
        return None if object_store.answers(connection) else "no answer"

    _retry("Object store", f"{connection.endpoint} (S3_ENDPOINT)", attempt, timeout_seconds)


async def wait_for_temporal(connection: TemporalConnection, timeout_seconds: float = WAIT_SECONDS) -> None:
    """Return when the frontend answers. Raises StartupError with the last refusal."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            await connect_temporal(connection)
        except WorkflowServiceUnavailableError as error:
            if time.monotonic() > deadline:
                raise _unreachable(
                    "Temporal", f"{connection.address} (TEMPORAL_ADDRESS)", str(error.__cause__ or error)
                ) from error
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return


def _retry(part: str, where: str, attempt: Callable[[], str | None], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while (refusal := attempt()) is not None:
        if time.monotonic() > deadline:
            raise _unreachable(part, where, refusal)
        time.sleep(_RETRY_SECONDS)


def _unreachable(part: str, where: str, refusal: str) -> StartupError:
    return StartupError(part, f"the external server at {where} does not answer: {refusal}")
