"""One tenant takes in a great many of the worst documents, and another one small one."""

import asyncio

from domain.knowledge.ingest import IngestState
from tests.fixtures.database import TenantHandle
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS

MANY = 24
# A single word, which can be cut at no place in particular.
WORST = "x" * 600_000


async def test_a_small_document_does_not_wait_for_all_those_of_another_tenant(
    workbench: Workbench, other_tenant: TenantHandle
) -> None:
    busy = [await workbench.upload(f"{number}.txt", WORST + str(number), "text/plain") for number in range(MANY)]
    for version in busy:
        await workbench.submit(version)
    async with asyncio.timeout(60):
        while True:
            if workbench.control.attempts["chunk_document"]:
                break
            await asyncio.sleep(0)
    other = Workbench(workbench.server, workbench.steps, other_tenant, control=workbench.control)
    assert (await other.learn("keys.md", KEYS)).state is IngestState.SUCCEEDED
    unfinished = [
        version.external_key
        for version in busy
        if (ingest := await workbench.ingests.get(version.tenant_id, version.version_id))
        and not ingest.state.is_terminal
    ]
    assert unfinished
