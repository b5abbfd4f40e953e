"""The states of an ingest: numbered, idempotent, ended once."""

import asyncio
from uuid import uuid4

import pytest

from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from domain.errors import Failure, NotFoundError
from domain.knowledge.errors import DatasetNotFoundError
from domain.knowledge.ingest import IngestStage, IngestState, Progress
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import publication_of, version_of


async def test_a_registered_version_is_queued_as_it_was_submitted(tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    version = version_of(tenant.dataset, visibility="internal", roles=("staff", "admin"), title="A title")
    ingest = await ingests.register(version)
    assert ingest.version == version
    assert (ingest.version_number, ingest.state, ingest.is_live) == (1, IngestState.QUEUED, False)
    assert ingest.progress == Progress(stage=IngestStage.REGISTER, done=0, total=0)
    assert await ingests.get(tenant.tenant_id, version.version_id) == ingest


async def test_versions_of_a_document_are_numbered_in_order_even_at_once(tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    versions = [version_of(tenant.dataset, content=f"content {n}") for n in range(20)]
    registered = await asyncio.gather(*(ingests.register(version) for version in versions))
    assert sorted(ingest.version_number for ingest in registered) == list(range(1, 21))


async def test_twenty_at_once_register_one_version(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    registered = await asyncio.gather(*(ingests.register(version) for _ in range(20)))
    assert registered == [registered[0]] * 20
    assert len(await ingests.list(tenant.tenant_id, None)) == 1


async def test_twenty_uploads_of_one_content_at_once_make_one_version(tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    registered = await asyncio.gather(*(ingests.register(version_of(tenant.dataset)) for _ in range(20)))
    assert len({ingest.version.version_id for ingest in registered}) == 1
    assert len(await ingests.list(tenant.tenant_id, None)) == 1


async def test_unchanged_content_of_the_live_version_is_not_written_again(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "Text."))
    same = await ingests.register(version_of(tenant.dataset))
    assert (same.version.version_id, same.state, same.is_live) == (version.version_id, IngestState.SUCCEEDED, True)
    other_title = await ingests.register(version_of(tenant.dataset, title="New title"))
    assert other_title.version_number == 2


async def test_going_back_to_the_live_content_while_another_is_on_its_way_is_a_new_version(
    tenant: TenantHandle,
) -> None:
    ingests, first = PostgresIngests(tenant.database), version_of(tenant.dataset, content="first")
    await ingests.register(first)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(first, "Text."))
    await ingests.register(version_of(tenant.dataset, content="second"))
    back = await ingests.register(version_of(tenant.dataset, content="first"))
    assert back.version_number == 3


async def test_content_that_failed_may_be_submitted_again(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    await ingests.settle(tenant.tenant_id, version.version_id, IngestState.FAILED, None)
    assert (await ingests.register(version_of(tenant.dataset))).version_number == 2


async def test_a_version_needs_its_dataset(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    theirs = other_tenant.dataset.model_copy(update={"tenant_id": tenant.tenant_id})
    with pytest.raises(DatasetNotFoundError):
        await ingests.register(version_of(theirs))


async def test_a_document_id_must_fit_its_external_key(tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    await ingests.register(version_of(tenant.dataset))
    misnamed = version_of(tenant.dataset).model_copy(update={"document_id": uuid4()})
    with pytest.raises(ValueError, match="external key"):
        await ingests.register(misnamed)


async def test_advancing_sets_the_progress_and_gathers_artifacts(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    parsed, embedded = (
        Progress(stage=IngestStage.PARSE, done=1, total=1),
        Progress(stage=IngestStage.EMBED, done=32, total=100, attempt=2),
    )
    await ingests.advance(tenant.tenant_id, version.version_id, parsed, {"parsed": "t/derived/parsed.json"})
    await ingests.advance(tenant.tenant_id, version.version_id, embedded, {"embeddings-0": "t/derived/0.f32"})
    ingest = await ingests.get(tenant.tenant_id, version.version_id)
    assert ingest is not None
    assert (ingest.state, ingest.progress) == (IngestState.RUNNING, embedded)
    assert ingest.artifacts == {"parsed": "t/derived/parsed.json", "embeddings-0": "t/derived/0.f32"}


async def test_the_first_terminal_state_stands(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    failure = Failure(code="corrupt_document", message="Broken \0 file.", details={"page": 3})
    failed = await ingests.settle(tenant.tenant_id, version.version_id, IngestState.FAILED, failure)
    again = await ingests.settle(tenant.tenant_id, version.version_id, IngestState.CANCELLED, None)
    await ingests.advance(tenant.tenant_id, version.version_id, Progress(stage=IngestStage.EMBED, done=1, total=2), {})
    assert failed == again == await ingests.get(tenant.tenant_id, version.version_id)
    assert failed.state is IngestState.FAILED
    assert failed.failure == failure.model_copy(update={"message": "Broken \ufffd file."})


@pytest.mark.parametrize("state", [state for state in IngestState if state.is_terminal])
async def test_an_ingest_can_end_in_every_terminal_state(state: IngestState, tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    assert (await ingests.settle(tenant.tenant_id, version.version_id, state, None)).state is state


async def test_settling_needs_an_ingest_and_an_end(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    with pytest.raises(NotFoundError):
        await ingests.settle(tenant.tenant_id, version.version_id, IngestState.FAILED, None)
    with pytest.raises(ValueError, match="running"):
        await ingests.settle(tenant.tenant_id, version.version_id, IngestState.RUNNING, None)


async def test_ingests_are_listed_newest_first_page_by_page_and_filtered(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    ingests, extra = PostgresIngests(tenant.database), await tenant.new_dataset()
    registered = [await ingests.register(version_of(tenant.dataset, f"{n}.md")) for n in range(5)]
    elsewhere = await ingests.register(version_of(extra, "x.md"))
    await ingests.settle(tenant.tenant_id, registered[2].version.version_id, IngestState.FAILED, None)
    newest_first = [ingest.version.external_key for ingest in await ingests.list(tenant.tenant_id, None)]
    assert newest_first == ["x.md", "4.md", "3.md", "2.md", "1.md", "0.md"]
    page = await ingests.list(tenant.tenant_id, None, limit=2)
    rest = await ingests.list(tenant.tenant_id, None, limit=2, after=page[-1].version.version_id)
    assert [ingest.version.external_key for ingest in rest] == ["3.md", "2.md"]
    assert await ingests.list(tenant.tenant_id, None, dataset_id=extra.dataset_id) == (elsewhere,)
    failed = await ingests.list(tenant.tenant_id, None, state=IngestState.FAILED)
    assert [ingest.version.external_key for ingest in failed] == ["2.md"]
    assert await ingests.list(tenant.tenant_id, None, after=uuid4()) == ()
    assert await ingests.list(other_tenant.tenant_id, None) == ()
    assert await ingests.get(other_tenant.tenant_id, registered[0].version.version_id) is None


async def test_the_end_of_a_version_supersedes_older_ones_that_were_left_unfinished(tenant: TenantHandle) -> None:
    ingests = PostgresIngests(tenant.database)
    orphan, other, newer = (
        version_of(tenant.dataset, content="one"),
        version_of(tenant.dataset, "other.md"),
        version_of(tenant.dataset, content="two"),
    )
    for version in (orphan, other, newer):
        await ingests.register(version)
    failure = Failure(code="empty_document", message="Empty.")
    await ingests.settle(tenant.tenant_id, newer.version_id, IngestState.FAILED, failure)
    rows = [await ingests.get(tenant.tenant_id, version.version_id) for version in (orphan, other, newer)]
    assert [row.state for row in rows if row] == [IngestState.SUPERSEDED, IngestState.QUEUED, IngestState.FAILED]


async def test_publishing_forgets_the_intermediate_results_that_clean_up_removes(tenant: TenantHandle) -> None:
    ingests, version = PostgresIngests(tenant.database), version_of(tenant.dataset)
    await ingests.register(version)
    progress = Progress(stage=IngestStage.PARSE, done=1, total=1)
    await ingests.advance(tenant.tenant_id, version.version_id, progress, {"parsed": "t/derived/parsed.json"})
    await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "Text."))
    ended = await ingests.get(tenant.tenant_id, version.version_id)
    assert ended is not None
    assert (ended.state, ended.artifacts) == (IngestState.SUCCEEDED, {})
