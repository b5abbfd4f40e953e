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

from api.edge.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader
from api.edge.errors import ErrorBody, documented
from api.edge.stream_permits import Permit
from api.knowledge.ingest_bodies import IngestStatus
from api.knowledge.ingests import found_ingest
from api.process.deadlines import DEADLINE_SECONDS, within
from api.process.followers import Followers
from api.services import ProcessDep, ServicesDep
from domain.errors import AnswerableError, DatabaseUnavailableError, DependencyUnavailableError, NotFoundError
from domain.identity.principal import KeyScope, Principal
from domain.knowledge.ingest import Ingest
from domain.limits.errors import TooManyFollowersError

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
        "event": {"enum": ["progress", "done", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "`progress` events and a final `done`, with an IngestStatus; or `error` with an error body.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
    204: {"description": "There are no events after `Last-Event-ID`."},
}


@router.get(
    "/v1/ingests/{ingest_id}/events",
    response_class=StreamingResponse,
    responses=documented(404, 429) | _RESPONSES,
    summary="Follow an ingest",
)
async def ingest_events(
    ingest_id: UUID,
    request: Request,
    principal: KnowledgeReader,
    services: ServicesDep,
    process: ProcessDep,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Server-sent events. Each has the complete status, so a client that reconnects misses nothing that still matters.

    The stream ends with `done`, after ten minutes, or when the server stops: reconnect with `Last-Event-ID`. It ends
    with `error` when the key may no longer read it.
    """
    process.followers.require_place(principal)
    first = await found_ingest(services, principal, ingest_id)
    if first.state.is_terminal and last_event_id == _event_id(first):
        return Response(status_code=204)

    async def look() -> Ingest | None:
        late = DatabaseUnavailableError("The database did not respond in time.")
        with suppress(NotFoundError):
            return await within(DEADLINE_SECONDS, found_ingest(services, principal, ingest_id), late)
        return None

    def render(ingest: Ingest) -> str:
        status = IngestStatus.of(ingest, services.object_store.uri)
        kind = "done" if ingest.state.is_terminal else "progress"
        return f"id: {_event_id(ingest)}\nevent: {kind}\ndata: {status.model_dump_json()}\n\n"

    events = _events(first, last_event_id, look, render, process.stopping)
    stream = _while_permitted(events, Permit(request, KeyScope.KNOWLEDGE_READ), process.followers, principal)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)


async def _while_permitted(
    events: AsyncIterator[str], permit: Permit, followers: Followers, principal: Principal
) -> AsyncIterator[str]:
    """``events`` while the key is good, which is asked before each of them, and while nothing happens too."""
    try:
        with followers.place(principal):
            async for event in events:
                refusal = await permit.refusal()
                if refusal is not None:
                    yield _error_event(refusal)
                    return
                if event:
                    yield event
    except TooManyFollowersError as error:
        yield _error_event(error)


def _error_event(error: AnswerableError) -> str:
    body = ErrorBody(code=error.code, message=error.message, details=error.details)
    return f"event: error\ndata: {body.model_dump_json()}\n\n"


async def _events(
    first: Ingest,
    sent: str | None,
    look: Callable[[], Awaitable[Ingest | None]],
    render: Callable[[Ingest], str],
    stopping: asyncio.Event,
) -> AsyncIterator[str]:
    """What changed since the event ``sent``, nothing where nothing did, and a comment now and then, so that a dead
    connection is noticed."""
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
        else:
            yield ""
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
