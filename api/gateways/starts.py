"""Starts workflows: the one place that knows the options which all of them have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

from temporalio.client import Client, ScheduleActionStartWorkflow, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.types import MethodAsyncSingleParam

from api.gateways.temporal_calls import RPC_TIMEOUT
from workflows import search_attributes
from workflows.pages.text import one_line

# A dead worker's workflow task is given to another worker after this time.
TASK_TIMEOUT: Final = timedelta(seconds=5)

Workflow = TypeVar("Workflow")
Given = TypeVar("Given")
Result = TypeVar("Result")


class SameId(Enum):
    """What happens to a start whose id a workflow has, or had, already."""

    REFUSED = WorkflowIDConflictPolicy.FAIL, WorkflowIDReusePolicy.REJECT_DUPLICATE
    """For ever: the id names one request."""
    REFUSED_WHILE_RUNNING = WorkflowIDConflictPolicy.FAIL, WorkflowIDReusePolicy.ALLOW_DUPLICATE
    JOINED_WHILE_RUNNING = WorkflowIDConflictPolicy.USE_EXISTING, WorkflowIDReusePolicy.ALLOW_DUPLICATE


@dataclass(frozen=True)
class Start:
    """How a workflow is started. ``summary`` and ``details`` are what the Temporal UI shows of it before it says more
    itself; ``attributes`` are those besides the tenant's."""

    workflow_id: str
    tenant_id: UUID
    queue: str
    same_id: SameId
    summary: str
    details: str | None = None
    attributes: Sequence[SearchAttributePair[Any]] = ()
    memo: Mapping[str, Any] = field(default_factory=dict)
    run_timeout: timedelta | None = None


async def start_workflow(
    client: Client, run: MethodAsyncSingleParam[Any, Given, Result], given: Given, start: Start
) -> WorkflowHandle[Any, Result]:
    """Raises WorkflowAlreadyStartedError where ``start.same_id`` refuses."""
    handle: WorkflowHandle[Any, Result] = await client.start_workflow(
        run,
        given,
        **_options(start),
        **_id_policies(start),
        search_attributes=_attributes(start),
        rpc_timeout=RPC_TIMEOUT,
    )
    return handle


def start_with_update(
    run: MethodAsyncSingleParam[Workflow, Given, Result], given: Given, start: Start
) -> WithStartWorkflowOperation[Workflow, Result]:
    """The start that goes with an update."""
    return WithStartWorkflowOperation(
        run, given, **_options(start), **_id_policies(start), search_attributes=_attributes(start)
    )


def scheduled_start(
    run: MethodAsyncSingleParam[Any, Given, Any], given: Given, start: Start
) -> ScheduleActionStartWorkflow:
    """The start that a schedule repeats. The schedule decides what happens while an earlier one runs."""
    return ScheduleActionStartWorkflow(run, given, **_options(start), typed_search_attributes=_attributes(start))


def _options(start: Start) -> dict[str, Any]:
    return {
        "id": start.workflow_id,
        "task_queue": start.queue,
        "task_timeout": TASK_TIMEOUT,
        "run_timeout": start.run_timeout,
        "memo": start.memo or None,
        "static_summary": one_line(start.summary),
        "static_details": start.details,
        # Tenants share the workers: one with a thousand workflows waiting must not delay another's first.
        "priority": Priority(fairness_key=str(start.tenant_id)),
    }


def _id_policies(start: Start) -> dict[str, Any]:
    conflict, reuse = start.same_id.value
    return {"id_conflict_policy": conflict, "id_reuse_policy": reuse}


def _attributes(start: Start) -> TypedSearchAttributes:
    tenant = SearchAttributePair(search_attributes.TENANT_ID, str(start.tenant_id))
    return TypedSearchAttributes([tenant, *start.attributes])
