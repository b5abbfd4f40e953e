"""Starts and reads the sweeps of tenants."""

import asyncio
from typing import Any, Final
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.gateways.starts import SameId, Start, start_workflow
from api.gateways.temporal_calls import RPC_TIMEOUT, bounded
from domain.errors import AlreadyRunningError, Failure, NotFoundError
from domain.knowledge.sweep import SweepReport
from workflows.failures import failure_of
from workflows.ids import INGEST_QUEUE, sweep_workflow_id
from workflows.pages.sweep import sweep_started_page
from workflows.sweep_tenant import SweepTenantInput, SweepTenantWorkflow

# Below what `bounded` gives a call, so that a sweep that takes longer is answered and not an error.
_WAIT_SECONDS: Final = 8.0

SweepOutcome = SweepReport | Failure | None
"""None while the sweep runs."""


class SweepGateway:
    """Implements SweepWorkflows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, sweep: SweepTenantInput, key: str | None) -> None:
        """Start a sweep. A repeated ``key`` finds the sweep that it started.

        Raises AlreadyRunningError while another one of the tenant runs.
        """
        if key and await self._last_key(sweep.tenant_id) == key:
            return
        async with bounded("The sweep could not be started."):
            try:
                await start_workflow(self._client, SweepTenantWorkflow.run, sweep, _start_of(sweep, key))
            except WorkflowAlreadyStartedError:
                raise AlreadyRunningError(
                    "A sweep of this tenant is already running. GET /v1/admin/sweep shows its state."
                ) from None

    async def outcome(self, tenant_id: UUID, *, wait: bool) -> SweepOutcome:
        """How the tenant's last sweep ended, with ``wait`` after some seconds of waiting for it.

        Raises NotFoundError when there was none (any more).
        """
        handle = self._handle(tenant_id)
        async with bounded("The sweep could not be looked up."):
            description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
            if description.status is WorkflowExecutionStatus.RUNNING and not wait:
                return None
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    return await handle.result()
            except TimeoutError:
                return None
            except WorkflowFailureError as error:
                return failure_of(error.cause)

    async def _last_key(self, tenant_id: UUID) -> str | None:
        try:
            async with bounded("The sweep could not be looked up."):
                description = await self._handle(tenant_id).describe(rpc_timeout=RPC_TIMEOUT)
                return str((await description.memo()).get("idempotency_key"))
        except NotFoundError:
            return None

    def _handle(self, tenant_id: UUID) -> WorkflowHandle[Any, SweepReport]:
        return self._client.get_workflow_handle(sweep_workflow_id(tenant_id), result_type=SweepReport)


def _start_of(sweep: SweepTenantInput, key: str | None) -> Start:
    return Start(
        workflow_id=sweep_workflow_id(sweep.tenant_id),
        tenant_id=sweep.tenant_id,
        queue=INGEST_QUEUE,
        same_id=SameId.REFUSED_WHILE_RUNNING,
        summary=f"{'Remove' if sweep.remove else 'Report'} what ingests left over",
        details=sweep_started_page(sweep.tenant_id, removes=sweep.remove, older_than_seconds=sweep.older_than_seconds),
        memo={"idempotency_key": key or ""},
    )
