"""The audit of a turn, projected from its workflow's history."""

import asyncio

from fastapi import APIRouter

from api.chat.traces import TraceId, trace_not_found
from api.edge.authentication import SECURITY, Auditor, AuthenticatedRoute
from api.edge.errors import documented
from api.edge.readers import reader_of, turn_as_seen
from api.edge.schema import EXAMPLE_TRACE, ResponseBody, example
from api.services import Services, ServicesDep, WorkflowsDep
from domain.audit.projection import AuditEvent, as_seen, named_versions, project
from domain.conversations.errors import HistoryExpiredError
from domain.identity.principal import Principal

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["audit"])


class AuditBody(ResponseBody):
    """The events of a turn, oldest first; while it runs, those so far."""

    model_config = example(
        trace_id=EXAMPLE_TRACE,
        events=[
            {
                "timestamp": "2025-01-31T09:30:00Z",
                "trace_id": EXAMPLE_TRACE,
                "kind": "request_received",
                "data": {"channel": "api", "message_preview": "How do I rotate an API key?"},
            }
        ],
    )

    trace_id: str
    events: tuple[AuditEvent, ...]


@router.get("/v1/audit/{trace_id}", responses=documented(404, 410), summary="Get the audit of a turn")
@router.get("/audit/{trace_id}", include_in_schema=False)
async def read_audit(
    principal: Auditor, trace_id: TraceId, services: ServicesDep, workflows: WorkflowsDep
) -> AuditBody:
    """The input and decision of each step. Texts are redacted; passages that the key may not see appear by id only.
    410 when the history is past its retention: GET /v1/turns/{trace_id} still returns the answer."""
    history = await workflows.turns.history(principal.tenant_id, trace_id)
    if history is not None:
        events = await asyncio.to_thread(project, trace_id, history, services.detector)
        return AuditBody(trace_id=trace_id, events=await _as_seen(trace_id, events, principal, services))
    recorded = await services.turns.find(principal.tenant_id, trace_id)
    if recorded is None:
        raise trace_not_found(trace_id)
    raise HistoryExpiredError(
        "The history of this turn is past its retention. GET /v1/turns/{trace_id} still returns the answer.",
        trace_id=trace_id,
        closed_at=recorded.closed_at.isoformat(),
        outcome=recorded.outcome.value,
    )


async def _as_seen(
    trace_id: str, events: list[AuditEvent], principal: Principal, services: Services
) -> tuple[AuditEvent, ...]:
    named = named_versions(events)
    tenant = await services.policies.get(principal.tenant_id)
    reader = reader_of(principal, tenant, services)
    seen = await services.documents.seen_versions(principal.tenant_id, sorted(named), reader)
    turn = await services.turns.find(principal.tenant_id, trace_id)
    is_whole = turn is None or await turn_as_seen(turn, principal, services) == turn
    return as_seen(events, named - seen, with_answer=is_whole)
