"""The one way to a Temporal server, for processes and for set-up."""

from collections.abc import Sequence

from temporalio.client import Client, Interceptor

from adapters.temporal.client import connect
from bootstrap.connections import TemporalConnection


async def connect_temporal(
    connection: TemporalConnection, *, lazy: bool = False, interceptors: Sequence[Interceptor] = ()
) -> Client:
    """Raises WorkflowServiceUnavailableError. ``lazy`` connects at the first call."""
    return await connect(
        connection.address,
        connection.namespace,
        api_key=connection.api_key.get_secret_value() if connection.api_key else None,
        tls=connection.tls,
        lazy=lazy,
        interceptors=interceptors,
    )
