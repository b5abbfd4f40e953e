"""The only user of the Temporal client within api/: every call typed, bounded in time, and its failures translated."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.errors import error_of
from api.services import RunningTurn
from api.turns import conflict
from domain.audit import RecordedEvent
from domain.conversation import RecordedTurn, TurnRequest
from domain.document import DocumentVersion, Ingest
from domain.errors import NotFoundError, TurnFailedError, WorkflowServiceUnavailableError
from domain.redaction import redacted_preview
from workflows import search_attributes
from workflows.chat_turn import ChatTurnWorkflow
from workflows.failures import failure_of
from workflows.identity import CHAT_QUEUE, INGEST_QUEUE, ingest_workflow_id, turn_workflow_id
from workflows.ingest_document import IngestDocumentInput, IngestDocumentWorkflow

_RPC: Final = timedelta(seconds=5)
_DEADLINE_SECONDS: Final = 10.0
# How long an answer is awaited before it is asked whether the server is still there.
_SLICE_SECONDS: Final = 4.0
_PAUSE_SECONDS: Final = 0.2
# A dead worker's workflow task is given to another worker after this time.
_TASK_TIMEOUT: Final = timedelta(seconds=5)
_SUBMIT_ATTEMPTS: Final = 5

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
            async with _bounded("The turn could not be started."):
                # FAIL and not USE_EXISTING: only so is it told that the turn exists, running or closed, and the
                # request that started it can be compared without a further call for every new turn.
                await self._client.start_workflow(
                    ChatTurnWorkflow.run,
                    request,
                    id=turn_workflow_id(request.tenant_id, request.turn_id),
                    task_queue=CHAT_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    task_timeout=_TASK_TIMEOUT,
                    memo={"request_sha256": request.request_sha256, "principal_id": request.principal.id},
                    search_attributes=_turn_attributes(request),
                    static_summary=redacted_preview(request.message, 80),
                    static_details=_turn_details(request),
                    priority=Priority(fairness_key=str(request.tenant_id)),
                    rpc_timeout=_RPC,
                )
        except WorkflowAlreadyStartedError:
            await self._require_same_request(request)

    async def turn_result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        """How the turn ended; None if it still runs after ``wait``."""
        handle = self._client.get_workflow_handle_for(ChatTurnWorkflow.run, turn_workflow_id(tenant_id, turn_id))
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
            async with _bounded("The turn could not be looked up."):
                description = await handle.describe(rpc_timeout=_RPC)
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
            async with _bounded("The history could not be read."):
                return await self._read_history(turn_workflow_id(tenant_id, turn_id))
        except NotFoundError:
            return None

    async def submit_version(self, version: DocumentVersion) -> Ingest:
        """Hand a version to its document's ingest workflow, running or new; returns once the database has it."""
        for _ in range(_SUBMIT_ATTEMPTS):
            try:
                async with _bounded("The document was not accepted in time; is an ingest worker running?"):
                    return await self._submit(version)
            except _RunClosedError:
                await asyncio.sleep(_PAUSE_SECONDS)
        raise WorkflowServiceUnavailableError("The document's ingest kept closing while it was handed a version.")

    async def wait_for_ingest(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        """Return when the document's ingest workflow has nothing left to do, or after ``wait``."""
        handle = self._client.get_workflow_handle_for(
            IngestDocumentWorkflow.run, ingest_workflow_id(tenant_id, document_id)
        )
        try:
            await self._await_result(handle, wait)
        except (WorkflowFailureError, NotFoundError):
            # How the version ended stands in the database; the caller reads it there.
            return

    async def check(self) -> None:
        """Raises WorkflowServiceUnavailableError unless Temporal answers."""
        async with _bounded("Temporal does not answer."):
            await self._client.service_client.check_health(retry=True, timeout=_RPC)

    async def _require_same_request(self, request: TurnRequest) -> None:
        handle = self._client.get_workflow_handle(turn_workflow_id(request.tenant_id, request.turn_id))
        async with _bounded("The turn could not be looked up."):
            description = await handle.describe(rpc_timeout=_RPC)
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

    async def _submit(self, version: DocumentVersion) -> Ingest:
        start = WithStartWorkflowOperation(
            IngestDocumentWorkflow.run,
            IngestDocumentInput(
                tenant_id=version.tenant_id,
                dataset_id=version.dataset_id,
                document_id=version.document_id,
                external_key=version.external_key,
            ),
            id=ingest_workflow_id(version.tenant_id, version.document_id),
            task_queue=INGEST_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            task_timeout=_TASK_TIMEOUT,
            search_attributes=_ingest_attributes(version),
            static_summary=f"Ingest {redacted_preview(version.external_key, 80)}",
            static_details=_ingest_details(version),
            priority=Priority(fairness_key=str(version.tenant_id)),
        )
        try:
            return await self._client.execute_update_with_start_workflow(
                IngestDocumentWorkflow.submit,
                version,
                start_workflow_operation=start,
                id=str(version.version_id),
                rpc_timeout=timedelta(seconds=_DEADLINE_SECONDS),
            )
        except WorkflowUpdateFailedError as error:
            raise _refusal(error) from error
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.ABORTED):
                raise _RunClosedError from error
            raise


class _RunClosedError(Exception):
    """The run closed between being found and being given the version: a new one takes it."""


def _refusal(error: WorkflowUpdateFailedError) -> Exception:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow":
        return _RunClosedError()
    return error_of(failure_of(cause))


@asynccontextmanager
async def _bounded(what_failed: str) -> AsyncIterator[None]:
    """Give what is inside ten seconds, and say that Temporal is unavailable when that was not enough."""
    hint = f"{what_failed} Check that Temporal runs (GET /v1/ready) and try again with the same Idempotency-Key."
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise WorkflowServiceUnavailableError(hint) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFoundError("There is no such workflow.") from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise
        raise WorkflowServiceUnavailableError(hint) from error
    except RuntimeError as error:
        # What a client that connects at its first call raises when it cannot.
        raise WorkflowServiceUnavailableError(hint) from error


def _turn_attributes(request: TurnRequest) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.TENANT_ID, str(request.tenant_id)),
            SearchAttributePair(search_attributes.CHANNEL, request.channel),
        ]
    )


def _turn_details(request: TurnRequest) -> str:
    return (
        f"**Question:** {redacted_preview(request.message)}\n\n"
        f"**Asked by:** {request.principal.name} ({request.principal.audience}) over {request.channel}\n\n"
        f"**Trace:** `{request.turn_id}`, conversation `{request.conversation_id}`\n\n"
        f"Read the audit with `answerable audit {request.turn_id}`."
    )


def _ingest_attributes(version: DocumentVersion) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.TENANT_ID, str(version.tenant_id)),
            SearchAttributePair(search_attributes.DOCUMENT_ID, str(version.document_id)),
        ]
    )


def _ingest_details(version: DocumentVersion) -> str:
    return (
        f"**Document:** {redacted_preview(version.external_key)} in dataset `{version.dataset_id}`\n\n"
        f"**First version of this run:** `{version.version_id}`, {version.artifact.size_bytes} bytes of "
        f"{version.artifact.media_type}, submitted by {version.submitted_by}\n\n"
        f"See it with `answerable ingests show {version.version_id}`."
    )
