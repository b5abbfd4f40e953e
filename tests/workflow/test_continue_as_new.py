"""An ingest that has been through much goes on in a fresh history, with its queue."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.ingest.parsing import ParsingActivities
from bootstrap.embedded.free_ports import choose_port
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.temporal import TemporalServer
from domain.knowledge.ingest import IngestState
from tests.fixtures.database import DatabaseUrls, TenantHandle
from tests.fixtures.worker_steps import open_steps
from tests.fixtures.workflow_environment import Workbench
from tests.fixtures.workflow_servers import real_server
from tests.workflow.documents import KEYS


class ImpatientTemporalServer(TemporalServer):
    """Suggests to continue as new after twenty events."""

    def command(self) -> list[str]:
        return [*super().command(), "--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=20"]


@pytest.fixture
def impatient_server(tmp_path: Path) -> Iterator[TemporalServer]:
    port, ui_port, http_port = (choose_port(None) for _ in range(3))
    server = ImpatientTemporalServer(tmp_path / "temporal.db", port, ui_port, http_port, tmp_path / "temporal.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
async def impatient_workbench(
    impatient_server: TemporalServer,
    database_urls: DatabaseUrls,
    object_store_server: ObjectStoreServer,
    tenant: TenantHandle,
) -> AsyncIterator[Workbench]:
    server = await real_server(impatient_server)
    async with open_steps(server, database_urls, object_store_server) as steps:
        bench = Workbench(server, steps, tenant)
        async with bench.working():
            yield bench


async def test_the_queue_is_carried_over_and_ends_as_it_would_have(impatient_workbench: Workbench) -> None:
    bench = impatient_workbench
    gate = bench.control.hold(ParsingActivities.parse_document)
    versions = [await bench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(3)]
    await bench.submit(versions[0])
    await gate.reached.wait()
    first_run = (await bench.ingest_handle(versions[0]).describe()).run_id
    for version in versions[1:]:
        await bench.submit(version)
    bench.control.release()
    result = await bench.ingest_handle(versions[0]).result()
    assert (result.version_id, result.state) == (versions[2].version_id, IngestState.SUCCEEDED)
    ended = [(await bench.ingest(version.version_id)).state for version in versions]
    assert ended == [IngestState.SUCCEEDED, IngestState.SUPERSEDED, IngestState.SUCCEEDED]
    closed = await bench.client.get_workflow_handle(bench.ingest_handle(versions[0]).id, run_id=first_run).describe()
    assert closed.status is WorkflowExecutionStatus.CONTINUED_AS_NEW


async def test_a_version_without_others_waiting_does_not_continue_as_new(impatient_workbench: Workbench) -> None:
    bench = impatient_workbench
    ingest = await bench.learn("keys.md", KEYS)
    assert ingest.state is IngestState.SUCCEEDED
    assert (await bench.ingest_handle(ingest.version).describe()).status is WorkflowExecutionStatus.COMPLETED
