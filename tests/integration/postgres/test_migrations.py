from uuid import uuid4

import psycopg
import pytest

from adapters.postgres.bots import PostgresBots
from adapters.postgres.database import Database
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import current_revision, differences, downgrade, head_revision, upgrade
from adapters.postgres.turns import PostgresTurns
from domain.bots.bot import DEFAULT_CONFIDENCE
from domain.errors import DatabaseUnavailableError
from domain.identity.principal import Visibility
from domain.search.retrieval import SearchResult
from tests.fixtures.database import DatabaseUrls, TenantHandle, new_tenant
from tests.integration.postgres.samples import filters_of, publication_of, query_of, turn_of, version_of


async def fill(urls: DatabaseUrls) -> None:
    async with Database(urls.app, pool_size=2) as database:
        tenant = await new_tenant(database)
        version = version_of(tenant.dataset)
        await PostgresIngests(database).register(version)
        await PostgresPassageIndex(database).ingest(publication_of(version, "Rotate the key. Then test it."))
        await PostgresTurns(database).record(*turn_of(tenant))


def test_an_empty_database_goes_up_and_down_and_up_again(empty_database: DatabaseUrls) -> None:
    assert current_revision(empty_database.owner) is None
    upgrade(empty_database.owner)
    assert current_revision(empty_database.owner) == head_revision()
    downgrade(empty_database.owner, "base")
    assert current_revision(empty_database.owner) is None
    upgrade(empty_database.owner)
    assert differences(empty_database.owner) is None


async def test_a_filled_database_matches_the_models_and_can_go_down(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner)
    await fill(empty_database)
    upgrade(empty_database.owner)
    assert differences(empty_database.owner) is None
    downgrade(empty_database.owner, "base")
    assert current_revision(empty_database.owner) is None


def test_a_column_that_the_models_do_not_know_is_reported(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner)
    with psycopg.connect(empty_database.owner) as connection:
        connection.execute("ALTER TABLE bots ADD COLUMN surprise text")
    assert "surprise" in (differences(empty_database.owner) or "")


def test_a_database_that_does_not_answer_is_named_as_the_cause(database_urls: DatabaseUrls) -> None:
    with pytest.raises(DatabaseUnavailableError, match="DATABASE_OWNER_URL"):
        upgrade(database_urls.owner.replace("answerable_owner:", "answerable_owner:wrong"))


async def test_a_filled_index_is_converted_down_and_up_and_finds_the_same(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner)
    async with Database(empty_database.app, pool_size=2) as database:
        tenants = [await new_tenant(database) for _ in range(2)]
        for tenant in tenants:
            for number, name in enumerate(("a.md", "b.md", "a.md")):
                visibility: Visibility = "internal" if name == "b.md" else "external"
                version = version_of(tenant.dataset, name, content=str(number), visibility=visibility)
                await PostgresIngests(database).register(version)
                text = "Rotate the key, rotate it. Then test the key of the sandbox."
                await PostgresPassageIndex(database).ingest(publication_of(version, text, f"Other words of {name}."))
        before = [await found(database, tenant) for tenant in tenants]
    downgrade(empty_database.owner, "0004")
    upgrade(empty_database.owner)
    assert differences(empty_database.owner) is None
    async with Database(empty_database.app, pool_size=2) as database:
        after = [await found(database, tenant) for tenant in tenants]
        assert after == before
        assert [len(result.passages) for result in after] == [4, 4]
        version = version_of(tenants[0].dataset, "a.md", content="newer")
        await PostgresIngests(database).register(version)
        await PostgresPassageIndex(database).ingest(publication_of(version, "Nothing of before."))
        replaced = await found(database, tenants[0])
        assert {one.source for one in replaced.passages if one.scores.lexical} == {"b.md"}


async def test_bots_at_the_default_of_the_old_scale_get_the_new_one(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner)
    async with Database(empty_database.app, pool_size=2) as database:
        tenants = [await new_tenant(database) for _ in range(2)]
        for tenant in tenants:
            for confidence in (0.2, 0.3):
                bot = tenant.bot.model_copy(
                    update={"bot_id": uuid4(), "is_default": False, "minimum_confidence": confidence}
                )
                await PostgresBots(database).create(bot)
        downgrade(empty_database.owner, "0007")
        upgrade(empty_database.owner)
        for tenant in tenants:
            bots = await PostgresBots(database).list(tenant.tenant_id)
            # The tenant's own bot went down to the former default and up again, the other one past two scales.
            assert sorted((bot.minimum_confidence, bot.version) for bot in bots) == [
                (0.3, 1),
                (DEFAULT_CONFIDENCE, 3),
                (DEFAULT_CONFIDENCE, 3),
            ]
    with psycopg.connect(empty_database.owner) as connection:
        assert connection.execute("SELECT count(*) FROM bots").fetchone() == (0,), "the owner is under the policy again"


async def found(database: Database, tenant: TenantHandle) -> SearchResult:
    filters = filters_of(tenant.tenant_id, (tenant.dataset,))
    return await PostgresPassageIndex(database).search(query_of("rotate the key"), filters, 10)
