"""Starts and reads turns in Temporal."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import SearchAttributePair
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.edge.idempotency import conflict
from api.gateways.starts import SameId, Start, start_workflow
from api.gateways.temporal_calls import RPC_TIMEOUT, await_result, bounded
from api.workflow_ports import TurnRun
from domain.audit.projection import RecordedEvent
from domain.conversations.errors import TurnFailedError
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import NotFoundError
from workflows import search_attributes
from workflows.chat_turn import ChatTurnWorkflow
from workflows.ids import CHAT_QUEUE, turn_workflow_id
from workflows.pages.turn_start import turn_started_page

ReadHistory = Callable[[str], Awaitable[list[RecordedEvent]]]


class TurnGateway:
    """Implements TurnWorkflows."""

    def __init__(self, client: Client, read_history: ReadHistory) -> None:
        self._client = client
        self._read_history = read_history

    async def start(self, request: TurnRequest) -> None:
        """Start the turn, or join the one of the same id."""
        try:
            async with bounded("The turn could not be started."):
                await start_workflow(self._client, ChatTurnWorkflow.run, request, _start_of(request))
        except WorkflowAlreadyStartedError:
            await self._require_same_request(request)

    async def result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        """How the turn ended; None if it still runs after ``wait``."""
        handle: WorkflowHandle[Any, RecordedTurn] = self._client.get_workflow_handle(
            turn_workflow_id(tenant_id, turn_id), result_type=RecordedTurn
        )
        try:
            return await await_result(self._client, handle, wait)
        except WorkflowFailureError as error:
            raise TurnFailedError(
                "The turn was stopped before it had an answer. Ask again with a new Idempotency-Key.",
                trace_id=turn_id,
                cause={"code": "turn_ended", "message": f"{type(error.cause).__name__}", "details": {}},
            ) from error

    async def find(self, tenant_id: UUID, turn_id: str) -> TurnRun | None:
        """The turn's workflow; None if there is none, or none any more."""
        handle = self._client.get_workflow_handle(turn_workflow_id(tenant_id, turn_id))
        try:
            async with bounded("The turn could not be looked up."):
                description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
                memo = await description.memo()
        except NotFoundError:
            return None
        return TurnRun(
            principal_id=str(memo.get("principal_id", "")),
            is_running=description.status is WorkflowExecutionStatus.RUNNING,
        )

    async def history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        """The history recorded so far; None if there is none, or none any more."""
        try:
            async with bounded("The history could not be read."):
                return await self._read_history(turn_workflow_id(tenant_id, turn_id))
        except NotFoundError:
            return None

    async def _require_same_request(self, request: TurnRequest) -> None:
        handle = self._client.get_workflow_handle(turn_workflow_id(request.tenant_id, request.turn_id))
        async with bounded("The turn could not be looked up."):
            description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
            memo = await description.memo()
        if memo.get("request_sha256") != request.request_sha256:
            raise conflict(request.turn_id)


def _start_of(request: TurnRequest) -> Start:
    return Start(
        workflow_id=turn_workflow_id(request.tenant_id, request.turn_id),
        tenant_id=request.tenant_id,
        queue=CHAT_QUEUE,
        # Refused, not joined: only a refusal says that the turn exists, running or closed, so that its request can be
        # compared without a further call for every new turn.
        same_id=SameId.REFUSED,
        summary=request.message,
        details=turn_started_page(request),
        attributes=(SearchAttributePair(search_attributes.CHANNEL, request.channel),),
        memo={"request_sha256": request.request_sha256, "principal_id": request.principal.id},
    )
