"""Connecting to Temporal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RetryConfig, RPCError

from domain.errors import WorkflowServiceUnavailableError

_CONNECT_TIMEOUT: Final = timedelta(seconds=10)
# The client's own retries are bounded by the deadline that each call carries.
_RPC_RETRIES: Final = RetryConfig(
    initial_interval_millis=100, max_interval_millis=2_000, max_elapsed_time_millis=10_000
)


async def connect(
    address: str,
    namespace: str,
    *,
    api_key: str | None = None,
    tls: bool = False,
    lazy: bool = False,
    interceptors: Sequence[Interceptor] = (),
) -> Client:
    """Return a client whose values are pydantic models. Raises WorkflowServiceUnavailableError.

    ``lazy`` connects at the first call, so that a process can start before Temporal does.
    """
    try:
        return await Client.connect(
            address,
            namespace=namespace,
            api_key=api_key,
            tls=tls or api_key is not None,
            data_converter=pydantic_data_converter,
            retry_config=_RPC_RETRIES,
            connect_timeout=_CONNECT_TIMEOUT,
            lazy=lazy,
            interceptors=interceptors,
        )
    except (RPCError, RuntimeError) as error:
        raise WorkflowServiceUnavailableError(
            f"Temporal does not answer at {address}. Check TEMPORAL_ADDRESS and that the server runs."
        ) from error
