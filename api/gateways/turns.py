"""Starts and reads turns and ingests in Temporal: every call typed, bounded in time, and its failures translated.

Only the gateways of api/, this one and that of sweeps, use the Temporal client.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.edge.idempotency import conflict
from api.gateways.temporal_calls import CALL_SECONDS, RPC_TIMEOUT, TASK_TIMEOUT, RunClosedError, bounded, on_an_open_run
from api.services import RunningTurn
from domain.audit.projection import RecordedEvent
from domain.conversations.errors import TurnFailedError
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import NotFoundError, WorkflowServiceUnavailableError
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest
from domain.knowledge.version import DocumentVersion
from workflows import search_attributes
from workflows.chat_turn import ChatTurnWorkflow
from workflows.ids import CHAT_QUEUE, INGEST_QUEUE, ingest_workflow_id, turn_workflow_id
from workflows.ingest_document import IngestDocumentInput, IngestDocumentResult, IngestDocumentWorkflow
from workflows.pages.ingest_start import ingest_started_page, removal_started_page
from workflows.pages.text import one_line
from workflows.pages.turn_start import turn_started_page

_UPDATE_RPC: Final = timedelta(seconds=CALL_SECONDS)
# How long an answer is awaited before it is asked whether the server is still there.
_SLICE_SECONDS: Final = 4.0
_PAUSE_SECONDS: Final = 0.2
_UPDATE_ATTEMPTS: Final = 5

Result = TypeVar("Result")
ReadHistory = Callable[[str], Awaitable[list[RecordedEvent]]]


class WorkflowGateway:
    """Starts and reads the workflows of turns and ingests."""

    def __init__(self, client: Client, read_history: ReadHistory) -> None:
        self._client = client
        self._read_history = read_history

    async def start_turn(self, request: TurnRequest) -> None:
        """Start the turn, or join the one that its id names already."""
        try:
            async with bounded("The turn could not be started."):
                # FAIL and not USE_EXISTING: only so is it told that the turn exists, running or closed, and the
                # request that started it can be compared without a further call for every new turn.
                await self._client.start_workflow(
                    ChatTurnWorkflow.run,
                    request,
                    id=turn_workflow_id(request.tenant_id, request.turn_id),
                    task_queue=CHAT_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    task_timeout=TASK_TIMEOUT,
                    memo={"request_sha256": request.request_sha256, "principal_id": request.principal.id},
                    search_attributes=_turn_attributes(request),
                    static_summary=one_line(request.message),
                    static_details=turn_started_page(request),
                    priority=Priority(fairness_key=str(request.tenant_id)),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            await self._require_same_request(request)

    async def turn_result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        """How the turn ended; None if it still runs after ``wait``."""
        handle: WorkflowHandle[Any, RecordedTurn] = self._client.get_workflow_handle(
            turn_workflow_id(tenant_id, turn_id), result_type=RecordedTurn
        )
        try:
            return await self._await_result(handle, wait)
        except WorkflowFailureError as error:
            raise TurnFailedError(
                "The turn was ended from outside before it had an answer. Ask again with a new Idempotency-Key.",
                trace_id=turn_id,
                cause={"code": "turn_ended", "message": f"{type(error.cause).__name__}", "details": {}},
            ) from error

    async def find_turn(self, tenant_id: UUID, turn_id: str) -> RunningTurn | None:
        """The turn's workflow; None if there is none (any more)."""
        handle = self._client.get_workflow_handle(turn_workflow_id(tenant_id, turn_id))
        try:
            async with bounded("The turn could not be looked up."):
                description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
                memo = await description.memo()
        except NotFoundError:
            return None
        return RunningTurn(
            principal_id=str(memo.get("principal_id", "")),
            is_running=description.status is WorkflowExecutionStatus.RUNNING,
        )

    async def turn_history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        """The recorded history so far; None if there is none (any more)."""
        try:
            async with bounded("The history could not be read."):
                return await self._read_history(turn_workflow_id(tenant_id, turn_id))
        except NotFoundError:
            return None

    async def submit_version(self, version: DocumentVersion) -> Ingest:
        """Hand a version to its document's ingest workflow, running or new; returns once the database has it."""
        return await self._update_document(
            lambda: self._client.execute_update_with_start_workflow(
                IngestDocumentWorkflow.submit,
                version,
                start_workflow_operation=_start_of(
                    version, f"Ingest {version.external_key}", ingest_started_page(version)
                ),
                id=str(version.version_id),
                rpc_timeout=_UPDATE_RPC,
            )
        )

    async def remove_document(self, removal: DocumentRemoval) -> RemovedDocument:
        """Delete a document through its ingest workflow, so that no version on its way goes live after it."""
        update_id = f"remove-{uuid4()}"
        return await self._update_document(
            lambda: self._client.execute_update_with_start_workflow(
                IngestDocumentWorkflow.remove,
                removal,
                start_workflow_operation=_start_of(
                    removal, f"Delete {removal.external_key}", removal_started_page(removal)
                ),
                id=update_id,
                rpc_timeout=_UPDATE_RPC,
            )
        )

    async def wait_for_ingest(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        """Return when the document's ingest workflow has nothing left to do, or after ``wait``."""
        handle = self._client.get_workflow_handle(ingest_workflow_id(tenant_id, document_id))
        try:
            await self._await_result(handle, wait)
        except (WorkflowFailureError, NotFoundError):
            # How the version ended stands in the database; the caller reads it there.
            return

    async def check(self) -> None:
        """Raises WorkflowServiceUnavailableError unless Temporal answers."""
        async with bounded("Temporal does not answer."):
            await self._client.service_client.check_health(retry=True, timeout=RPC_TIMEOUT)

    async def _require_same_request(self, request: TurnRequest) -> None:
        handle = self._client.get_workflow_handle(turn_workflow_id(request.tenant_id, request.turn_id))
        async with bounded("The turn could not be looked up."):
            description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
            memo = await description.memo()
        if memo.get("request_sha256") != request.request_sha256:
            raise conflict(request.turn_id)

    async def _await_result(self, handle: WorkflowHandle[Any, Result], wait: timedelta) -> Result | None:
        """Long-poll in slices: the client's own long poll would outlast a server that is gone for good."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait.total_seconds()
        while (remaining := deadline - clock()) > 0:
            try:
                async with asyncio.timeout(min(remaining, _SLICE_SECONDS)):
                    return await handle.result()
            except TimeoutError:
                await self.check()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise NotFoundError("There is no such workflow.") from error
                await self.check()
                await asyncio.sleep(_PAUSE_SECONDS)
        return None

    async def _update_document(self, update: Callable[[], Awaitable[Result]]) -> Result:
        """The result of an update of a document's ingest workflow, running or new."""
        for _ in range(_UPDATE_ATTEMPTS):
            try:
                async with bounded("The document's workflow did not answer in time; is an ingest worker running?"):
                    return await on_an_open_run(update)
            except RunClosedError:
                await asyncio.sleep(_PAUSE_SECONDS)
        raise WorkflowServiceUnavailableError("The document's workflow kept closing while it was updated. Try again.")


def _start_of(
    document: DocumentVersion | DocumentRemoval, summary: str, details: str
) -> WithStartWorkflowOperation[IngestDocumentWorkflow, IngestDocumentResult]:
    """Starts the document's workflow unless it runs; summary and details are then what the Temporal UI shows of it."""
    return WithStartWorkflowOperation(
        IngestDocumentWorkflow.run,
        IngestDocumentInput(
            tenant_id=document.tenant_id,
            dataset_id=document.dataset_id,
            document_id=document.document_id,
            external_key=document.external_key,
        ),
        id=ingest_workflow_id(document.tenant_id, document.document_id),
        task_queue=INGEST_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        task_timeout=TASK_TIMEOUT,
        search_attributes=_ingest_attributes(document),
        static_summary=one_line(summary),
        static_details=details,
        priority=Priority(fairness_key=str(document.tenant_id)),
    )


def _turn_attributes(request: TurnRequest) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.TENANT_ID, str(request.tenant_id)),
            SearchAttributePair(search_attributes.CHANNEL, request.channel),
        ]
    )


def _ingest_attributes(document: DocumentVersion | DocumentRemoval) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.TENANT_ID, str(document.tenant_id)),
            SearchAttributePair(search_attributes.DOCUMENT_ID, [str(document.document_id)]),
        ]
    )
