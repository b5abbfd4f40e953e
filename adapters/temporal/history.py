"""Reads workflow histories into the domain's recorded events."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from domain.audit.projection import RecordedEvent
from domain.errors import NotFoundError, WorkflowServiceUnavailableError

_LOCAL_ACTIVITY_MARKER: Final = "core_local_activity"
_CLOSED: Final = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "completed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "failed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: "timed_out",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: "terminated",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "cancelled",
}


async def recorded_events(client: Client, workflow_id: str) -> list[RecordedEvent]:
    """Return the history of a workflow's latest run, oldest event first.

    Raises NotFoundError when Temporal has no such workflow (any more), WorkflowServiceUnavailableError when it does
    not answer.
    """
    reader = _HistoryReader(client.data_converter)
    try:
        async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
            await reader.read(event)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFoundError("There is no history of this turn.") from error
        raise WorkflowServiceUnavailableError("Temporal did not return the history. Try again.") from error
    return reader.events


class _HistoryReader:
    """Collects the events that audits are made of; activity names come from the events that scheduled them."""

    def __init__(self, converter: DataConverter) -> None:
        self.events: list[RecordedEvent] = []
        self._converter = converter
        self._scheduled: dict[int, str] = {}

    async def read(self, event: HistoryEvent) -> None:
        kind = event.event_type
        if kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            started = event.workflow_execution_started_event_attributes
            self._add(event, "started", started.workflow_type.name, await self._first(started.input.payloads))
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled = event.activity_task_scheduled_event_attributes
            self._scheduled[event.event_id] = scheduled.activity_type.name
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            completed = event.activity_task_completed_event_attributes
            name = self._scheduled.get(completed.scheduled_event_id, "")
            self._add(event, "step_completed", name, await self._first(completed.result.payloads))
        elif kind == EventType.EVENT_TYPE_MARKER_RECORDED:
            await self._read_marker(event)
        elif kind in _CLOSED:
            self.events.append(
                RecordedEvent(sequence=event.event_id, timestamp=_time_of(event), kind="closed", status=_CLOSED[kind])
            )

    async def _read_marker(self, event: HistoryEvent) -> None:
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != _LOCAL_ACTIVITY_MARKER:
            return
        data = marker.details["data"].payloads if "data" in marker.details else []
        name = json.loads(data[0].data).get("activity_type", "") if data else ""
        if marker.HasField("failure"):
            # What the step had decided when it was stopped; its error is told by what the workflow made of it.
            details = marker.failure.application_failure_info.details.payloads
            self._add(event, "step_failed", name, await self._first(details[1:]))
            return
        result = marker.details["result"].payloads if "result" in marker.details else []
        self._add(event, "step_completed", name, await self._first(result))

    def _add(self, event: HistoryEvent, kind: Any, name: str, payload: Any) -> None:
        self.events.append(
            RecordedEvent(
                sequence=event.event_id,
                timestamp=_time_of(event),
                kind=kind,
                name=name,
                payload=payload if isinstance(payload, dict) else {},
            )
        )

    async def _first(self, payloads: Sequence[Payload]) -> Any:
        if not payloads:
            return None
        return (await self._converter.decode(payloads[:1]))[0]


def _time_of(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(tzinfo=UTC)
