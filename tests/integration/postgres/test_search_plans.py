"""Tables are counted as they grow, so that a plan made before there was anything to find is not kept."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.index.upkeep import LARGE, analyse_grown_tables
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import upgrade
from adapters.postgres.tenants import PostgresTenants
from bootstrap.embedded.postgres_roles import APP
from domain.knowledge.dataset import Dataset
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.processes import eventually
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of

DOCUMENTS = 60
PASSAGES = 20
WORDS = 400
QUERY = query_of("word3 word5")


def rows_read(urls: DatabaseUrls, *, open_sessions: int) -> dict[str, int]:
    """By table, how many rows were taken from it by sessions that have ended: all but the open ones."""
    still_open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        eventually(lambda: connection.execute(still_open, [APP]).fetchone() == (open_sessions,), "sessions ended")
        return dict(
            connection.execute(
                "SELECT relname, (seq_tup_read + idx_tup_fetch)::int FROM pg_stat_user_tables"
                " WHERE relname IN ('index_postings', 'index_passages', 'passages', 'document_versions', 'documents')"
            ).fetchall()
        )


@pytest.fixture
async def asking(empty_database: DatabaseUrls) -> AsyncIterator[Database]:
    """One connection to a database of its own, which keeps the plan that it makes first."""
    upgrade(empty_database.owner)
    async with Database(empty_database.app, pool_size=1) as database:
        yield database


@pytest.fixture
async def dataset(asking: Database) -> Dataset:
    made = Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="product_support", name="guides")
    await PostgresTenants(asking).create(made.tenant_id, "Planner")
    return await PostgresDatasets(asking).create(made)


async def publish(database: Database, dataset: Dataset, key: str, *texts: str) -> UUID:
    """The generation that it went into."""
    version = version_of(dataset, key, key)
    await PostgresIngests(database).register(version)
    return (await PostgresPassageIndex(database).ingest(publication_of(version, *texts))).generation_id


async def fill(urls: DatabaseUrls, dataset: Dataset, *, tended: bool) -> None:
    chance = random.Random(5)
    async with Database(urls.app) as database:
        for number in range(DOCUMENTS):
            texts = [" ".join(f"word{chance.randrange(WORDS)}" for _ in range(12)) for _ in range(PASSAGES)]
            generation_id = await publish(database, dataset, f"{number}.md", *texts)
            if tended:
                await PostgresPassageIndex(database).tend(dataset.tenant_id, generation_id)


def counted(urls: DatabaseUrls) -> set[str]:
    """The tables of which the planner knows something."""
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        return {name for (name,) in connection.execute("SELECT tablename FROM pg_stats WHERE schemaname = 'public'")}


async def test_a_plan_that_was_made_for_small_tables_reads_large_ones_by_key(
    empty_database: DatabaseUrls, asking: Database, dataset: Dataset
) -> None:
    filters, index = filters_of(dataset.tenant_id, [dataset]), PostgresPassageIndex(asking)
    await publish(asking, dataset, "first.md", "word3 alone")
    with psycopg.connect(empty_database.superuser, autocommit=True) as connection:
        connection.execute("ANALYZE")
    assert len((await index.search(QUERY, filters, 10)).passages) == 1
    await fill(empty_database, dataset, tended=True)
    before = await asyncio.to_thread(rows_read, empty_database, open_sessions=1)
    assert len((await index.search(QUERY, filters, 10)).passages) == 10
    await asking.close()
    after = await asyncio.to_thread(rows_read, empty_database, open_sessions=0)
    read = {name: count - before[name] for name, count in after.items()}
    # Of each document the postings of two words, and the passages that may be the best.
    assert read["index_postings"] < 3 * DOCUMENTS
    assert all(count < DOCUMENTS * PASSAGES for count in read.values()), read


async def test_a_table_that_is_busy_is_counted_by_the_next_call_and_the_others_by_this_one(
    empty_database: DatabaseUrls, asking: Database, dataset: Dataset
) -> None:
    async def count() -> list[str]:
        async with asking.transaction(dataset.tenant_id) as connection:
            return await analyse_grown_tables(connection)

    await fill(empty_database, dataset, tended=False)
    with psycopg.connect(empty_database.superuser) as busy:
        busy.execute("LOCK TABLE spans IN SHARE MODE")
        first = await count()
    others = {"index_passages", "index_postings", "passages"}
    assert others <= set(first)
    assert "spans" not in first
    assert others <= counted(empty_database)
    assert await count() == ["spans"]
    assert "spans" in counted(empty_database)
    assert await count() == []


async def test_a_generation_that_gets_its_vector_index_has_been_counted(
    empty_database: DatabaseUrls, asking: Database, dataset: Dataset
) -> None:
    generation_id = await publish(asking, dataset, "large.md", *(f"word{n % WORDS}" for n in range(LARGE)))
    await PostgresPassageIndex(asking).tend(dataset.tenant_id, generation_id)
    with psycopg.connect(empty_database.superuser, autocommit=True) as connection:
        assert connection.execute("SELECT index_kind FROM index_generations").fetchone() == ("hnsw",)
    assert "spans" in counted(empty_database)
