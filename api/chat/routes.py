"""Questions and their turns."""

import functools
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import uuid4, uuid5

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from api.chat.asking import Ask, answer_of, failure_of, open_turn, owned_by
from api.chat.bodies import ChatRequest, ChatResponse, ChatResponseWithOutput, InboundMessage, TurnAccepted, TurnStatus
from api.chat.traces import TraceId, trace_not_found
from api.edge.authentication import SECURITY, Chatter, OwnDoorRoute, reading_as
from api.edge.errors import ErrorBody, documented
from api.edge.idempotency import IdempotencyKey
from api.edge.readers import turn_as_seen
from api.edge.request_context import note_trace
from api.process.deadlines import DEADLINE_SECONDS, unless_stopping, within
from api.process.fair_doors import HELD_SECONDS, Door
from api.services import Process, ProcessDep, Services, ServicesDep, WorkflowsDep
from api.workflow_ports import Workflows
from domain.answers.answer import Outcome
from domain.conversations.errors import TurnFailedError
from domain.conversations.turn import RecordedTurn
from domain.errors import DependencyUnavailableError
from domain.identity.principal import Principal
from domain.text.canonical import canonical

router = APIRouter(route_class=OwnDoorRoute, dependencies=SECURITY, tags=["chat"])

# The form of a trace id, and no turn's: those are digests.
_NOBODYS: Final = "0" * 32
# A glance at a closed workflow whose row is not there yet.
_GLANCE: Final = timedelta(seconds=2)

# Any text is one: preferences that are not known are to be ignored (RFC 7240).
Prefer = Annotated[str | None, Header(description="`respond-async` returns 202 at once; others are ignored.")]
Alias = Annotated[Literal["output"] | None, Query(description="`output` repeats the answer in a field of that name.")]
_RESPONSES: Final = documented(404, 409, 413) | {
    202: {"model": TurnAccepted, "description": "The turn is still running; poll `location`."}
}


@dataclass(frozen=True)
class Responder:
    """Responds in the way that the request prefers: with the answer, or at once with the turn's location."""

    services: Services
    workflows: Workflows
    process: Process
    request: Request
    body: type[ChatResponse]

    async def respond(self, ask: Ask) -> Response:
        """Raises TurnFailedError when the turn ended in a failure, and whatever ``open_turn`` raises."""
        tenant_id = ask.principal.tenant_id
        async with self.process.doors[Door.TURNS].entered(tenant_id) as place:
            late = DependencyUnavailableError("A dependency did not respond in time. GET /v1/ready shows which.")
            note = functools.partial(note_trace, self.request)
            opened = await within(DEADLINE_SECONDS, open_turn(ask, self.services, self.workflows, note), late)
            if isinstance(opened, RecordedTurn):
                return self._answer(opened)
            # Once more: what was noted within the deadline was noted in a task of its own.
            note(opened)
            if _prefers_async(self.request):
                place.keep_until(self.workflows.turns.result(tenant_id, opened, timedelta(seconds=HELD_SECONDS)))
                return _running(opened, {"Preference-Applied": "respond-async"})
            wait = timedelta(seconds=self.services.settings.turn_wait_seconds)
            result = self.workflows.turns.result(tenant_id, opened, wait)
            turn = await unless_stopping(self.process.stopping, result)
        return self._answer(turn) if turn is not None else _running(opened)

    def _answer(self, turn: RecordedTurn) -> Response:
        return JSONResponse(self.body.of(answer_of(turn)).model_dump(mode="json"))


async def _responder(
    request: Request,
    services: ServicesDep,
    workflows: WorkflowsDep,
    process: ProcessDep,
    alias: Alias = None,
    prefer: Prefer = None,  # noqa: ARG001 - only to document the header; several may come, with parameters
) -> Responder:
    body = ChatResponse if alias is None else ChatResponseWithOutput
    return Responder(services, workflows, process, request, body)


ResponderDep = Annotated[Responder, Depends(_responder)]


def _prefers_async(request: Request) -> bool:
    preferences = ",".join(request.headers.getlist("prefer")).split(",")
    return "respond-async" in [preference.partition(";")[0].strip().lower() for preference in preferences]


def _running(turn_id: str, headers: dict[str, str] | None = None) -> Response:
    location = f"/v1/turns/{turn_id}"
    body = TurnAccepted(trace_id=turn_id, status="running", location=location)
    return JSONResponse(
        body.model_dump(mode="json"), 202, {"Location": location, "Retry-After": "1", **(headers or {})}
    )


