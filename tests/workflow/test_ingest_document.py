"""A document's versions on their way into the index, on both servers."""

import asyncio
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.acquisition import AcquisitionActivities
from activities.embedding import EmbeddingActivities
from activities.indexing import IndexingActivities
from activities.parsing import ParsingActivities
from activities.registration import RegistrationActivities
from domain.document import DocumentVersion, Ingest, IngestState
from domain.errors import DatabaseUnavailableError, DatasetNotFoundError, ObjectStoreUnavailableError
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench, step_names
from tests.workflow.documents import KEYS, KEYS_REVISED, ROTATE
from workflows import search_attributes

STEPS = [
    "register_version",
    "acquire_document",
    "parse_document",
    "chunk_document",
    "embed_spans",
    "publish_version",
    "remove_temporary_artifacts",
]


async def states(workbench: Workbench, *versions: DocumentVersion) -> list[IngestState]:
    return [(await workbench.ingest(version.version_id)).state for version in versions]


async def live(workbench: Workbench, *versions: DocumentVersion) -> list[UUID]:
    ingests = [await workbench.ingest(version.version_id) for version in versions]
    return [ingest.version.version_id for ingest in ingests if ingest.is_live]


async def test_a_document_goes_live_and_only_its_source_stays_in_the_store(workbench: Workbench) -> None:
    version = await workbench.upload("keys.md", KEYS)
    accepted = await workbench.submit(version)
    assert (accepted.state, accepted.version_number) == (IngestState.QUEUED, 1)
    result = await workbench.ingest_handle(version).result()
    assert (result.version_id, result.state, result.failure) == (version.version_id, IngestState.SUCCEEDED, None)
    ingest = await workbench.ingest(version.version_id)
    assert (ingest.state, ingest.is_live, ingest.failure) == (IngestState.SUCCEEDED, True, None)
    assert ingest.passages >= 1
    assert ingest.spans >= 1
    kept = [key async for key in workbench.steps.store.list(f"{workbench.tenant.tenant_id}/")]
    assert kept == [version.artifact.key]


async def test_the_steps_run_in_order_and_no_text_of_the_document_enters_the_history(workbench: Workbench) -> None:
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    handle = workbench.ingest_handle(version)
    await handle.result()
    history = await handle.fetch_history()
    assert step_names(history) == STEPS
    assert "Press Rotate" not in history.to_json()


async def test_a_document_that_no_parser_can_read_fails_at_once_with_its_code(workbench: Workbench) -> None:
    version = await workbench.upload("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00", "image/png")
    await workbench.submit(version)
    result = await workbench.ingest_handle(version).result()
    assert result.state is IngestState.FAILED
    assert result.failure is not None
    assert result.failure.code == "unsupported_format"
    ingest = await workbench.ingest(version.version_id)
    assert (ingest.state, ingest.failure, ingest.is_live) == (IngestState.FAILED, result.failure, False)
    assert workbench.control.attempts["parse_document"] == 1


async def test_an_empty_document_fails_and_leaves_the_version_before_it_live(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    second = await workbench.learn("keys.md", "   \n")
    assert second.failure is not None
    assert (second.state, second.failure.code) == (IngestState.FAILED, "empty_document")
    assert (await workbench.ingest(first.version.version_id)).is_live


async def test_a_step_is_tried_again_until_the_store_is_back(workbench: Workbench) -> None:
    workbench.control.fail(ParsingActivities.parse_document, unavailable(ObjectStoreUnavailableError), times=2)
    assert (await workbench.learn("keys.md", KEYS)).state is IngestState.SUCCEEDED
    assert workbench.control.attempts["parse_document"] == 3


async def test_settling_is_tried_again_until_the_database_is_back(workbench: Workbench) -> None:
    workbench.control.fail(RegistrationActivities.settle_version, unavailable(DatabaseUnavailableError), times=2)
    assert (await workbench.learn("keys.md", "")).state is IngestState.FAILED
    assert workbench.control.attempts["settle_version"] == 3


async def test_temporary_files_that_cannot_be_removed_do_not_fail_the_ingest(workbench: Workbench) -> None:
    step = IndexingActivities.remove_temporary_artifacts
    workbench.control.fail(step, lambda: RuntimeError("a defect"))
    assert (await workbench.learn("keys.md", KEYS)).state is IngestState.SUCCEEDED


async def test_of_a_burst_the_last_version_goes_live_and_those_that_waited_are_superseded(
    workbench: Workbench,
) -> None:
    gate = workbench.control.hold(RegistrationActivities.register_version)
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(5)]
    submitting = [asyncio.create_task(workbench.submit(version)) for version in versions]
    await gate.reached.wait()
    workbench.control.release()
    accepted = sorted(await asyncio.gather(*submitting), key=lambda ingest: ingest.version_number)
    assert [ingest.version_number for ingest in accepted] == [1, 2, 3, 4, 5]
    await workbench.ingest_handle(versions[0]).result()
    ingests = [await workbench.ingest(ingest.version.version_id) for ingest in accepted]
    assert [ingest.is_live for ingest in ingests] == [False] * 4 + [True]
    assert ingests[-1].state is IngestState.SUCCEEDED
    assert {ingest.state for ingest in ingests[:-1]} <= {IngestState.SUPERSEDED, IngestState.SUCCEEDED}


