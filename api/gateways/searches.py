"""Runs searches as workflows and waits for what they find."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from temporalio.client import Client

from api.gateways.starts import SameId, Start, start_workflow
from api.gateways.temporal_calls import bounded, result_in_time
from workflows.ids import CHAT_QUEUE, search_workflow_id
from workflows.search_passages import SearchFound, SearchInput, SearchWorkflow

_RUN_TIMEOUT: Final = timedelta(seconds=30)


class SearchGateway:
    """Implements SearchWorkflows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def search(self, search: SearchInput, search_id: UUID) -> SearchFound:
        """Raises the domain error with which the search failed, DependencyUnavailableError when no worker took it in
        time, and WorkflowServiceUnavailableError."""
        async with bounded("The search could not be started."):
            handle = await start_workflow(self._client, SearchWorkflow.run, search, _start_of(search, search_id))
            return await result_in_time(
                handle, "No worker answered the search in time. Check that a chat worker runs, and try again."
            )


def _start_of(search: SearchInput, search_id: UUID) -> Start:
    tenant_id = search.filters.tenant_id
    return Start(
        workflow_id=search_workflow_id(tenant_id, search_id),
        tenant_id=tenant_id,
        queue=CHAT_QUEUE,
        same_id=SameId.REFUSED,
        summary=search.query,
        # Nobody waits longer, and nothing is lost with it: a search changes nothing.
        run_timeout=_RUN_TIMEOUT,
    )
