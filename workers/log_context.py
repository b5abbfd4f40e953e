"""Every log line of a turn's steps names the turn."""

from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from workflows.ids import parse_turn_workflow_id


class TurnLogContext(Interceptor):
    """Binds ``trace_id`` and ``tenant_id`` while a step of a turn runs. The outermost of a worker's interceptors, so
    that the lines of the others have them too."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Binding(next)


class _Binding(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's names
        with structlog.contextvars.bound_contextvars(**_names(activity.info().workflow_id or "")):
            return await self.next.execute_activity(input)


def _names(workflow_id: str) -> dict[str, str]:
    """Nothing for workflows that are no turns, such as searches."""
    try:
        turn = parse_turn_workflow_id(workflow_id)
    except ValueError:
        return {}
    return {"trace_id": turn.turn_id, "tenant_id": str(turn.tenant_id)}
