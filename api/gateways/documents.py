"""Hands versions to the ingest workflows of their documents, and deletes documents through them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID, uuid4

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowFailureError
from temporalio.common import SearchAttributePair

from api.gateways.starts import SameId, Start, start_with_update
from api.gateways.temporal_calls import CALL_SECONDS, RunClosedError, await_result, bounded, on_an_open_run
from domain.errors import NotFoundError, WorkflowServiceUnavailableError
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest
from domain.knowledge.version import DocumentVersion
from workflows import search_attributes
from workflows.ids import INGEST_QUEUE, ingest_workflow_id
from workflows.ingest_document import IngestDocumentInput, IngestDocumentResult, IngestDocumentWorkflow
from workflows.pages.ingest_start import ingest_started_page, removal_started_page

_UPDATE_RPC: Final = timedelta(seconds=CALL_SECONDS)
_PAUSE_SECONDS: Final = 0.2
_UPDATE_ATTEMPTS: Final = 5

Result = TypeVar("Result")


class DocumentGateway:
    """Implements DocumentWorkflows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def submit(self, version: DocumentVersion) -> Ingest:
        """Hand a version to its document's ingest workflow, running or new; returns once the database has it."""
        return await _update(
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

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        """Delete a document through its ingest workflow, so that no earlier version goes live afterwards."""
        update_id = f"remove-{uuid4()}"
        return await _update(
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

    async def wait_until_idle(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        """Return when the document's ingest workflow has nothing left to do, or after ``wait``."""
        handle = self._client.get_workflow_handle(ingest_workflow_id(tenant_id, document_id))
        try:
            await await_result(self._client, handle, wait)
        except (WorkflowFailureError, NotFoundError):
            # The database says how the version ended; the caller reads it there.
            return


async def _update(update: Callable[[], Awaitable[Result]]) -> Result:
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
    """Starts the document's workflow unless it runs."""
    return start_with_update(
        IngestDocumentWorkflow.run,
        IngestDocumentInput(
            tenant_id=document.tenant_id,
            dataset_id=document.dataset_id,
            document_id=document.document_id,
            external_key=document.external_key,
        ),
        Start(
            workflow_id=ingest_workflow_id(document.tenant_id, document.document_id),
            tenant_id=document.tenant_id,
            queue=INGEST_QUEUE,
            same_id=SameId.JOINED_WHILE_RUNNING,
            summary=summary,
            details=details,
            attributes=(SearchAttributePair(search_attributes.DOCUMENT_ID, [str(document.document_id)]),),
        ),
    )
