"""The clients of the three servers, opened by the settings."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.worker import Interceptor

from adapters.object_store import MinioObjectStore
from adapters.postgres.database import Database
from adapters.temporal.error_translation import ErrorTranslation
from adapters.temporal.signing import SignatureCheck, SignedStarts
from bootstrap.settings import Settings
from bootstrap.temporal_client import connect_temporal


@dataclass(frozen=True)
class WorkerSteps:
    """What a worker serves its workflows with."""

    client: Client
    activities: Sequence[Callable[..., Any]]
    interceptors: Sequence[Interceptor]


def step_interceptors(settings: Settings) -> tuple[Interceptor, ...]:
    """The outermost first: a refused step is told like any other error. Without a key nothing is checked."""
    keys = settings.signing_keys
    return (ErrorTranslation(), SignatureCheck(keys)) if keys else (ErrorTranslation(),)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    connection = settings.database
    database = Database(connection.url.get_secret_value(), pool_size=connection.pool_size)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def open_object_store(settings: Settings) -> MinioObjectStore:
    connection = settings.object_store
    return MinioObjectStore(
        endpoint=connection.endpoint,
        access_key=connection.access_key.get_secret_value(),
        secret_key=connection.secret_key.get_secret_value(),
        bucket=connection.bucket,
        secure=connection.secure,
        region=connection.region,
    )


async def open_temporal(settings: Settings, *, lazy: bool = False) -> Client:
    """A client that signs what it starts. Raises WorkflowServiceUnavailableError."""
    signing = [SignedStarts(settings.signing_keys)] if settings.signing_keys else []
    return await connect_temporal(settings.temporal, lazy=lazy, interceptors=signing)
