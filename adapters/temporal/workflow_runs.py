"""Whether workflows are under way."""

from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import WorkflowServiceUnavailableError

_RPC: Final = timedelta(seconds=5)


class TemporalWorkflowRuns:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def is_open(self, workflow_id: str) -> bool:
        """Whether a run is under way; False for a workflow that never was, or whose history expired.

        Raises WorkflowServiceUnavailableError.
        """
        try:
            description = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=_RPC)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise WorkflowServiceUnavailableError("Temporal does not answer. Check that the server runs.") from error
        # What is described is the last of a chain of runs that continued as new. A paused one goes on later.
        return description.close_time is None
