"""Starts the tuning of tenants by their feedback, and has it run daily."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.gateways.starts import SameId, Start, scheduled_start, start_workflow
from api.gateways.temporal_calls import RPC_TIMEOUT, bounded, result_in_time
from domain.errors import AlreadyRunningError
from domain.feedback.feedback import Tuning
from workflows.ids import INGEST_QUEUE, tuning_workflow_id
from workflows.tune_feedback import TuneFeedbackInput, TuneFeedbackWorkflow

_DAILY: Final = timedelta(days=1)
_BY_SCHEDULE: Final = "schedule"


class TuningGateway:
    """Implements TuningWorkflows."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._scheduled: set[UUID] = set()

    async def schedule(self, tenant_id: UUID) -> None:
        """Have the tenant's feedback learned from daily. Does nothing when that is so."""
        if tenant_id in self._scheduled:
            return
        given = TuneFeedbackInput(tenant_id=tenant_id, requested_by=_BY_SCHEDULE)
        start = _start_of(given)
        action = scheduled_start(TuneFeedbackWorkflow.run, given, start)
        spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=_DAILY)], jitter=timedelta(hours=1))
        policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP)
        async with bounded("The daily tuning could not be scheduled."):
            try:
                await self._client.create_schedule(
                    start.workflow_id, Schedule(action=action, spec=spec, policy=policy), rpc_timeout=RPC_TIMEOUT
                )
            except ScheduleAlreadyRunningError:
                # Made by an earlier release or signed with an earlier key; when and whether it runs is left as it is.
                await self._client.get_schedule_handle(start.workflow_id).update(
                    lambda found: _with_action(found, action), rpc_timeout=RPC_TIMEOUT
                )
        self._scheduled.add(tenant_id)

    async def tune(self, given: TuneFeedbackInput) -> Tuning:
        """Learn now, or go back to a version, and return what applies.

        Raises AlreadyRunningError while another one of the tenant runs, and the error with which it failed.
        """
        async with bounded("The tuning could not be started."):
            try:
                handle = await start_workflow(self._client, TuneFeedbackWorkflow.run, given, _start_of(given))
            except WorkflowAlreadyStartedError:
                raise AlreadyRunningError("A tuning of this tenant is already running. Try again later.") from None
            return await result_in_time(
                handle,
                "The tuning takes longer than expected. GET /v1/admin/tuning shows when it is done.",
            )


def _start_of(given: TuneFeedbackInput) -> Start:
    return Start(
        workflow_id=tuning_workflow_id(given.tenant_id),
        tenant_id=given.tenant_id,
        queue=INGEST_QUEUE,
        same_id=SameId.REFUSED_WHILE_RUNNING,
        summary="Learn from feedback" if given.activate is None else "Go back to an earlier version",
    )


def _with_action(found: ScheduleUpdateInput, action: ScheduleActionStartWorkflow) -> ScheduleUpdate:
    return ScheduleUpdate(schedule=replace(found.description.schedule, action=action))
