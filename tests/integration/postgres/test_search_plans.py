"""What a search reads when its plan was made before there was anything to find."""

import random
import time
from uuid import uuid4

import psycopg

from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import upgrade
from adapters.postgres.passage_index import PostgresPassageIndex
from adapters.postgres.tenants import PostgresTenants
from bootstrap.embedded.postgres_roles import APP
from domain.bot import Dataset
from tests.fixtures.database import DatabaseUrls
from tests.integration.postgres.samples import filters_of, publication_of, query_of, version_of

DOCUMENTS = 60
PASSAGES = 20
WORDS = 400
QUERY = query_of("word3 word5")


def rows_read(urls: DatabaseUrls, *, open_sessions: int) -> dict[str, int]:
    """By table, how many rows were taken from it by sessions that have ended: all but the open ones."""
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        still_open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"
        deadline = time.monotonic() + 10
        while connection.execute(still_open, [APP]).fetchone() != (open_sessions,):
            assert time.monotonic() < deadline, "a session does not end"
            time.sleep(0.02)
        return dict(
            connection.execute(
                "SELECT relname, (seq_tup_read + idx_tup_fetch)::int FROM pg_stat_user_tables"
                " WHERE relname IN ('index_postings', 'index_passages', 'passages', 'document_versions', 'documents')"
            ).fetchall()
        )


async def publish(database: Database, dataset: Dataset, key: str, *texts: str) -> None:
    version = version_of(dataset, key, key)
    await PostgresIngests(database).register(version)
    index = PostgresPassageIndex(database)
    receipt = await index.ingest(publication_of(version, *texts))
    await index.tend(dataset.tenant_id, receipt.generation_id)


async def fill(urls: DatabaseUrls, dataset: Dataset) -> None:
    chance = random.Random(5)
    async with Database(urls.app) as database:
        for number in range(DOCUMENTS):
            texts = [" ".join(f"word{chance.randrange(WORDS)}" for _ in range(12)) for _ in range(PASSAGES)]
            await publish(database, dataset, f"{number}.md", *texts)


async def test_a_plan_that_was_made_for_small_tables_reads_large_ones_by_key(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner)
    dataset = Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="product_support", name="guides")
    filters = filters_of(dataset.tenant_id, [dataset])
    # One connection, which keeps the plan that it makes first.
    async with Database(empty_database.app, pool_size=1) as asking:
        await PostgresTenants(asking).create(dataset.tenant_id, "Planner")
        await PostgresDatasets(asking).create(dataset)
        await publish(asking, dataset, "first.md", "word3 alone")
        with psycopg.connect(empty_database.superuser, autocommit=True) as connection:
            connection.execute("ANALYZE")
        index = PostgresPassageIndex(asking)
        assert len((await index.search(QUERY, filters, 10)).passages) == 1
        await fill(empty_database, dataset)
        before = rows_read(empty_database, open_sessions=1)
        assert len((await index.search(QUERY, filters, 10)).passages) == 10
    read = {name: count - before[name] for name, count in rows_read(empty_database, open_sessions=0).items()}
    # Of each document the postings of two words, and the passages that may be the best.
    assert read["index_postings"] < 3 * DOCUMENTS
    assert all(count < DOCUMENTS * PASSAGES for count in read.values()), read