async def test_versions_that_wait_behind_a_running_one_are_superseded_by_the_newest(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(5)]
    await workbench.submit(versions[0])
    await gate.reached.wait()
    for version in versions[1:]:
        await workbench.submit(version)
    workbench.control.release()
    result = await workbench.ingest_handle(versions[0]).result()
    assert (result.version_id, result.state) == (versions[4].version_id, IngestState.SUCCEEDED)
    assert await states(workbench, *versions) == [
        IngestState.SUCCEEDED,
        IngestState.SUPERSEDED,
        IngestState.SUPERSEDED,
        IngestState.SUPERSEDED,
        IngestState.SUCCEEDED,
    ]
    assert await live(workbench, *versions) == [versions[4].version_id]
    assert workbench.control.attempts["parse_document"] == 2


async def test_a_version_that_comes_while_another_runs_is_accepted_at_once_and_ingested_after_it(
    workbench: Workbench,
) -> None:
    gate = workbench.control.hold(EmbeddingActivities.embed_spans)
    first, second = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS_REVISED)
    await workbench.submit(first)
    await gate.reached.wait()
    accepted = await workbench.submit(second)
    assert (accepted.state, accepted.version_number) == (IngestState.QUEUED, 2)
    gate.open()
    workbench.control.release()
    await workbench.ingest_handle(first).result()
    assert await states(workbench, first, second) == [IngestState.SUCCEEDED] * 2
    assert await live(workbench, first, second) == [second.version_id]
    turn = await (await workbench.ask(ROTATE)).result()
    assert "after a week" in turn.answer.text
    assert "after a day" not in turn.answer.text


async def test_unchanged_content_gets_the_ingest_that_already_has_it(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    again = await workbench.upload("keys.md", KEYS)
    accepted = await workbench.submit(again)
    assert accepted.version.version_id == first.version.version_id
    assert accepted.state is IngestState.SUCCEEDED
    await workbench.ingest_handle(again).result()
    assert await workbench.ingests.get(again.tenant_id, again.version_id) is None
    assert workbench.control.attempts["publish_version"] == 1


async def test_unchanged_content_joins_the_ingest_that_is_still_running(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    version, again = await workbench.upload("keys.md", KEYS), await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    assert (await workbench.submit(again)).version.version_id == version.version_id
    gate.open()
    await workbench.ingest_handle(version).result()
    assert workbench.control.attempts["publish_version"] == 1


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


async def test_no_version_is_lost_when_it_comes_while_the_workflow_closes(workbench: Workbench) -> None:
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(6)]
    await workbench.submit(versions[0])
    for version in versions[1:]:
        gate = workbench.control.hold(IndexingActivities.remove_temporary_artifacts)
        await gate.reached.wait()
        workbench.control.release()
        await workbench.submit(version)
    await workbench.ingest_handle(versions[0]).result()
    assert await states(workbench, *versions) == [IngestState.SUCCEEDED] * 6
    assert await live(workbench, *versions) == [versions[5].version_id]


async def test_a_version_that_comes_after_the_workflow_closed_starts_it_again(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    second = await workbench.learn("keys.md", KEYS_REVISED)
    assert (first.version_number, second.version_number) == (1, 2)
    assert second.is_live


async def test_a_version_of_an_unknown_dataset_is_refused_and_the_workflow_ends(workbench: Workbench) -> None:
    version = (await workbench.upload("keys.md", KEYS)).model_copy(update={"dataset_id": uuid4()})
    with pytest.raises(DatasetNotFoundError):
        await workbench.submit(version)
    result = await workbench.ingest_handle(version).result()
    assert (result.version_id, result.state) == (None, None)


async def test_the_state_can_be_searched_for_in_the_temporal_ui(workbench: Workbench) -> None:
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    handle = workbench.ingest_handle(version)
    await handle.result()
    described = await handle.describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    attributes = described.typed_search_attributes
    assert attributes[search_attributes.TENANT_ID] == str(version.tenant_id)
    assert attributes[search_attributes.DOCUMENT_ID] == str(version.document_id)
    assert attributes[search_attributes.INGEST_STATE] == "succeeded"


async def test_two_documents_do_not_wait_for_each_other(workbench: Workbench) -> None:
    gate = workbench.control.hold(AcquisitionActivities.acquire_document)
    slow, quick = await workbench.upload("slow.md", KEYS), await workbench.upload("quick.md", KEYS_REVISED)
    await workbench.submit(slow)
    await gate.reached.wait()
    workbench.control.forget(AcquisitionActivities.acquire_document)
    await workbench.submit(quick)
    done: Ingest = await workbench.ingest((await workbench.ingest_handle(quick).result()).version_id or uuid4())
    assert done.state is IngestState.SUCCEEDED
    assert await states(workbench, slow) != [IngestState.SUCCEEDED]
    gate.open()
    assert (await workbench.ingest_handle(slow).result()).state is IngestState.SUCCEEDED
