"""A sweep finds what ingests left over, and nothing that is needed, on both servers."""

from uuid import UUID, uuid4

import psycopg

from activities.ingest.parsing import ParsingActivities
from activities.ingest.sweeping import SweepingActivities
from domain.errors import ObjectStoreUnavailableError
from domain.knowledge.errors import CorruptDocumentError
from domain.knowledge.ingest import IngestState
from domain.knowledge.sweep import LeftOverKind, SweepReport
from domain.knowledge.version import DocumentVersion
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED


async def sweep(workbench: Workbench, *, remove: bool = False, older_than_seconds: int = 0) -> SweepReport:
    return await (await workbench.sweep(remove=remove, older_than_seconds=older_than_seconds)).result()


def found(report: SweepReport) -> list[tuple[LeftOverKind, str]]:
    return [(one.kind, one.id) for one in report.left_over]


def derived_key(workbench: Workbench, version_id: UUID) -> str:
    return f"{workbench.tenant.tenant_id}/derived/{version_id}/parsed.json"


async def left_behind(workbench: Workbench, version_id: UUID) -> str:
    """Put an intermediate result of a version where its ingest would have removed it."""
    key = derived_key(workbench, version_id)
    await workbench.steps.store.put(key, b"{}")
    return key


async def test_nothing_is_left_over_of_ingests_that_ended(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    await workbench.learn("keys.md", KEYS_REVISED)
    await workbench.learn("empty.md", "")
    report = await sweep(workbench)
    assert report.left_over == ()
    assert report.checked["versions"] == 3
    assert report.checked["documents"] == 2
    assert report.checked["source_artifacts"] == 3
    assert report.checked["index_rows"] > 0
    assert report.checked["passages"] > report.checked["index_rows"]


async def test_bytes_that_no_version_names_are_found_and_removed(workbench: Workbench) -> None:
    kept = await workbench.learn("keys.md", KEYS)
    orphan = await workbench.upload("other.md", "# Other\n\nNobody ever submitted this.")
    expected = (LeftOverKind.SOURCE_ARTIFACT, orphan.artifact.key)
    assert found(await sweep(workbench)) == [expected]
    report = await sweep(workbench, remove=True)
    assert [one.removed for one in report.left_over] == [True]
    assert await workbench.steps.store.size(orphan.artifact.key) is None
    assert await workbench.steps.store.size(kept.version.artifact.key) is not None
    assert (await sweep(workbench)).found == 0


async def test_what_is_young_is_left_alone(workbench: Workbench) -> None:
    orphan = await workbench.upload("other.md", "# Other\n\nIts workflow is about to begin.")
    report = await sweep(workbench, remove=True, older_than_seconds=3600)
    assert (report.found, report.checked["source_artifacts"]) == (0, 1)
    assert await workbench.steps.store.size(orphan.artifact.key) is not None


async def test_intermediate_results_go_unless_a_run_or_a_retry_may_need_them(workbench: Workbench) -> None:
    succeeded = await workbench.learn("keys.md", KEYS)
    workbench.control.fail(ParsingActivities.parse_document, lambda: CorruptDocumentError("It is torn."))
    failed = await workbench.learn("torn.md", KEYS)
    workbench.control.release()
    unknown, kept = uuid4(), await left_behind(workbench, failed.version.version_id)
    gone = [await left_behind(workbench, one) for one in (succeeded.version.version_id, unknown)]
    report = await sweep(workbench, remove=True)
    assert sorted(one.id for one in report.left_over) == sorted(gone)
    assert {one.reason for one in report.left_over} == {"its ingest ended succeeded", "its version is unknown"}
    assert [await workbench.steps.store.size(key) for key in (*gone, kept)] == [None, None, 2]


async def test_objects_that_are_no_artifact_are_left_alone(workbench: Workbench) -> None:
    key = f"{workbench.tenant.tenant_id}/archive/2026.jsonl"
    await workbench.steps.store.put(key, b"{}")
    report = await sweep(workbench, remove=True)
    assert (report.found, report.checked["other_objects"]) == (0, 1)
    assert await workbench.steps.store.size(key) == 2


async def interrupted(workbench: Workbench) -> DocumentVersion:
    """A version whose workflow was terminated while it was read. The step is held until the test is over: it would
    still report progress, and what moved of late is no suspect."""
    gate = workbench.control.hold(ParsingActivities.parse_document)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    await workbench.ingest_handle(version).terminate("by force")
    return version


async def test_an_ingest_whose_workflow_was_terminated_is_reported_and_settled_as_failed(workbench: Workbench) -> None:
    version = await interrupted(workbench)
    assert found(await sweep(workbench)) == [(LeftOverKind.INTERRUPTED_INGEST, str(version.version_id))]
    assert not (await workbench.ingest(version.version_id)).state.is_terminal
    await sweep(workbench, remove=True)
    ingest = await workbench.ingest(version.version_id)
    assert ingest.state is IngestState.FAILED
    assert ingest.failure is not None
    assert ingest.failure.code == "ingest_interrupted"
    assert (await sweep(workbench)).found == 0


async def test_an_ingest_that_is_under_way_is_not_interrupted(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    version = await workbench.upload("keys.md", KEYS)
    await workbench.submit(version)
    await gate.reached.wait()
    assert (await sweep(workbench, remove=True)).found == 0
    workbench.control.release()
    await workbench.ingest_handle(version).result()
    assert (await workbench.ingest(version.version_id)).state is IngestState.SUCCEEDED


async def test_rows_that_no_answer_needs_are_found_and_removed(
    workbench: Workbench, database_urls: DatabaseUrls
) -> None:
    kept = await workbench.learn("keys.md", KEYS)
    broken = await workbench.learn("broken.md", "")
    tenant_id, document_id, passage_id = workbench.tenant.tenant_id, uuid4(), uuid4()
    with psycopg.connect(database_urls.app) as connection:
        connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
        connection.execute(
            "INSERT INTO passages (tenant_id, passage_id, version_id, ordinal, start_offset, end_offset, "
            "section_heading, text, text_sha256) VALUES (%s, %s, %s, 0, 0, 1, '', 'x', '')",
            [tenant_id, passage_id, broken.version.version_id],
        )
        connection.execute(
            "INSERT INTO documents (tenant_id, dataset_id, document_id, external_key, last_version_number) "
            "VALUES (%s, %s, %s, 'nowhere.md', 0)",
            [tenant_id, workbench.tenant.dataset.dataset_id, document_id],
        )
    expected = [
        (LeftOverKind.PASSAGES, str(broken.version.version_id)),
        (LeftOverKind.DOCUMENT, str(document_id)),
    ]
    assert found(await sweep(workbench)) == expected
    report = await sweep(workbench, remove=True)
    assert [one.removed for one in report.left_over] == [True, True]
    after = await sweep(workbench)
    assert (after.found, after.checked["passages"]) == (0, kept.passages)


async def test_a_sweep_goes_on_when_the_object_store_was_away(workbench: Workbench) -> None:
    workbench.control.fail(SweepingActivities.sweep_objects, unavailable(ObjectStoreUnavailableError), times=2)
    orphan = await workbench.upload("other.md", "# Other\n\nNobody ever submitted this.")
    assert found(await sweep(workbench)) == [(LeftOverKind.SOURCE_ARTIFACT, orphan.artifact.key)]
