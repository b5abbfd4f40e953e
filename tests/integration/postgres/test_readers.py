"""Lists name the documents that their reader may see, and no others: decided in the statement [T4]."""

from uuid import UUID

import pytest

from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from domain.identity.principal import Reader
from domain.knowledge.document import DocumentState
from domain.knowledge.version import DocumentVersion
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import publication_of, version_of

EVERYBODY = ("guide.md",)
READERS = {
    "a customer": (Reader(principal_id="c", visibilities=("external",), packs=("product_support",)), EVERYBODY),
    "a customer with the role": (
        Reader(principal_id="c", visibilities=("external",), roles=("board", "x"), packs=("product_support",)),
        ("board.md", "guide.md"),
    ),
    "the staff": (
        Reader(principal_id="s", visibilities=("internal", "external"), packs=("product_support",)),
        ("guide.md", "staff.md"),
    ),
    "somebody without the pack": (
        Reader(principal_id="s", visibilities=("internal", "external"), packs=("other",)),
        (),
    ),
    "who handed them in": (
        Reader(principal_id="key-1", visibilities=("external",)),
        ("board.md", "guide.md", "staff.md"),
    ),
    "the platform": (None, ("board.md", "guide.md", "staff.md")),
}


@pytest.fixture
async def versions(tenant: TenantHandle) -> dict[str, DocumentVersion]:
    made = (
        version_of(tenant.dataset),
        version_of(tenant.dataset, "staff.md", visibility="internal"),
        version_of(tenant.dataset, "board.md", roles=("board",)),
    )
    for version in made:
        await publish(tenant, version)
    return {version.external_key: version for version in made}


async def publish(tenant: TenantHandle, version: DocumentVersion) -> None:
    await PostgresIngests(tenant.database).register(version)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "Words."))


@pytest.mark.parametrize("who", READERS)
async def test_every_list_and_look_up_keeps_to_the_readers_rights(
    tenant: TenantHandle, versions: dict[str, DocumentVersion], who: str
) -> None:
    reader, expected = READERS[who]
    documents, ingests = PostgresDocuments(tenant.database), PostgresIngests(tenant.database)
    dataset_id = tenant.dataset.dataset_id
    listed = await documents.list(tenant.tenant_id, dataset_id, reader)
    handed_in = await ingests.list(tenant.tenant_id, reader)
    got = [await documents.get(tenant.tenant_id, dataset_id, one.document_id, reader) for one in versions.values()]
    found = [await ingests.get(tenant.tenant_id, one.version_id, reader) for one in versions.values()]
    assert tuple(one.external_key for one in listed) == expected
    assert tuple(sorted(one.version.external_key for one in handed_in)) == expected
    assert tuple(sorted(one.external_key for one in got if one)) == expected
    assert tuple(sorted(one.version.external_key for one in found if one)) == expected
    if reader is not None:
        seen = await documents.seen_versions(tenant.tenant_id, [one.version_id for one in versions.values()], reader)
        assert seen == {versions[name].version_id for name in expected}


async def test_a_page_does_not_tell_what_lies_behind_a_document_that_is_not_seen(
    tenant: TenantHandle, versions: dict[str, DocumentVersion]
) -> None:
    reader, _ = READERS["a customer"]
    documents, dataset_id = PostgresDocuments(tenant.database), tenant.dataset.dataset_id
    for after in (versions["board.md"].document_id, UUID(int=1)):
        assert await documents.list(tenant.tenant_id, dataset_id, reader, after=after) == ()


async def test_a_newer_version_that_is_not_seen_neither_hides_nor_shows_itself(tenant: TenantHandle) -> None:
    reader, _ = READERS["a customer"]
    documents, dataset_id = PostgresDocuments(tenant.database), tenant.dataset.dataset_id
    await publish(tenant, version_of(tenant.dataset, title="For all"))
    await publish(tenant, version_of(tenant.dataset, content="new", title="For few", visibility="internal"))
    assert await documents.list(tenant.tenant_id, dataset_id, reader) == ()
    await PostgresIngests(tenant.database).register(version_of(tenant.dataset, content="newer", title="For all again"))
    (listed,) = await documents.list(tenant.tenant_id, dataset_id, reader)
    assert (listed.state, listed.live) == (DocumentState.INGESTING, None)
