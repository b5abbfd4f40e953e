"""Publishing and finding passages: whole versions only, and nothing outside the filters."""

import asyncio
from uuid import UUID, uuid4

import pytest

from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.passage_texts import PostgresPassageTexts
from domain.errors import NotFoundError
from domain.identity.principal import Visibility
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import EmbeddingModelChangedError
from domain.knowledge.ingest import IngestState
from domain.knowledge.passage import passage_id_for
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion
from domain.search.retrieval import SearchMode, SearchQuery, SearchResult
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import DIMENSION, MODEL, filters_of, publication_of, query_of, version_of


async def publish(tenant: TenantHandle, version: DocumentVersion, *texts: str) -> PublishReceipt:
    await PostgresIngests(tenant.database).register(version)
    return await PostgresPassageIndex(tenant.database).ingest(publication_of(version, *texts))


async def search(
    tenant: TenantHandle,
    text: str,
    *datasets: Dataset,
    mode: SearchMode = SearchMode.HYBRID,
    visibilities: tuple[Visibility, ...] = ("internal", "external"),
    roles: tuple[str, ...] = (),
    top_k: int = 10,
) -> SearchResult:
    filters = filters_of(tenant.tenant_id, datasets or (tenant.dataset,), visibilities=visibilities, roles=roles)
    return await PostgresPassageIndex(tenant.database).search(query_of(text, mode), filters, top_k)


def sources(result: SearchResult) -> list[str]:
    return [passage.source for passage in result.passages]


async def test_a_published_passage_is_found_with_all_that_a_citation_needs(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset, "keys.md", title="Rotating keys")
    texts = ("Introduction to the product. Nothing else.", "Open the settings. Rotate the API key there.")
    publication = publication_of(version, *texts)
    await PostgresIngests(tenant.database).register(version)
    receipt = await PostgresPassageIndex(tenant.database).ingest(publication)
    result = await search(tenant, "rotate the API key")
    best, wanted = result.passages[0], publication.passages.passages[1]
    assert best.passage_id == passage_id_for(version.version_id, 1)
    assert (best.document_id, best.version_id) == (version.document_id, version.version_id)
    assert (best.dataset_id, best.pack_id) == (tenant.dataset.dataset_id, "product_support")
    assert (best.title, best.url, best.source) == ("Rotating keys", version.url, "keys.md")
    assert (best.start, best.end, best.text_sha256) == (wanted.start, wanted.end, wanted.text_sha256)
    assert (best.span_start, best.span_end) == (wanted.spans[1].start, wanted.spans[1].end)
    assert best.scores.fused == pytest.approx(1.0)
    assert (result.mode, result.model, result.generation_id) == (SearchMode.HYBRID, MODEL, receipt.generation_id)


async def test_publishing_settles_the_ingest_with_its_counts(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset)
    receipt = await publish(tenant, version, "One. Two.", "Three.")
    ingest = await PostgresIngests(tenant.database).get(tenant.tenant_id, version.version_id)
    assert ingest is not None
    assert (ingest.state, ingest.is_live, ingest.passages, ingest.spans) == (IngestState.SUCCEEDED, True, 2, 3)
    assert (receipt.passages, receipt.spans, receipt.replaced_version_id) == (2, 3, None)


async def test_publishing_again_returns_the_same_receipt_and_changes_nothing(tenant: TenantHandle) -> None:
    first, second = version_of(tenant.dataset, content="1"), version_of(tenant.dataset, content="2")
    await publish(tenant, first, "Old words.")
    receipt = await publish(tenant, second, "New words.")
    before = await search(tenant, "words")
    index = PostgresPassageIndex(tenant.database)
    again = await asyncio.gather(*(index.ingest(publication_of(second, "New words.")) for _ in range(5)))
    assert again == [receipt] * 5
    assert receipt.replaced_version_id == first.version_id
    assert await search(tenant, "words") == before


async def test_a_document_of_very_many_words_is_found_by_its_first_and_by_its_last(tenant: TenantHandle) -> None:
    words = [f"word{number}" for number in range(25_000)]
    await publish(tenant, version_of(tenant.dataset, "book.md"), " ".join(words))
    for word in (words[0], words[-1]):
        assert sources(await search(tenant, word, mode=SearchMode.LEXICAL)) == ["book.md"]


async def test_a_new_version_takes_the_place_of_the_old_one_whose_text_stays_readable(tenant: TenantHandle) -> None:
    first, second = version_of(tenant.dataset, content="1"), version_of(tenant.dataset, content="2")
    await publish(tenant, first, "Press the red button.", "A second old passage.")
    await publish(tenant, second, "Press the green button.")
    result = await search(tenant, "button")
    assert [passage.version_id for passage in result.passages] == [second.version_id]
    old, new = passage_id_for(first.version_id, 0), passage_id_for(second.version_id, 0)
    texts = await PostgresPassageTexts(tenant.database).passage_texts(tenant.tenant_id, [old, new, uuid4()])
    assert texts == {old: "Press the red button.", new: "Press the green button."}
    replaced = await PostgresIngests(tenant.database).get(tenant.tenant_id, first.version_id)
    assert replaced is not None
    assert (replaced.state, replaced.is_live) == (IngestState.SUCCEEDED, False)


