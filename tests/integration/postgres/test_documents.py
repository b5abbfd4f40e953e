"""Documents as a whole: listed as they stand, and deleted for good [K7]."""

import asyncio
from uuid import UUID, uuid4

import pytest

from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.passage_texts import PostgresPassageTexts
from domain.errors import Failure, NotFoundError
from domain.knowledge.document import DocumentRemoval, DocumentState, LibraryDocument, RemovedDocument
from domain.knowledge.ingest import IngestStage, IngestState, Progress
from domain.knowledge.passage import passage_id_for
from domain.knowledge.version import DocumentVersion
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of


async def publish(tenant: TenantHandle, version: DocumentVersion, *texts: str) -> None:
    await PostgresIngests(tenant.database).register(version)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(version, *texts))


async def found(tenant: TenantHandle, text: str) -> list[UUID]:
    filters = filters_of(tenant.tenant_id, [tenant.dataset])
    result = await PostgresPassageIndex(tenant.database).search(query_of(text), filters, 5)
    return [passage.document_id for passage in result.passages]


async def remove(tenant: TenantHandle, version: DocumentVersion) -> RemovedDocument:
    removal = DocumentRemoval(
        tenant_id=tenant.tenant_id,
        dataset_id=version.dataset_id,
        document_id=version.document_id,
        external_key=version.external_key,
        requested_by="key-1",
    )
    return await PostgresDocuments(tenant.database).remove(removal)


async def standing(tenant: TenantHandle, version: DocumentVersion) -> LibraryDocument:
    documents = PostgresDocuments(tenant.database)
    document = await documents.get(tenant.tenant_id, version.dataset_id, version.document_id, None)
    assert document is not None
    return document


async def states(tenant: TenantHandle, *versions: DocumentVersion) -> list[IngestState]:
    ingests = PostgresIngests(tenant.database)
    rows = [await ingests.get(tenant.tenant_id, version.version_id) for version in versions]
    return [row.state for row in rows if row]


async def test_a_removed_document_is_found_no_more_but_its_passages_open(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset)
    await publish(tenant, version, "Words to forget.")
    await remove(tenant, version)
    assert await found(tenant, "forget") == []
    passage_id = passage_id_for(version.version_id, 0)
    texts = await PostgresPassageTexts(tenant.database).passage_texts(tenant.tenant_id, [passage_id])
    assert texts == {passage_id: "Words to forget."}
    assert (await standing(tenant, version)).state is DocumentState.DELETED
    assert await states(tenant, version) == [IngestState.SUCCEEDED]


async def test_unfinished_versions_end_cancelled_with_the_reason_and_can_never_be_published(
    tenant: TenantHandle,
) -> None:
    ingests = PostgresIngests(tenant.database)
    running, queued = version_of(tenant.dataset, content="one"), version_of(tenant.dataset, content="two")
    for version in (running, queued):
        await ingests.register(version)
    progress = Progress(stage=IngestStage.PARSE, done=1, total=2)
    await ingests.advance(tenant.tenant_id, running.version_id, progress, {"parsed": "t/derived/parsed.json"})
    removed = await remove(tenant, running)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(queued, "Too late."))
    assert await states(tenant, running, queued) == [IngestState.CANCELLED] * 2
    ended = await ingests.get(tenant.tenant_id, running.version_id)
    assert ended is not None
    assert ended.failure is not None
    assert (ended.failure.code, ended.artifacts) == ("document_deleted", {})
    assert (removed.last_version_number, set(removed.left_over)) == (2, {running.version_id, queued.version_id})
    assert await found(tenant, "late") == []


async def test_removing_again_says_the_same(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset)
    await PostgresIngests(tenant.database).register(version)
    assert await remove(tenant, version) == await remove(tenant, version)


async def test_a_later_upload_revives_the_document_with_the_next_number(tenant: TenantHandle) -> None:
    version, again = version_of(tenant.dataset), version_of(tenant.dataset)
    await publish(tenant, version, "Words to forget.")
    await remove(tenant, version)
    revived = await PostgresIngests(tenant.database).register(again)
    assert revived.version_number == 2
    assert (await standing(tenant, version)).state is DocumentState.INGESTING
    await PostgresPassageIndex(tenant.database).ingest(publication_of(again, "Words to forget."))
    document = await standing(tenant, version)
    assert (document.state, document.deleted_at) == (DocumentState.LIVE, None)
    assert document.live is not None
    assert document.live.version_number == 2
    assert await found(tenant, "forget") == [version.document_id]


async def test_of_a_removal_and_a_publication_at_once_the_document_is_never_both_deleted_and_found(
    tenant: TenantHandle,
) -> None:
    versions = [version_of(tenant.dataset, f"{number}.md") for number in range(6)]
    for version in versions:
        await PostgresIngests(tenant.database).register(version)
    index = PostgresPassageIndex(tenant.database)
    publishing = [index.ingest(publication_of(version, "Words to forget.")) for version in versions]
    await asyncio.gather(*publishing, *(remove(tenant, version) for version in versions))
    assert await found(tenant, "forget") == []
    assert {(await standing(tenant, version)).state for version in versions} == {DocumentState.DELETED}


@pytest.mark.parametrize("stranger", ["another tenant", "another dataset", "nobody's"])
async def test_what_is_not_there_or_not_yours_is_not_found(
    tenant: TenantHandle, other_tenant: TenantHandle, stranger: str
) -> None:
    version = version_of(tenant.dataset)
    await publish(tenant, version, "Words to keep.")
    extra = await tenant.new_dataset()
    asked = {
        "another tenant": (other_tenant, version),
        "another dataset": (tenant, version.model_copy(update={"dataset_id": extra.dataset_id})),
        "nobody's": (tenant, version.model_copy(update={"document_id": uuid4()})),
    }[stranger]
    with pytest.raises(NotFoundError):
        await remove(*asked)
    assert await found(tenant, "keep") == [version.document_id]


async def test_documents_are_listed_by_name_page_by_page_and_deleted_ones_on_request(tenant: TenantHandle) -> None:
    versions = [version_of(tenant.dataset, f"{name}.md") for name in ("d", "b", "a", "c", "e")]
    d, b, a, c, e = versions
    for version in (d, b, a):
        await publish(tenant, version, "Words.")
    for version in (c, e):
        await PostgresIngests(tenant.database).register(version)
    failure = Failure(code="empty_document", message="Empty.")
    await PostgresIngests(tenant.database).settle(tenant.tenant_id, e.version_id, IngestState.FAILED, failure)
    await remove(tenant, b)
    documents, dataset_id = PostgresDocuments(tenant.database), tenant.dataset.dataset_id
    first = await documents.list(tenant.tenant_id, dataset_id, None, limit=2)
    rest = await documents.list(tenant.tenant_id, dataset_id, None, limit=2, after=first[-1].document_id)
    deleted = await documents.list(tenant.tenant_id, dataset_id, None, state=DocumentState.DELETED)
    assert [(one.external_key, one.state.value) for one in (*first, *rest)] == [
        ("a.md", "live"),
        ("c.md", "ingesting"),
        ("d.md", "live"),
        ("e.md", "absent"),
    ]
    assert rest[-1].latest.failure == failure
    assert [one.external_key for one in deleted] == ["b.md"]
    assert await documents.list(tenant.tenant_id, dataset_id, None, after=uuid4()) == ()
