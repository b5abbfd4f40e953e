"""Runs searches as workflows and waits for what they find."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from temporalio.client import Client
from temporalio.common import Priority, WorkflowIDReusePolicy

from api.gateways.temporal_calls import RPC_TIMEOUT, TASK_TIMEOUT, bounded, result_in_time
from workflows import search_attributes
from workflows.ids import CHAT_QUEUE, search_workflow_id
from workflows.pages.text import one_line
from workflows.search_passages import SearchFound, SearchInput, SearchWorkflow

_RUN_TIMEOUT: Final = timedelta(seconds=30)


class SearchGateway:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def search(self, search: SearchInput, search_id: UUID) -> SearchFound:
        """Raises the domain error with which the search failed, DependencyUnavailableError when no worker took it in
        time, and WorkflowServiceUnavailableError."""
        async with bounded("The search could not be started."):
            handle = await self._client.start_workflow(
                SearchWorkflow.run,
                search,
                id=search_workflow_id(search.filters.tenant_id, search_id),
                task_queue=CHAT_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                # Nobody waits longer, and nothing is lost with it: a search changes nothing.
                run_timeout=_RUN_TIMEOUT,
                task_timeout=TASK_TIMEOUT,
                search_attributes=search_attributes.of_tenant(search.filters.tenant_id),
                static_summary=one_line(search.query),
                priority=Priority(fairness_key=str(search.filters.tenant_id)),
                rpc_timeout=RPC_TIMEOUT,
            )
            return await result_in_time(
                handle, "No worker answered the search in time. Check that a chat worker runs, and try again."
            )
