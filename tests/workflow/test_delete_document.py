"""Deleting a document through its workflow, on both servers [K7]."""

import asyncio

import pytest

from activities.ingest.chunking import ChunkingActivities
from activities.ingest.embedding import EmbeddingActivities
from activities.ingest.parsing import ParsingActivities
from activities.ingest.publishing import IndexingActivities
from activities.ingest.registration import RegistrationActivities
from activities.ingest.removal import RemovalActivities
from domain.errors import DatabaseUnavailableError, NotFoundError
from domain.knowledge.ingest import IngestState
from domain.knowledge.version import DocumentVersion
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED, ROTATE
from tests.workflow.versions import live, states
from workflows import search_attributes


async def derived(workbench: Workbench, *versions: DocumentVersion) -> list[str]:
    store = workbench.steps.store
    prefixes = [f"{version.tenant_id}/derived/{version.version_id}/" for version in versions]
    return [key for prefix in prefixes for key in [key async for key in store.list(prefix)]]


async def test_a_deleted_document_answers_no_more_and_an_upload_brings_it_back(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    removed = await workbench.delete(first.version)
    assert (removed.last_version_number, await live(workbench, first.version)) == (1, [])
    turn = await (await workbench.ask(ROTATE)).result()
    assert turn.answer.citations == ()
    again = await workbench.learn("keys.md", KEYS)
    assert (again.version_number, again.state) == (2, IngestState.SUCCEEDED)
    turn = await (await workbench.ask(ROTATE)).result()
    assert [citation.version_id for citation in turn.answer.citations] == [again.version.version_id]


async def test_the_run_that_deletes_reads_as_such(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    await workbench.delete(first.version)
    handle = workbench.ingest_handle(first.version)
    result = await handle.result()
    description = await handle.describe()
    assert (result.document_deleted, result.version_id) == (True, None)
    assert description.typed_search_attributes[search_attributes.INGEST_STATE] == "deleted"
    if not workbench.server.skips_time:
        assert await description.static_summary() == "Delete keys.md"


@pytest.mark.parametrize(
    "step",
    [
        ParsingActivities.parse_document,
        ChunkingActivities.chunk_document,
        EmbeddingActivities.embed_spans,
        IndexingActivities.publish_version,
    ],
    ids=["parse", "chunk", "embed", "publish"],
)
async def test_versions_on_their_way_end_cancelled_and_leave_nothing_behind(workbench: Workbench, step: object) -> None:
    gate = workbench.control.hold(step)  # type: ignore[arg-type]
    running, queued = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS_REVISED)
    await workbench.submit(running)
    await gate.reached.wait()
    await workbench.submit(queued)
    await workbench.delete(running)
    assert await states(workbench, running, queued) == [IngestState.CANCELLED] * 2
    workbench.control.release()
    result = await workbench.ingest_handle(running).result()
    assert (result.document_deleted, result.state) == (True, IngestState.CANCELLED)
    assert result.failure is not None
    assert result.failure.code == "document_deleted"
    assert await states(workbench, running, queued) == [IngestState.CANCELLED] * 2
    assert await live(workbench, running, queued) == []
    assert await derived(workbench, running, queued) == []


async def test_a_document_deleted_while_its_version_is_tidied_up_stays_deleted(workbench: Workbench) -> None:
    gate = workbench.control.hold(IndexingActivities.remove_temporary_artifacts)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    await workbench.delete(version)
    workbench.control.release()
    result = await workbench.ingest_handle(version).result()
    assert (result.document_deleted, result.state) == (True, IngestState.SUCCEEDED)
    assert await live(workbench, version) == []
    assert await derived(workbench, version) == []


async def test_an_upload_after_the_deletion_is_ingested_while_the_deleted_version_still_stops(
    workbench: Workbench,
) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    first, second = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS)
    await workbench.submit(first)
    await gate.reached.wait()
    workbench.control.forget(ParsingActivities.parse_document)
    await workbench.delete(first)
    accepted = await workbench.submit(second)
    assert (accepted.version.version_id, accepted.version_number) == (second.version_id, 2)
    result = await workbench.ingest_handle(first).result()
    assert (result.version_id, result.document_deleted) == (second.version_id, False)
    assert await states(workbench, first, second) == [IngestState.CANCELLED, IngestState.SUCCEEDED]
    assert await live(workbench, first, second) == [second.version_id]


# The time-skipping server loses one of many updates that come at once, in about every second run; the real one none.
@pytest.mark.parametrize("workflow_server", ["real"], indirect=True, scope="session")
async def test_of_uploads_and_deletions_at_once_the_order_of_the_database_decides(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    gate = workbench.control.hold(RegistrationActivities.register_version)
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(4)]
    submitting = [asyncio.create_task(workbench.submit(version)) for version in versions]
    await gate.reached.wait()
    deleting = asyncio.create_task(workbench.delete(first.version))
    workbench.control.release()
    await asyncio.gather(*submitting)
    removed = await deleting
    result = await workbench.ingest_handle(first.version).result()
    ingests = [await workbench.ingest(version.version_id) for version in versions]
    before = [ingest for ingest in ingests if ingest.version_number <= removed.last_version_number]
    after = [ingest for ingest in ingests if ingest.version_number > removed.last_version_number]
    assert not any(ingest.is_live for ingest in before)
    assert all(ingest.state.is_terminal for ingest in ingests)
    assert [ingest.is_live for ingest in after].count(True) == bool(after)
    assert result.document_deleted is not bool(after)


async def test_a_deletion_is_not_given_up_while_the_database_is_away(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    workbench.control.fail(RemovalActivities.remove_document, unavailable(DatabaseUnavailableError), times=3)
    await workbench.delete(first.version)
    assert await live(workbench, first.version) == []
    assert workbench.control.attempts["remove_document"] == 4


async def test_a_document_that_does_not_exist_cannot_be_deleted(workbench: Workbench) -> None:
    version = await workbench.upload("keys.md", KEYS)
    with pytest.raises(NotFoundError):
        await workbench.delete(version)
    result = await workbench.ingest_handle(version).result()
    assert (result.version_id, result.document_deleted) == (None, False)
