"""Ingests that are cancelled, or terminated by force, on both servers."""

import asyncio

from activities.ingest.embedding import EmbeddingActivities
from activities.ingest.parsing import ParsingActivities
from activities.ingest.publishing import IndexingActivities
from activities.ingest.registration import RegistrationActivities
from domain.knowledge.ingest import IngestState
from domain.knowledge.version import DocumentVersion
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED
from tests.workflow.versions import live, states


async def test_an_ingest_whose_workflow_was_terminated_is_adopted_by_the_next_upload(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    orphan, again = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS)
    await workbench.submit(orphan)
    await gate.reached.wait()
    await workbench.ingest_handle(orphan).terminate("by force")
    workbench.control.release()
    assert not (await workbench.ingest(orphan.version_id)).state.is_terminal
    assert (await workbench.submit(again)).version.version_id == orphan.version_id
    result = await workbench.ingest_handle(orphan).result()
    assert (result.version_id, result.state) == (orphan.version_id, IngestState.SUCCEEDED)
    assert await live(workbench, orphan) == [orphan.version_id]


async def test_a_newer_upload_settles_what_a_terminated_workflow_left_unfinished(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    orphan, newer = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS_REVISED)
    await workbench.submit(orphan)
    await gate.reached.wait()
    await workbench.ingest_handle(orphan).terminate("by force")
    workbench.control.release()
    await workbench.submit(newer)
    await workbench.ingest_handle(newer).result()
    assert await states(workbench, orphan, newer) == [IngestState.SUPERSEDED, IngestState.SUCCEEDED]
    assert await live(workbench, orphan, newer) == [newer.version_id]


async def test_cancelling_ends_the_running_version_as_cancelled(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    handle = workbench.ingest_handle(version)
    await handle.cancel()
    result = await handle.result()
    assert (result.version_id, result.state) == (version.version_id, IngestState.CANCELLED)
    ingest = await workbench.ingest(version.version_id)
    assert (ingest.state, ingest.is_live) == (IngestState.CANCELLED, False)


async def test_cancelling_while_a_version_is_registered_leaves_none_unfinished(workbench: Workbench) -> None:
    gate = workbench.control.hold(RegistrationActivities.register_version)
    version = await workbench.upload("keys.md", KEYS)
    submitting = asyncio.create_task(workbench.submit(version))
    await gate.reached.wait()
    handle = workbench.ingest_handle(version)
    await handle.cancel()
    gate.open()
    await submitting
    await handle.result()
    assert (await workbench.ingest(version.version_id)).state is IngestState.CANCELLED


async def test_a_cancelled_version_can_be_uploaded_again(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    await workbench.ingest_handle(version).cancel()
    await workbench.ingest_handle(version).result()
    workbench.control.release()
    again = await workbench.learn("keys.md", KEYS)
    assert again.version.version_id != version.version_id
    assert (again.state, again.is_live) == (IngestState.SUCCEEDED, True)


async def test_cancelling_between_two_versions_leaves_none_unfinished(workbench: Workbench) -> None:
    parsing = workbench.control.hold(ParsingActivities.parse_document)
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(3)]
    await workbench.submit(versions[0])
    await parsing.reached.wait()
    for version in versions[1:]:
        await workbench.submit(version)
    settling = workbench.control.hold(RegistrationActivities.settle_version)
    parsing.open()
    await settling.reached.wait()
    handle = workbench.ingest_handle(versions[0])
    await handle.cancel()
    workbench.control.release()
    result = await handle.result()
    assert result.state is IngestState.CANCELLED
    assert await states(workbench, *versions) == [
        IngestState.SUCCEEDED,
        IngestState.SUPERSEDED,
        IngestState.CANCELLED,
    ]


async def test_cancelling_while_a_failure_is_recorded_still_records_it(workbench: Workbench) -> None:
    gate = workbench.control.hold(RegistrationActivities.settle_version)
    version = await workbench.upload("keys.md", "")
    await workbench.submit(version)
    await gate.reached.wait()
    handle = workbench.ingest_handle(version)
    await handle.cancel()
    workbench.control.release()
    assert (await handle.result()).state is IngestState.FAILED
    assert await states(workbench, version) == [IngestState.FAILED]


async def derived(workbench: Workbench, version: DocumentVersion) -> list[str]:
    """Keys of the intermediate results of a version."""
    prefix = f"{version.tenant_id}/derived/{version.version_id}/"
    return [key async for key in workbench.steps.store.list(prefix)]


async def test_a_cancelled_ingest_leaves_no_intermediate_results(workbench: Workbench) -> None:
    gate = workbench.control.hold(EmbeddingActivities.embed_spans)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    assert await derived(workbench, version)
    await workbench.ingest_handle(version).cancel()
    await workbench.ingest_handle(version).result()
    assert await states(workbench, version) == [IngestState.CANCELLED]
    assert await derived(workbench, version) == []


async def test_an_ingest_that_is_cancelled_while_it_cleans_up_has_succeeded_and_is_clean(workbench: Workbench) -> None:
    gate = workbench.control.hold(IndexingActivities.remove_temporary_artifacts)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    workbench.control.forget(IndexingActivities.remove_temporary_artifacts)
    await workbench.ingest_handle(version).cancel()
    await workbench.ingest_handle(version).result()
    assert await states(workbench, version) == [IngestState.SUCCEEDED]
    assert await derived(workbench, version) == []
