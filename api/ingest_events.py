"""Progress of an ingest as server-sent events, read from the database: any API process can go on with a stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from api.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader
from api.deadlines import DEADLINE_SECONDS, within
from api.errors import documented
from api.ingest_models import IngestStatus
from api.ingests import found_ingest
from api.services import ServicesDep, stopping_of
from domain.document import Ingest
from domain.errors import DatabaseUnavailableError, DependencyUnavailableError, NotFoundError

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])

POLL_SECONDS: Final = 0.4
HEARTBEAT_SECONDS: Final = 10.0
LIFETIME_SECONDS: Final = 600.0
# How soon a client that lost the stream comes back, in milliseconds.
_RETRY: Final = "retry: 1000\n\n"
_HEARTBEAT: Final = ": still there\n\n"
_HEADERS: Final = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
# What one event of the stream is.
_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["progress", "done"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events `progress` and, last, `done`; the data of both is an IngestStatus.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
    204: {"description": "`Last-Event-ID` is the last event there will be."},
}


@router.get(
    "/v1/ingests/{ingest_id}/events",
    response_class=StreamingResponse,
    responses=documented(404) | _RESPONSES,
    summary="Follow an ingest",
)
async def ingest_events(
    ingest_id: UUID,
    request: Request,
    principal: KnowledgeReader,
    services: ServicesDep,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Every event is the whole state, so a client that was away misses nothing that still matters.

    The stream ends with `done`, or after ten minutes, or when the server stops: come back with `Last-Event-ID`.
    """
    first = await found_ingest(services, principal, ingest_id)
    if first.state.is_terminal and last_event_id == _event_id(first):
        return Response(status_code=204)

    async def look() -> Ingest | None:
        late = DatabaseUnavailableError("The database did not answer in time.")
        with suppress(NotFoundError):
            return await within(DEADLINE_SECONDS, found_ingest(services, principal, ingest_id), late)
        return None

    def render(ingest: Ingest) -> str:
        status = IngestStatus.of(ingest, services.object_store.uri)
        kind = "done" if ingest.state.is_terminal else "progress"
        return f"id: {_event_id(ingest)}\nevent: {kind}\ndata: {status.model_dump_json()}\n\n"

    events = _events(first, last_event_id, look, render, stopping_of(request))
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


async def _events(
    first: Ingest,
    sent: str | None,
    look: Callable[[], Awaitable[Ingest | None]],
    render: Callable[[Ingest], str],
    stopping: asyncio.Event,
) -> AsyncIterator[str]:
    """What changed since the event ``sent``, and a comment where nothing did, so that a dead connection is noticed."""
    yield _RETRY
    latest: Ingest | None = first
    end = time.monotonic() + LIFETIME_SECONDS
    beat = time.monotonic() + HEARTBEAT_SECONDS
    while latest is not None:
        if _event_id(latest) != sent:
            yield render(latest)
            sent, beat = _event_id(latest), time.monotonic() + HEARTBEAT_SECONDS
        elif time.monotonic() > beat:
            yield _HEARTBEAT
            beat = time.monotonic() + HEARTBEAT_SECONDS
        if latest.state.is_terminal or time.monotonic() > end or await _stops(stopping):
            return
        # While the database is away the stream stays open, so that one restart of it costs no client its place.
        with suppress(DependencyUnavailableError):
            latest = await look()


async def _stops(stopping: asyncio.Event) -> bool:
    """Wait until it is time to look again; True if the process stops meanwhile."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), POLL_SECONDS)
    return stopping.is_set()


def _event_id(ingest: Ingest) -> str:
    """The moment of the last change: the same for every process that reads it."""
    return ingest.updated_at.astimezone(UTC).isoformat()
