"""Starts and reads the sweeps of tenants."""

import asyncio
from typing import Any, Final
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import (
    Priority,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.gateways.temporal_calls import RPC_TIMEOUT, TASK_TIMEOUT, bounded
from domain.errors import AlreadyRunningError, Failure, NotFoundError
from domain.knowledge.sweep import SweepReport
from workflows import search_attributes
from workflows.failures import failure_of
from workflows.ids import INGEST_QUEUE, sweep_workflow_id
from workflows.pages.sweep import sweep_started_page
from workflows.sweep_tenant import SweepTenantInput, SweepTenantWorkflow

# Below what `bounded` gives a call, so that a sweep that takes longer is answered and not an error.
_WAIT_SECONDS: Final = 8.0

SweepOutcome = SweepReport | Failure | None
"""None while the sweep runs."""


class SweepGateway:
    """Every method raises WorkflowServiceUnavailableError within seconds when Temporal does not answer."""

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
                await self._client.start_workflow(
                    SweepTenantWorkflow.run,
                    sweep,
                    id=sweep_workflow_id(sweep.tenant_id),
                    task_queue=INGEST_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    task_timeout=TASK_TIMEOUT,
                    memo={"idempotency_key": key or ""},
                    search_attributes=search_attributes.of_tenant(sweep.tenant_id),
                    static_summary=f"{'Remove' if sweep.remove else 'Report'} what ingests left over",
                    static_details=sweep_started_page(
                        sweep.tenant_id, removes=sweep.remove, older_than_seconds=sweep.older_than_seconds
                    ),
                    priority=Priority(fairness_key=str(sweep.tenant_id)),
                    rpc_timeout=RPC_TIMEOUT,
                )
            except WorkflowAlreadyStartedError:
                raise AlreadyRunningError(
                    "A sweep of this tenant runs already. GET /v1/admin/sweep tells how it stands; try again after it."
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