@router.post("/v1/chat", response_model=ChatResponse, responses=_RESPONSES, summary="Ask a question")
@router.post("/v1/query", response_model=ChatResponse, responses=_RESPONSES, summary="Ask a question (alias)")
@router.post("/chat", response_model=ChatResponse, include_in_schema=False)
async def ask(
    body: ChatRequest,
    principal: Chatter,
    responder: ResponderDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Start a turn for the question and wait for its answer. A repeated Idempotency-Key joins its turn."""
    return await responder.respond(
        Ask(
            principal=principal,
            channel="api",
            asker=principal.id,
            key=idempotency_key or uuid4().hex,
            key_repeats=idempotency_key is not None,
            message=body.question,
            said_before=body.said_before,
            sent=body.model_dump(mode="json", exclude={"bot_id"}, exclude_defaults=True),
            bot_id=body.bot_id,
            session_id=body.session_id,
            pack_hint=body.pack_hint,
            metadata=body.metadata,
        )
    )


@router.post(
    "/v1/messages/inbound", response_model=ChatResponse, responses=_RESPONSES, summary="Submit a channel's message"
)
async def receive(body: InboundMessage, principal: Chatter, responder: ResponderDep) -> Response:
    """Start a turn for a message that a channel received. Submitted again with the same API key, it returns the same
    answer."""
    # The key is part of the asker: another one, of whatever rights, neither gets the answer nor takes the message's
    # place. Written as JSON, so that no two senders meet by joining.
    sender = canonical(["channel", principal.id, body.channel, body.sender_id])
    return await responder.respond(
        Ask(
            principal=principal,
            channel=body.channel,
            asker=sender,
            key=body.provider_message_id,
            key_repeats=True,
            message=body.text,
            sent=body.model_dump(mode="json", exclude={"bot_id"}, exclude_defaults=True),
            bot_id=body.bot_id,
            # A conversation is its principal's: under another key, say after a rotation, the sender begins a new one.
            conversation_id=uuid5(
                principal.tenant_id, canonical([principal.id, sender, str(body.bot_id or "default")])
            ),
            pack_hint=body.pack_hint,
            metadata=body.metadata,
        )
    )


@router.get("/v1/turns/{trace_id}", responses=documented(404), summary="Get a turn")
async def turn_status(
    principal: Chatter, trace_id: TraceId, services: ServicesDep, workflows: WorkflowsDep
) -> TurnStatus:
    """Running, or closed with its response or failure. Turns of other keys need the scope `audit:read`."""
    # In this order: a turn of the asker's that is recorded meanwhile is found.
    is_recorded = await services.turns.is_recorded(principal.tenant_id, trace_id)
    recorded = await services.turns.find(principal.tenant_id, trace_id, of_principal=reading_as(principal))
    if recorded is not None:
        return await _closed_status(recorded, principal, services)
    # Another's turn takes the same steps as one that does not exist, so that not even the time tells them apart: its
    # workflow would be found, which takes longer, and so one is looked for that there is not.
    return await _unrecorded_status(_NOBODYS if is_recorded else trace_id, trace_id, principal, services, workflows)


async def _unrecorded_status(
    sought: str, trace_id: str, principal: Principal, services: Services, workflows: Workflows
) -> TurnStatus:
    found = await workflows.turns.find(principal.tenant_id, sought)
    if found is None or not owned_by(principal, found.principal_id):
        raise trace_not_found(trace_id)
    if found.is_running:
        return TurnStatus(trace_id=trace_id, status="running")
    try:
        turn = await workflows.turns.result(principal.tenant_id, trace_id, _GLANCE)
    except TurnFailedError as error:
        return TurnStatus(trace_id=trace_id, status="closed", failure=_failure_body(error))
    if turn is None:
        return TurnStatus(trace_id=trace_id, status="running")
    return await _closed_status(turn, principal, services)


async def _closed_status(turn: RecordedTurn, principal: Principal, services: Services) -> TurnStatus:
    turn = await turn_as_seen(turn, principal, services)
    failed = turn.outcome is Outcome.FAILED
    return TurnStatus(
        trace_id=turn.turn_id,
        status="closed",
        response=None if failed else ChatResponse.of(turn),
        failure=_failure_body(failure_of(turn)) if failed else None,
        closed_at=turn.closed_at,
    )


def _failure_body(error: TurnFailedError) -> ErrorBody:
    return ErrorBody(code=error.code, message=error.message, details=error.details)