async def test_a_reader_sees_the_old_version_or_the_new_one_and_never_a_mix(tenant: TenantHandle) -> None:
    versions = [version_of(tenant.dataset, content=str(n)) for n in range(8)]
    await publish(tenant, versions[0], *[f"Common words {n}." for n in range(6)])
    publishing = asyncio.create_task(publish_all(tenant, versions[1:]))
    seen: list[UUID] = []
    while not publishing.done():
        result = await search(tenant, "common words", top_k=50)
        found = {passage.version_id for passage in result.passages}
        assert (len(found), len(result.passages)) == (1, 6)
        seen.extend(found)
    await publishing
    order = [version.version_id for version in versions]
    assert [order.index(one) for one in seen] == sorted(order.index(one) for one in seen)


async def publish_all(tenant: TenantHandle, versions: list[DocumentVersion]) -> None:
    for version in versions:
        await publish(tenant, version, *[f"Common words {n}." for n in range(6)])


async def test_a_publication_that_fails_half_way_changes_nothing(tenant: TenantHandle) -> None:
    first, second = version_of(tenant.dataset, content="1"), version_of(tenant.dataset, content="2")
    await publish(tenant, first, "Old words.")
    await PostgresIngests(tenant.database).register(second)
    broken = publication_of(second, "New words.").model_copy(update={"embeddings": b"\0" * 4})
    with pytest.raises(ValueError, match="spans"):
        await PostgresPassageIndex(tenant.database).ingest(broken)
    infinite = publication_of(second, "New words.")
    infinite = infinite.model_copy(update={"embeddings": b"\0\0\x80\x7f" * DIMENSION})
    with pytest.raises(Exception, match="stored"):
        await PostgresPassageIndex(tenant.database).ingest(infinite)
    assert [one.version_id for one in (await search(tenant, "words")).passages] == [first.version_id]


async def test_an_ended_ingest_is_not_published(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset)
    ingests = PostgresIngests(tenant.database)
    await ingests.register(version)
    await ingests.settle(tenant.tenant_id, version.version_id, IngestState.CANCELLED, None)
    receipt = await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "Cancelled words."))
    assert (receipt.passages, receipt.spans, receipt.replaced_version_id) == (0, 0, None)
    assert sources(await search(tenant, "cancelled words")) == []
    ingest = await ingests.get(tenant.tenant_id, version.version_id)
    assert ingest is not None
    assert ingest.state is IngestState.CANCELLED


async def test_a_version_never_takes_the_place_of_a_newer_one(tenant: TenantHandle) -> None:
    older, newer = version_of(tenant.dataset, content="1"), version_of(tenant.dataset, content="2")
    await PostgresIngests(tenant.database).register(older)
    await publish(tenant, newer, "Newer words.")
    receipt = await PostgresPassageIndex(tenant.database).ingest(publication_of(older, "Older words."))
    assert receipt.passages == 0
    ingest = await PostgresIngests(tenant.database).get(tenant.tenant_id, older.version_id)
    assert ingest is not None
    assert ingest.state is IngestState.SUPERSEDED
    assert [one.version_id for one in (await search(tenant, "words")).passages] == [newer.version_id]


async def test_first_documents_of_a_dataset_published_at_once_share_one_generation(tenant: TenantHandle) -> None:
    versions = [version_of(tenant.dataset, f"{n}.md") for n in range(10)]
    receipts = await asyncio.gather(*(publish(tenant, version, "Shared words.") for version in versions))
    assert len({receipt.generation_id for receipt in receipts}) == 1
    assert len((await search(tenant, "words", top_k=50)).passages) == 10


async def test_another_embedding_model_is_refused(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset, "a.md"), "Words.")
    version = version_of(tenant.dataset, "b.md")
    await PostgresIngests(tenant.database).register(version)
    with pytest.raises(EmbeddingModelChangedError) as caught:
        await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "Words.", model="other-1"))
    assert caught.value.details == {"live_model": MODEL, "model": "other-1"}


async def test_a_version_that_was_never_registered_is_refused(tenant: TenantHandle) -> None:
    publication: Publication = publication_of(version_of(tenant.dataset), "Words.")
    with pytest.raises(NotFoundError):
        await PostgresPassageIndex(tenant.database).ingest(publication)


async def test_visibility_and_roles_are_applied_before_ranking(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset, "public.md"), "Holiday rules for everyone.")
    await publish(tenant, version_of(tenant.dataset, "staff.md", visibility="internal"), "Holiday rules for staff.")
    hidden = version_of(tenant.dataset, "board.md", visibility="internal", roles=("board", "legal"))
    await publish(tenant, hidden, "Holiday rules holiday rules for the board.")
    customer = await search(tenant, "holiday rules", visibilities=("external",), roles=("board",))
    staff = await search(tenant, "holiday rules", roles=("support",))
    board = await search(tenant, "holiday rules", roles=("support", "legal"), top_k=1)
    assert sources(customer) == ["public.md"]
    assert sorted(sources(staff)) == ["public.md", "staff.md"]
    assert sources(board) == ["board.md"]


