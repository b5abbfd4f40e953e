"""Which way a generation's vectors are searched, when the planner knows nothing of them."""

import random
from typing import Any
from uuid import UUID

import psycopg

from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.index.publication_rows import as_vector_text
from adapters.postgres.ingests import PostgresIngests
from domain.knowledge.publication import IndexKind
from tests.fixtures.database import DatabaseUrls, TenantHandle
from tests.integration.postgres.samples import DIMENSION, publication_of, vector_of, version_of

PASSAGES = 1_500


def forget_statistics(urls: DatabaseUrls) -> None:
    """As right after a big ingest, when nothing has looked at the table yet."""
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute("SELECT pg_clear_relation_stats('public', 'spans')")
        for column in ("tenant_id", "generation_id", "passage_id"):
            connection.execute("SELECT pg_clear_attribute_stats('public', 'spans', %s, false)", [column])


async def pages_read(tenant: TenantHandle, generation_id: UUID) -> int:
    """Pages that looking for the ten nearest spans touches."""
    async with tenant.database.transaction(tenant.tenant_id) as connection:
        await connection.execute("SELECT set_config('hnsw.ef_search', '10', true)")
        cursor = await connection.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM nearest_spans("
            "%s, %s, 'hnsw', %s, %s::halfvec, '{external}', '{}', NULL, 10)",
            [tenant.tenant_id, generation_id, DIMENSION, as_vector_text(vector_of("word3 word5"))],
        )
        row = await cursor.fetchone()
    assert row is not None
    plan: dict[str, Any] = row["QUERY PLAN"][0]["Plan"]
    assert plan["Actual Rows"] == 10
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


async def test_the_vector_index_is_taken_before_the_table_has_statistics(
    tenant: TenantHandle, database_urls: DatabaseUrls
) -> None:
    chance = random.Random(5)
    texts = [" ".join(f"word{chance.randint(0, 400)}" for _ in range(12)) for _ in range(PASSAGES)]
    version = version_of(tenant.dataset)
    await PostgresIngests(tenant.database).register(version)
    index = PostgresPassageIndex(tenant.database)
    generation_id = (await index.ingest(publication_of(version, *texts))).generation_id
    assert await index.set_index_kind(tenant.tenant_id, generation_id, IndexKind.HNSW)
    forget_statistics(database_urls)
    assert await pages_read(tenant, generation_id) < PASSAGES
