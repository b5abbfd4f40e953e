"""Where the time of a turn goes: its history gives the stretches, its envelopes the work of the steps within them."""

import statistics
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from answerable_sdk import AsyncAnswerable
from domain.audit.envelope import AuditKind
from workflows.ids import turn_workflow_id

# Intent and packs are decided in one step, on one clock; the later envelope holds the whole.
_SAME_STEP = AuditKind.INTENT_CLASSIFIED


@dataclass(frozen=True)
class AskedTurn:
    """A turn as its client saw it; both moments have their time zone."""

    trace_id: str
    sent: datetime
    answered: datetime


async def stretches(client: Client, tenant_id: UUID, turns: list[AskedTurn]) -> dict[str, float]:
    """Median milliseconds of each stretch between the client's question and its answer; they follow each other."""
    found: dict[str, list[float]] = {}
    for turn in turns:
        handle = client.get_workflow_handle(turn_workflow_id(tenant_id, turn.trace_id))
        history = await handle.fetch_history()
        for name, milliseconds in _between(turn, list(history.events)).items():
            found.setdefault(name, []).append(milliseconds)
    return _medians(found)


async def steps(answerable: AsyncAnswerable, turns: list[AskedTurn]) -> dict[str, float]:
    """Median milliseconds of work of each step, as its envelope tells."""
    found: dict[str, list[float]] = {}
    for turn in turns:
        for event in (await answerable.audit.get(turn.trace_id)).events:
            took = event.data.get("duration_ms")
            if isinstance(took, float | int) and event.kind != _SAME_STEP:
                found.setdefault(event.kind, []).append(float(took))
    return _medians(found)


def _between(turn: AskedTurn, events: list[HistoryEvent]) -> dict[str, float]:
    def first(kind: EventType.ValueType) -> float:
        return next(_milliseconds(event) for event in events if event.event_type == kind)

    started, closed = _milliseconds(events[0]), _milliseconds(events[-1])
    taken = first(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
    decided = first(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    recorded = first(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    return {
        "HTTP until the workflow is started": started - turn.sent.timestamp() * 1000,
        "waiting for a worker": taken - started,
        "first workflow task, with the local steps": decided - taken,
        "recording": recorded - decided,
        "second workflow task": closed - recorded,
        "HTTP until the client has the answer": turn.answered.timestamp() * 1000 - closed,
    }


def _milliseconds(event: HistoryEvent) -> float:
    return event.event_time.ToNanoseconds() / 1e6


def _medians(found: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(statistics.median(values), 1) for name, values in found.items()}
