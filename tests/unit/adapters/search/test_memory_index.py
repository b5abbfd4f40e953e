"""The index in memory keeps the promises of the port; that it scores as PostgreSQL does is an integration test."""

from uuid import uuid4

import pytest

from adapters.search.memory_index import MemoryIndex
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import EmbeddingModelChangedError
from domain.knowledge.passage import passage_id_for
from domain.search.retrieval import SearchMode
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="product_support", name="docs")


@pytest.fixture
def index(dataset: Dataset) -> MemoryIndex:
    return MemoryIndex({dataset.dataset_id: dataset.pack_id})


async def test_a_new_version_takes_the_place_of_the_old_one(index: MemoryIndex, dataset: Dataset) -> None:
    first, second = version_of(dataset, content="1"), version_of(dataset, content="2")
    await index.ingest(publication_of(first, "Press the red button."))
    receipt = await index.ingest(publication_of(second, "Press the green button."))
    assert receipt.replaced_version_id == first.version_id
    assert await index.ingest(publication_of(second, "Anything else.")) == receipt
    found = await index.search(query_of("button"), filters_of(dataset.tenant_id, [dataset]), 10)
    assert [passage.version_id for passage in found.passages] == [second.version_id]
    old = passage_id_for(first.version_id, 0)
    assert await index.passage_texts(dataset.tenant_id, [old, uuid4()]) == {old: "Press the red button."}


async def test_nothing_outside_the_filters_is_found(index: MemoryIndex, dataset: Dataset) -> None:
    secret = version_of(dataset, "s.md", visibility="internal", roles=("legal",))
    await index.ingest(publication_of(secret, "Secret words."))
    tenant_id, query = dataset.tenant_id, query_of("secret words")
    allowed = filters_of(tenant_id, [dataset], roles=("legal",))
    assert len((await index.search(query, allowed, 10)).passages) == 1
    for filters in (
        filters_of(tenant_id, [dataset]),
        filters_of(tenant_id, [dataset], visibilities=("external",), roles=("legal",)),
        filters_of(tenant_id, [], roles=("legal",)),
        filters_of(uuid4(), [dataset], roles=("legal",)),
    ):
        assert (await index.search(query, filters, 10)).passages == ()


async def test_another_model_is_refused_when_ingesting_and_searched_by_words_alone(
    index: MemoryIndex, dataset: Dataset
) -> None:
    await index.ingest(publication_of(version_of(dataset, "a.md"), "Rotate the key."))
    with pytest.raises(EmbeddingModelChangedError):
        await index.ingest(publication_of(version_of(dataset, "b.md"), "Rotate.", model="other-1"))
    found = await index.search(query_of("rotate", model="other-1"), filters_of(dataset.tenant_id, [dataset]), 10)
    assert (found.mode, [one.scores.dense for one in found.passages]) == (SearchMode.LEXICAL, [None])


async def test_a_removed_document_is_found_no_more(index: MemoryIndex, dataset: Dataset) -> None:
    version = version_of(dataset)
    await index.ingest(publication_of(version, "Words."))
    assert not await index.remove(uuid4(), version.document_id)
    assert await index.remove(dataset.tenant_id, version.document_id)
    found = await index.search(query_of("words"), filters_of(dataset.tenant_id, [dataset]), 10)
    assert found.passages == ()