async def test_a_hidden_passage_changes_no_score_that_a_customer_sees(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset, "public.md"), "Rotate keys.", "Other things.")
    before = await search(tenant, "rotate keys", visibilities=("external",))
    await publish(tenant, version_of(tenant.dataset, "staff.md", visibility="internal"), "Rotate rotate rotate.")
    assert await search(tenant, "rotate keys", visibilities=("external",)) == before


async def test_only_the_named_datasets_are_searched_and_several_are_ranked_together(tenant: TenantHandle) -> None:
    extra = await tenant.new_dataset(pack_id="billing")
    await publish(tenant, version_of(tenant.dataset, "a.md"), "Invoices and keys.")
    await publish(tenant, version_of(extra, "b.md"), "Invoices.")
    assert sources(await search(tenant, "invoices", tenant.dataset)) == ["a.md"]
    assert sources(await search(tenant, "invoices", extra)) == ["b.md"]
    both = await search(tenant, "invoices", tenant.dataset, extra)
    assert sources(both) == ["b.md", "a.md"]
    assert [passage.pack_id for passage in both.passages] == ["billing", "product_support"]


async def test_another_tenants_dataset_finds_nothing(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    await publish(other_tenant, version_of(other_tenant.dataset), "Secret words.")
    result = await search(tenant, "secret words", other_tenant.dataset)
    assert (result.passages, result.generation_id, result.model) == ((), None, None)


async def test_an_empty_index_answers_in_the_mode_that_was_asked_for(tenant: TenantHandle) -> None:
    result = await search(tenant, "anything")
    assert result == SearchResult(passages=(), mode=SearchMode.HYBRID, generation_id=None, model=None)


async def test_a_query_of_another_model_is_answered_by_words_alone(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset), "Rotate the key.", "Nothing in common.")
    filters = filters_of(tenant.tenant_id, (tenant.dataset,))
    index = PostgresPassageIndex(tenant.database)
    other = SearchQuery(text="rotate", vector=(1.0, 0.0), model="other-1", mode=SearchMode.DENSE)
    for query in (other, query_of("rotate").model_copy(update={"vector": None, "model": None})):
        result = await index.search(query, filters, 10)
        assert result.mode is SearchMode.LEXICAL
        assert [(one.scores.dense, one.scores.fused) for one in result.passages] == [(None, 1.0)]
        assert (result.passages[0].span_start, result.passages[0].span_end) == (0, len("Rotate the key."))


async def test_datasets_of_two_models_are_compared_by_words_alone(tenant: TenantHandle) -> None:
    extra = await tenant.new_dataset()
    await publish(tenant, version_of(tenant.dataset, "a.md"), "Rotate the key.")
    version = version_of(extra, "b.md")
    await PostgresIngests(tenant.database).register(version)
    publication = publication_of(version, "Rotate the key, rotate.", model="other-1")
    await PostgresPassageIndex(tenant.database).ingest(publication)
    both = await search(tenant, "rotate", tenant.dataset, extra)
    assert (both.mode, sources(both)) == (SearchMode.LEXICAL, ["b.md", "a.md"])
    assert (await search(tenant, "rotate", tenant.dataset)).mode is SearchMode.HYBRID


async def test_the_dense_leg_alone_gives_no_lexical_score(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset), "Rotate the key.", "Nothing in common.")
    result = await search(tenant, "rotate the key", mode=SearchMode.DENSE)
    assert [one.scores.lexical for one in result.passages] == [None, None]
    assert result.passages[0].scores.dense == pytest.approx(1.0, abs=1e-3)


async def test_equal_passages_are_ordered_by_their_ids(tenant: TenantHandle) -> None:
    for name in ("a.md", "b.md", "c.md", "d.md"):
        await publish(tenant, version_of(tenant.dataset, name, title="Same"), "The very same words.")
    found = [one.passage_id for one in (await search(tenant, "same words")).passages]
    assert found == sorted(found)


async def test_a_question_of_stop_words_and_odd_characters_is_no_error(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset), "Words.")
    for text in ("how do I", "?!", "' OR 1=1 --", "%s {} \\", "ｗｏｒｄｓ"):
        assert (await search(tenant, text)).mode is SearchMode.HYBRID
    assert (await search(tenant, "ｗｏｒｄｓ", mode=SearchMode.LEXICAL)).passages


async def test_top_k_bounds_the_result(tenant: TenantHandle) -> None:
    await publish(tenant, version_of(tenant.dataset), *[f"Words {n}." for n in range(5)])
    assert len((await search(tenant, "words", top_k=3)).passages) == 3
    assert (await search(tenant, "words", top_k=0)).passages == ()
