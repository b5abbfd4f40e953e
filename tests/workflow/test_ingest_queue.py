"""Several versions of one document: the newest wins, none is lost, on both servers."""

import asyncio
from uuid import uuid4

from activities.ingest.acquisition import AcquisitionActivities
from activities.ingest.embedding import EmbeddingActivities
from activities.ingest.parsing import ParsingActivities
from activities.ingest.publishing import IndexingActivities
from activities.ingest.registration import RegistrationActivities
from domain.knowledge.ingest import Ingest, IngestState
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED, ROTATE
from tests.workflow.versions import live, states


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
