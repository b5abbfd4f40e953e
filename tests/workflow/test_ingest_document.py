"""A document's versions on their way into the index, on both servers."""

from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.ingest.chunking import ChunkingActivities
from activities.ingest.parsing import ParsingActivities
from activities.ingest.publishing import IndexingActivities
from activities.ingest.registration import RegistrationActivities
from domain.errors import DatabaseUnavailableError, ObjectStoreUnavailableError
from domain.knowledge.errors import ChunkingTimeoutError, DatasetNotFoundError
from domain.knowledge.ingest import IngestState
from tests.fixtures.step_control import unavailable
from tests.fixtures.step_names import step_names
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED
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


async def test_the_steps_queue_as_their_tenants(workbench: Workbench) -> None:
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    handle = workbench.ingest_handle(version)
    await handle.result()
    scheduled = [
        event.activity_task_scheduled_event_attributes
        for event in (await handle.fetch_history()).events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    keys = {step.activity_type.name: step.priority.fairness_key for step in scheduled}
    long_steps = ("parse_document", "chunk_document", "embed_spans", "publish_version")
    assert {keys[step] for step in long_steps} == {str(version.tenant_id)}


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


async def test_a_document_whose_cutting_overran_is_not_cut_again(workbench: Workbench) -> None:
    step = ChunkingActivities.chunk_document
    workbench.control.fail(step, lambda: ChunkingTimeoutError("It took too long."))
    ingest = await workbench.learn("keys.md", KEYS)
    assert ingest.failure is not None
    assert (ingest.state, ingest.failure.code) == (IngestState.FAILED, "chunking_timeout")
    assert workbench.control.attempts["chunk_document"] == 1


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
    assert attributes[search_attributes.DOCUMENT_ID] == [str(version.document_id)]
    assert attributes[search_attributes.INGEST_STATE] == "succeeded"
