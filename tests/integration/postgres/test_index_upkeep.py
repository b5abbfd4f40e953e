"""Whatever was published, replaced, removed and merged, searches give what rank-bm25 and plain cosines give."""

import asyncio
import random
from uuid import UUID

import psycopg
import pytest

from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.index.upkeep import merge_segments
from adapters.postgres.ingests import PostgresIngests
from adapters.search.memory_index import MemoryIndex
from domain.identity.principal import Visibility
from domain.knowledge.document import DocumentRemoval
from domain.knowledge.publication import IndexKind
from domain.search.retrieval import SearchMode, SearchResult
from tests.fixtures.database import DatabaseUrls, TenantHandle
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of

WORDS = [f"word{n}" for n in range(60)]


class Both:
    """The index in PostgreSQL and the one in memory, given the same."""

    def __init__(self, tenant: TenantHandle, seed: int) -> None:
        self.tenant = tenant
        self.stored = PostgresPassageIndex(tenant.database)
        self.memory = MemoryIndex({tenant.dataset.dataset_id: "product_support"})
        self.chance = random.Random(seed)
        self.generation: UUID | None = None

    def text(self) -> str:
        """Words as in real texts: few of them often, most of them rarely; spans of some words."""
        drawn = self.chance.choices(WORDS, [1 / (n + 2) for n in range(len(WORDS))], k=self.chance.randint(1, 40))
        return " ".join(word + ("." if self.chance.random() < 0.1 else "") for word in drawn)

    async def publish(self, name: str) -> None:
        visibility: Visibility = self.chance.choice(("internal", "external"))
        roles = self.chance.choice(((), (), ("board",)))
        content = str(self.chance.random())
        version = version_of(self.tenant.dataset, name, content, visibility=visibility, roles=roles, title="Guide")
        await PostgresIngests(self.tenant.database).register(version)
        publication = publication_of(version, *[self.text() for _ in range(self.chance.randint(1, 4))])
        self.generation = (await self.stored.ingest(publication)).generation_id
        await self.memory.ingest(publication)

    async def remove(self, name: str) -> None:
        document_id = version_of(self.tenant.dataset, name).document_id
        removal = DocumentRemoval(
            tenant_id=self.tenant.tenant_id,
            dataset_id=self.tenant.dataset.dataset_id,
            document_id=document_id,
            external_key=name,
            requested_by="key-1",
        )
        await PostgresDocuments(self.tenant.database).remove(removal)
        await self.memory.remove(self.tenant.tenant_id, document_id)

    async def merge(self) -> int:
        assert self.generation is not None
        async with self.tenant.database.transaction(self.tenant.tenant_id) as connection:
            return await merge_segments(connection, self.tenant.tenant_id, self.generation)

    async def search(
        self, text: str, mode: SearchMode, visibilities: tuple[Visibility, ...], *roles: str
    ) -> tuple[SearchResult, SearchResult]:
        filters = filters_of(self.tenant.tenant_id, (self.tenant.dataset,), visibilities=visibilities, roles=roles)
        query = query_of(text, mode)
        return await self.stored.search(query, filters, 200), await self.memory.search(query, filters, 200)

    async def as_customer(self, text: str, mode: SearchMode) -> tuple[SearchResult, SearchResult]:
        return await self.search(text, mode, ("external",))

    async def as_board(self, text: str, mode: SearchMode) -> tuple[SearchResult, SearchResult]:
        return await self.search(text, mode, ("internal", "external"), "board")

    async def agree(self) -> None:
        for mode in SearchMode:
            for seen in (self.as_customer, self.as_board):
                one, other = await seen(self.text(), mode)
                assert {p.passage_id for p in one.passages} == {p.passage_id for p in other.passages}
                found = {p.passage_id: p.scores for p in one.passages}
                for passage in other.passages:
                    got, expected = found[passage.passage_id], passage.scores
                    assert got.lexical == pytest.approx(expected.lexical, abs=1e-6)
                    assert got.dense == pytest.approx(expected.dense, abs=1e-5)
                    assert got.fused == pytest.approx(expected.fused, abs=1e-5)


