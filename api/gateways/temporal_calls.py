"""How the gateways call Temporal: bounded in time, its client's errors turned into domain errors with a hint."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.edge.errors import error_of
from domain.errors import DependencyUnavailableError, NotFoundError, WorkflowServiceUnavailableError
from workflows.failures import failure_of

CALL_SECONDS: Final = 10.0
# Below what `bounded` gives a call, so that a workflow that takes longer is told from a Temporal that is away.
_RESULT_SECONDS: Final = 9.0
RPC_TIMEOUT: Final = timedelta(seconds=5)
# How long a result is awaited before we check that the server is still there.
_SLICE_SECONDS: Final = 4.0
_PAUSE_SECONDS: Final = 0.2

Result = TypeVar("Result")


@asynccontextmanager
async def bounded(what_failed: str) -> AsyncIterator[None]:
    """Give what is inside ten seconds, and say that Temporal is unavailable when that was not enough."""
    hint = f"{what_failed} Check that Temporal runs (GET /v1/ready) and try again with the same Idempotency-Key."
    try:
        async with asyncio.timeout(CALL_SECONDS):
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise WorkflowServiceUnavailableError(hint) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFoundError("There is no such workflow.") from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise
        raise WorkflowServiceUnavailableError(hint) from error
    except RuntimeError as error:
        # What a client that connects at its first call raises when it cannot.
        raise WorkflowServiceUnavailableError(hint) from error


async def result_in_time(handle: WorkflowHandle[Any, Result], late: str) -> Result:
    """The result of a workflow that is quick. Within ``bounded``.

    Raises DependencyUnavailableError with ``late``, or the domain error with which the workflow failed.
    """
    try:
        async with asyncio.timeout(_RESULT_SECONDS):
            return await handle.result()
    except TimeoutError:
        raise DependencyUnavailableError(late) from None
    except WorkflowFailureError as error:
        raise error_of(failure_of(error.cause)) from error


async def require_service(client: Client) -> None:
    """Raises WorkflowServiceUnavailableError unless Temporal answers."""
    async with bounded("Temporal does not answer."):
        await client.service_client.check_health(retry=True, timeout=RPC_TIMEOUT)


async def await_result(client: Client, handle: WorkflowHandle[Any, Result], wait: timedelta) -> Result | None:
    """The result of a workflow; None if it still runs after ``wait``.

    In slices: the client's own long poll would outlast a server that is gone for good. Raises WorkflowFailureError,
    NotFoundError or WorkflowServiceUnavailableError.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + wait.total_seconds()
    while (remaining := deadline - clock()) > 0:
        try:
            async with asyncio.timeout(min(remaining, _SLICE_SECONDS)):
                return await handle.result()
        except TimeoutError:
            await require_service(client)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotFoundError("There is no such workflow.") from error
            await require_service(client)
            await asyncio.sleep(_PAUSE_SECONDS)
    return None


class RunClosedError(Exception):
    """The run closed between being found and being updated: a new one takes the update."""


async def on_an_open_run(update: Callable[[], Awaitable[Result]]) -> Result:
    """The result of an update. Raises RunClosedError, or the domain error with which a step of it failed."""
    try:
        return await update()
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow":
            raise RunClosedError from error
        raise error_of(failure_of(cause)) from error
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.ABORTED):
            raise RunClosedError from error
        raise
