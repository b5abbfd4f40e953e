"""Tenants, bots, datasets and API keys."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.bots import PostgresBots
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.tenants import PostgresTenants
from domain.bots.bot import Bot, BotChanges
from domain.bots.errors import BotNotFoundError
from domain.errors import InvalidRequestError, NotFoundError
from domain.identity.principal import KeyScope
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import DatasetNotFoundError
from domain.search.reranking import RerankerKind
from tests.fixtures.database import TenantHandle


def taken_apart(plain_key: str) -> tuple[str, str, str]:
    """(tenant hex, prefix, sha256 of the secret)."""
    marker, tenant, prefix, secret = plain_key.split("_", 3)
    assert marker == "ans"
    return tenant, prefix, hashlib.sha256(secret.encode()).hexdigest()


async def test_a_tenant_made_twice_is_one_tenant(database: Database) -> None:
    tenants, tenant_id = PostgresTenants(database), uuid4()
    assert not await tenants.exists(tenant_id)
    await tenants.create(tenant_id, "First name")
    await tenants.create(tenant_id, "Second name")
    assert await tenants.exists(tenant_id)


async def test_a_bot_is_found_by_id_and_as_the_default_with_its_datasets(tenant: TenantHandle) -> None:
    bots = PostgresBots(tenant.database)
    await tenant.new_dataset("never allowed")
    assert await bots.get(tenant.tenant_id, tenant.bot.bot_id) == tenant.bot
    assert await bots.default(tenant.tenant_id) == tenant.bot
    assert tenant.bot.datasets == (tenant.dataset,)


async def test_every_field_of_a_bot_comes_back(tenant: TenantHandle) -> None:
    bot = Bot(
        bot_id=uuid4(),
        tenant_id=tenant.tenant_id,
        name="Särö & Söhne",
        version=7,
        datasets=(),
        deny_patterns=("salary", "a,{b}"),
        refusal="No.",
        minimum_confidence=0.35,
        reranker=RerankerKind.COHERE,
    )
    await PostgresBots(tenant.database).create(bot)
    await PostgresBots(tenant.database).create(bot.model_copy(update={"name": "Ignored"}))
    assert await PostgresBots(tenant.database).get(tenant.tenant_id, bot.bot_id) == bot


async def test_a_bot_and_a_dataset_made_by_many_at_once_are_one(tenant: TenantHandle, database: Database) -> None:
    await asyncio.gather(*(PostgresBots(database).create(tenant.bot) for _ in range(20)))
    dataset = Dataset(dataset_id=uuid4(), tenant_id=tenant.tenant_id, pack_id="p", name="n")
    made = await asyncio.gather(*(PostgresDatasets(database).create(dataset) for _ in range(20)))
    assert made == [dataset] * 20
    with pytest.raises(InvalidRequestError):
        await PostgresDatasets(database).create(dataset.model_copy(update={"name": "other"}))


async def test_a_second_default_bot_is_refused(tenant: TenantHandle) -> None:
    second = tenant.bot.model_copy(update={"bot_id": uuid4()})
    with pytest.raises(InvalidRequestError, match="default"):
        await PostgresBots(tenant.database).create(second)


async def test_allowing_a_dataset_makes_a_new_version_of_the_bot_once(tenant: TenantHandle) -> None:
    bots, extra = PostgresBots(tenant.database), await tenant.new_dataset()
    for _ in range(2):
        await bots.allow_dataset(tenant.tenant_id, tenant.bot.bot_id, extra.dataset_id)
    bot = await bots.get(tenant.tenant_id, tenant.bot.bot_id)
    assert bot.version == 2
    assert set(bot.datasets) == {tenant.dataset, extra}


async def test_bots_are_listed_by_name(tenant: TenantHandle) -> None:
    first = Bot(bot_id=uuid4(), tenant_id=tenant.tenant_id, name="A first one", version=1, datasets=())
    await PostgresBots(tenant.database).create(first)
    assert await PostgresBots(tenant.database).list(tenant.tenant_id) == (first, tenant.bot)


async def test_a_change_is_a_new_version_that_stays(tenant: TenantHandle) -> None:
    bots = PostgresBots(tenant.database)
    changes = BotChanges(reranker=RerankerKind.LOCAL, minimum_confidence=0.5)
    changed = [await bots.change(tenant.tenant_id, tenant.bot.bot_id, changes) for _ in range(2)]
    wanted = tenant.bot.model_copy(
        update={"reranker": RerankerKind.LOCAL, "minimum_confidence": 0.5, "version": tenant.bot.version + 1}
    )
    assert [*changed, await bots.get(tenant.tenant_id, tenant.bot.bot_id)] == [wanted] * 3


async def test_of_changes_at_the_same_time_none_is_lost(tenant: TenantHandle) -> None:
    bots = PostgresBots(tenant.database)
    numbers = [number / 100 for number in range(20, 40)]
    await asyncio.gather(
        bots.change(tenant.tenant_id, tenant.bot.bot_id, BotChanges(reranker=RerankerKind.NONE)),
        *(
            bots.change(tenant.tenant_id, tenant.bot.bot_id, BotChanges(minimum_confidence=number))
            for number in numbers
        ),
    )
    bot = await bots.get(tenant.tenant_id, tenant.bot.bot_id)
    assert bot.version == tenant.bot.version + 21
    assert bot.reranker is RerankerKind.NONE
    assert bot.minimum_confidence in numbers


async def test_another_tenants_bot_cannot_be_changed(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    bots = PostgresBots(tenant.database)
    with pytest.raises(BotNotFoundError):
        await bots.change(tenant.tenant_id, other_tenant.bot.bot_id, BotChanges(minimum_confidence=1.0))
    assert await bots.list(other_tenant.tenant_id) == (other_tenant.bot,)


async def test_another_tenants_bot_and_dataset_look_like_none(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    with pytest.raises(BotNotFoundError):
        await PostgresBots(tenant.database).get(tenant.tenant_id, other_tenant.bot.bot_id)
    with pytest.raises(BotNotFoundError):
        await PostgresBots(tenant.database).default(uuid4())
    with pytest.raises(DatasetNotFoundError):
        await PostgresDatasets(tenant.database).get(tenant.tenant_id, other_tenant.dataset.dataset_id)


async def test_datasets_are_listed_by_pack_and_name(tenant: TenantHandle) -> None:
    first = await tenant.new_dataset("b", pack_id="alpha")
    second = await tenant.new_dataset("a", pack_id="zeta")
    datasets = PostgresDatasets(tenant.database)
    assert await datasets.list(tenant.tenant_id) == (first, tenant.dataset, second)
    assert await datasets.get(tenant.tenant_id, first.dataset_id) == first


async def test_a_packs_dataset_of_one_name_is_made_once(tenant: TenantHandle) -> None:
    again = tenant.dataset.model_copy(update={"dataset_id": uuid4()})
    assert await PostgresDatasets(tenant.database).create(again) == tenant.dataset


async def test_a_dataset_needs_its_tenant(database: Database) -> None:
    orphan = Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="p", name="n")
    with pytest.raises(NotFoundError):
        await PostgresDatasets(database).create(orphan)


async def test_a_key_authenticates_as_its_principal(tenant: TenantHandle) -> None:
    keys = PostgresApiKeys(tenant.database)
    issued = await keys.create(
        tenant.tenant_id, "Staff", scopes=[KeyScope.CHAT, KeyScope.ADMIN], audience="internal", roles=["support"]
    )
    tenant_hex, prefix, hashed = taken_apart(issued.plain_key)
    principal = await keys.authenticate(tenant.tenant_id, prefix, hashed)
    assert tenant_hex == tenant.tenant_id.hex
    assert principal is not None
    assert principal.id == str(issued.api_key_id)
    assert (principal.name, principal.audience, principal.roles) == ("Staff", "internal", ("support",))
    assert principal.scopes == (KeyScope.CHAT, KeyScope.ADMIN)


async def test_a_wrong_secret_an_unknown_prefix_and_another_tenant_are_refused(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    keys = PostgresApiKeys(tenant.database)
    _, prefix, hashed = taken_apart((await keys.create(tenant.tenant_id, "Key", scopes=[])).plain_key)
    assert await keys.authenticate(tenant.tenant_id, prefix, "0" * 64) is None
    assert await keys.authenticate(tenant.tenant_id, "0" * 12, hashed) is None
    assert await keys.authenticate(other_tenant.tenant_id, prefix, hashed) is None


async def test_revoked_and_expired_keys_are_refused_and_still_listed(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    keys = PostgresApiKeys(tenant.database)
    revoked = await keys.create(tenant.tenant_id, "Revoked", scopes=[KeyScope.CHAT])
    soon = datetime.now(UTC) - timedelta(seconds=1)
    expired = await keys.create(tenant.tenant_id, "Expired", scopes=[KeyScope.CHAT], expires_at=soon)
    with pytest.raises(NotFoundError):
        await keys.revoke(other_tenant.tenant_id, revoked.api_key_id)
    for _ in range(2):
        await keys.revoke(tenant.tenant_id, revoked.api_key_id)
    for issued in (revoked, expired):
        _, prefix, hashed = taken_apart(issued.plain_key)
        assert await keys.authenticate(tenant.tenant_id, prefix, hashed) is None
    listed = {key.name: key for key in await keys.list(tenant.tenant_id)}
    assert listed["Revoked"].revoked_at is not None
    assert listed["Expired"].expires_at == soon


async def test_no_secret_is_stored(tenant: TenantHandle) -> None:
    issued = await PostgresApiKeys(tenant.database).create(tenant.tenant_id, "Key", scopes=[KeyScope.CHAT])
    async with tenant.database.transaction(tenant.tenant_id) as connection:
        cursor = await connection.execute("SELECT api_keys::text AS whole FROM api_keys")
        stored = str(await cursor.fetchall())
    assert issued.plain_key.split("_", 3)[3] not in stored
