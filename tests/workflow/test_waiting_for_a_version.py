"""How long an ingest without a version waits, on the server that skips time."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.fixtures.workflow_servers import WorkflowServer, time_skipping_server
from workers.runtime import WorkerPlan, build_worker
from workflows import call_options
from workflows.ids import ingest_workflow_id
from workflows.ingest_document import IngestDocumentInput, IngestDocumentResult, IngestDocumentWorkflow


@pytest.fixture
async def skipping_server() -> AsyncIterator[WorkflowServer]:
    """A server of its own: skipping time would reach other tests' workflows too."""
    async with time_skipping_server() as server:
        yield server


async def test_an_ingest_that_never_gets_a_version_ends_after_five_minutes(skipping_server: WorkflowServer) -> None:
    tenant_id, document_id, client = uuid4(), uuid4(), skipping_server.client
    async with build_worker(client, WorkerPlan("ingest", [IngestDocumentWorkflow], []), []):
        handle = await client.start_workflow(
            IngestDocumentWorkflow.run,
            IngestDocumentInput(
                tenant_id=tenant_id, dataset_id=uuid4(), document_id=document_id, external_key="keys.md"
            ),
            id=ingest_workflow_id(tenant_id, document_id),
            task_queue="ingest",
        )
        assert await handle.result() == IngestDocumentResult(version_id=None, state=None)
    description = await handle.describe()
    assert description.close_time is not None
    assert description.close_time - description.start_time >= call_options.FIRST_VERSION_WAIT