async def segments(tenant: TenantHandle) -> int:
    async with tenant.database.transaction(tenant.tenant_id) as connection:
        cursor = await connection.execute(
            "SELECT count(*) AS count FROM index_segments WHERE tenant_id = %s", [tenant.tenant_id]
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["count"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_histories_of_a_corpus_score_as_rank_bm25_does(seed: int, tenant: TenantHandle) -> None:
    both = Both(tenant, seed)
    names = [f"{n}.md" for n in range(25)]
    known: set[str] = set()
    for step in range(120):
        name = both.chance.choice(names)
        await (both.remove(name) if name in known and both.chance.random() < 0.2 else both.publish(name))
        known.add(name)
        if step % 40 == 39:
            await both.agree()
            while await both.merge():
                pass
            await both.agree()
    assert await segments(tenant) <= 24 * 4


async def test_a_merge_leaves_fewer_segments_and_the_same_answers(tenant: TenantHandle) -> None:
    both = Both(tenant, 4)
    for n in range(120):
        await both.publish(f"{n % 50}.md")
    before, answers = await segments(tenant), await both.search("word1 word9", SearchMode.HYBRID, ("external",))
    while await both.merge():
        pass
    assert await segments(tenant) < before / 2
    assert await both.search("word1 word9", SearchMode.HYBRID, ("external",)) == answers


async def test_searches_publications_removals_and_merges_at_once_end_in_agreement(tenant: TenantHandle) -> None:
    both, done = Both(tenant, 5), asyncio.Event()
    for n in range(40):
        await both.publish(f"{n}.md")
    others = [asyncio.create_task(work(both, done)) for work in (keep_merging, keep_searching, keep_searching)]
    await asyncio.gather(*(publish_and_remove(both, range(start, start + 30)) for start in (0, 30, 60)))
    done.set()
    await asyncio.gather(*others)
    await both.agree()


async def keep_merging(both: Both, done: asyncio.Event) -> None:
    while not done.is_set():
        await asyncio.gather(both.merge(), both.merge())


async def keep_searching(both: Both, done: asyncio.Event) -> None:
    while not done.is_set():
        found, _ = await both.as_board("word0 word1 word2", SearchMode.LEXICAL)
        assert all(one.scores.lexical and one.scores.lexical > 0 for one in found.passages)


async def publish_and_remove(both: Both, names: range) -> None:
    for n in names:
        await both.publish(f"{n}.md")
        if n % 3 == 0:
            await both.remove(f"{n}.md")


async def test_a_merge_that_is_killed_before_it_commits_changes_nothing(
    tenant: TenantHandle, database_urls: DatabaseUrls
) -> None:
    both = Both(tenant, 6)
    for n in range(120):
        await both.publish(f"{n % 30}.md")
    assert both.generation is not None
    before = await segments(tenant)
    killed = await psycopg.AsyncConnection.connect(database_urls.app, row_factory=psycopg.rows.dict_row)
    await killed.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.tenant_id)])
    assert await merge_segments(killed, tenant.tenant_id, both.generation) > 1
    async with await psycopg.AsyncConnection.connect(database_urls.superuser) as superuser:
        await superuser.execute("SELECT pg_terminate_backend(%s)", [killed.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await killed.execute("SELECT 1")
    await killed.close()
    assert await segments(tenant) == before
    await both.agree()
    assert await both.merge() > 1
    await both.agree()


@pytest.mark.parametrize("kind", list(IndexKind))
async def test_each_kind_of_vector_index_finds_the_nearest_within_the_filters(
    kind: IndexKind, tenant: TenantHandle
) -> None:
    both = Both(tenant, 7)
    for n in range(60):
        await both.publish(f"{n}.md")
    assert both.generation is not None
    assert await both.stored.set_index_kind(tenant.tenant_id, both.generation, kind)
    for n in range(10):
        await both.publish(f"{n}.md")
    for visibilities in (("external",), ("internal", "external")):
        one, other = await both.search("word3 word5 word7", SearchMode.DENSE, visibilities)
        found, expected = (
            [p.passage_id for p in one.passages[:10]],
            {p.passage_id: p.scores for p in other.passages},
        )
        assert [expected[p].dense for p in found] == pytest.approx(
            [p.scores.dense for p in other.passages[:10]], abs=1e-4
        )


async def test_a_generation_of_another_tenant_gets_no_vector_index(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    both = Both(tenant, 8)
    await both.publish("a.md")
    assert both.generation is not None
    assert not await both.stored.set_index_kind(other_tenant.tenant_id, both.generation, IndexKind.HNSW)


async def test_words_cut_by_an_earlier_analyser_are_left_out_with_a_warning(tenant: TenantHandle) -> None:
    both = Both(tenant, 9)
    await both.publish("a.md")
    async with tenant.database.transaction(tenant.tenant_id) as connection:
        await connection.execute("UPDATE index_segments SET analyser = 'english-0'")
        await connection.execute("UPDATE index_passages SET analyser = 'english-0'")
    found, _ = await both.search("word0 word1", SearchMode.HYBRID, ("internal", "external"), "board")
    assert [warning.value for warning in found.warnings] == ["analyser_differs"]
    assert [one.scores.lexical for one in found.passages] == [None] * len(found.passages)
    vectors_only = query_of("word0", SearchMode.DENSE)
    filters = filters_of(tenant.tenant_id, (tenant.dataset,), roles=("board",))
    assert (await both.stored.search(vectors_only, filters, 5)).warnings == ()
