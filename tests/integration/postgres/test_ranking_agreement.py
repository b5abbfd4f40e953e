"""The index in PostgreSQL agrees with rank-bm25 and the index in memory, which share no line of scoring with it."""

import itertools

import pytest

from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.search.bm25 import Bm25
from adapters.search.memory_index import MemoryIndex
from adapters.search.text_analysis import passage_terms, tokenise
from domain.knowledge.passage import passage_id_for
from domain.search.retrieval import Fusion, LegWeights, SearchMode, SearchResult
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of

_SUBJECTS = ("API keys", "webhooks", "invoices", "rate limits", "the sandbox", "team members")
_SENTENCES = (
    "Open the settings and rotate {}. The old one works for a day.",
    "{} fail when the signature is wrong. Check the signing secret. Retry with backoff, retry again.",
    "How to invite and remove {} of your organisation, step by step.",
    "Limits of {} depend on the plan. Ask support to raise the limits.",
)
CORPUS = [sentence.format(subject) for subject, sentence in itertools.product(_SUBJECTS, _SENTENCES)]
QUESTIONS = (
    "How do I rotate an API key?",
    "limits limits of the sandbox",
    "signature of webhooks is wrong, retry",
    "remove team members",
    "zebra crossing",
    "settings",
)


async def filled(tenant: TenantHandle) -> tuple[PostgresPassageIndex, MemoryIndex]:
    """Both indexes over the corpus: documents of four passages, the first documents replaced once."""
    stored = PostgresPassageIndex(tenant.database)
    memory = MemoryIndex({tenant.dataset.dataset_id: "product_support"})
    for submission, number in enumerate((0, *range(len(_SUBJECTS)))):
        texts = CORPUS[number * 4 : number * 4 + 4]
        version = version_of(tenant.dataset, f"{number}.md", content=str(submission), title="Guide")
        await PostgresIngests(tenant.database).register(version)
        publication = publication_of(version, *texts)
        await stored.ingest(publication)
        await memory.ingest(publication)
    return stored, memory


def scores(result: SearchResult) -> list[float | None]:
    parts = ((one.scores.dense, one.scores.lexical, one.scores.fused) for one in result.passages)
    return list(itertools.chain.from_iterable(parts))


def ranks(result: SearchResult) -> list[tuple[int | None, int | None]]:
    return [(one.scores.dense_rank, one.scores.lexical_rank) for one in result.passages]


async def test_bm25_in_sql_equals_rank_bm25_on_the_same_tokens(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset, title="Guide")
    await PostgresIngests(tenant.database).register(version)
    index = PostgresPassageIndex(tenant.database)
    await index.ingest(publication_of(version, *CORPUS))
    reference = Bm25([passage_terms("Guide", "", text) for text in CORPUS])
    for question in QUESTIONS:
        filters = filters_of(tenant.tenant_id, (tenant.dataset,))
        result = await index.search(query_of(question, SearchMode.LEXICAL), filters, len(CORPUS))
        found = {one.passage_id: one.scores.lexical for one in result.passages}
        expected = reference.get_scores(tokenise(question))
        ids = [passage_id_for(version.version_id, ordinal) for ordinal in range(len(CORPUS))]
        assert [found.get(one, 0.0) for one in ids] == pytest.approx(list(expected), abs=1e-6)


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("mode", list(SearchMode))
async def test_both_indexes_give_the_same_passages_in_the_same_order(
    mode: SearchMode, fusion: Fusion, tenant: TenantHandle
) -> None:
    stored, memory = await filled(tenant)
    filters = filters_of(tenant.tenant_id, (tenant.dataset,))
    for question in QUESTIONS:
        query = query_of(question, mode).model_copy(update={"fusion": fusion})
        one, other = await stored.search(query, filters, 50), await memory.search(query, filters, 50)
        assert scores(one) == pytest.approx(scores(other), abs=1e-5)
        assert [p.source for p in one.passages] == [p.source for p in other.passages]
        assert ranks(one) == ranks(other)
        assert (one.mode, one.generation_id, one.model) == (other.mode, other.generation_id, other.model)
        assert one.lexical_ceiling == pytest.approx(other.lexical_ceiling, abs=1e-6)


async def test_no_lexical_score_exceeds_the_ceiling_and_unknown_words_raise_it(tenant: TenantHandle) -> None:
    stored, _ = await filled(tenant)
    filters = filters_of(tenant.tenant_id, (tenant.dataset,))
    known = await stored.search(query_of("rotate keys"), filters, 50)
    more = await stored.search(query_of("rotate keys zyzzyva"), filters, 50)
    assert known.lexical_ceiling is not None
    assert more.lexical_ceiling is not None
    assert max(one.scores.lexical or 0.0 for one in known.passages) < known.lexical_ceiling < more.lexical_ceiling


async def test_weights_of_the_query_decide_what_a_leg_counts(tenant: TenantHandle) -> None:
    stored, memory = await filled(tenant)
    filters = filters_of(tenant.tenant_id, (tenant.dataset,))
    query = query_of("rotate API keys").model_copy(update={"weights": LegWeights(dense=0.1, lexical=0.9)})
    one, other = await stored.search(query, filters, 5), await memory.search(query, filters, 5)
    assert scores(one) == pytest.approx(scores(other), abs=1e-5)
    assert one.passages[0].scores.lexical_rank == 1


async def test_a_part_of_a_table_is_found_by_the_words_of_its_header(tenant: TenantHandle) -> None:
    stored, memory = PostgresPassageIndex(tenant.database), MemoryIndex({tenant.dataset.dataset_id: "product_support"})
    version = version_of(tenant.dataset, title="Codes")
    await PostgresIngests(tenant.database).register(version)
    publication = publication_of(version, "E1 lost", "E2 found")
    first, second = publication.passages.passages
    continued = second.model_copy(update={"table_header": "code meaning"})
    passages = publication.passages.model_copy(update={"passages": (first, continued)})
    for index in (stored, memory):
        await index.ingest(publication.model_copy(update={"passages": passages}))
    asked = query_of("which meaning", SearchMode.LEXICAL), filters_of(tenant.tenant_id, (tenant.dataset,)), 10
    found = [await index.search(*asked) for index in (stored, memory)]
    ids = [passage_id_for(version.version_id, continued.ordinal)]
    assert [[one.passage_id for one in result.passages] for result in found] == [ids, ids]
    assert scores(found[0]) == pytest.approx(scores(found[1]), abs=1e-6)
