"""Policies in the database: every version stays, and the newest comes with the bot."""

import asyncio
from uuid import uuid4

import pytest

from adapters.postgres.bots import PostgresBots
from adapters.postgres.policies import PostgresPolicies
from domain.bots.errors import BotNotFoundError
from domain.errors import AnswerableError, NotFoundError
from domain.policy.errors import PolicyNotFoundError
from domain.policy.redaction_profile import Kind, RedactionProfile
from domain.policy.rules import UNSET, DenyRule, GrantRule, Policy, Screening
from tests.fixtures.database import TenantHandle

WHOLE = Policy(
    deny=(DenyRule(rule_id="pay", pattern="Bezüge*{a}", match="glob"),),
    access=(GrantRule(rule_id="all", role="*", packs=("*",), tools=("support.*",)),),
    smallest_count=10,
    redaction=RedactionProfile(name="strict", keep=(Kind.IP,)),
    screening=Screening.STRICT,
)


async def test_a_tenant_and_its_bot_have_policies_of_their_own_and_both_come_with_the_bot(tenant: TenantHandle) -> None:
    policies, bots = PostgresPolicies(tenant.database), PostgresBots(tenant.database)
    bot_id = tenant.bot.bot_id
    bot = await bots.get(tenant.tenant_id, bot_id)
    assert (bot.tenant_policy, bot.policy) == (UNSET, UNSET)
    await policies.set(tenant.tenant_id, None, WHOLE, "ada")
    await policies.set(tenant.tenant_id, bot_id, Policy(smallest_count=20), "ada")
    for bot in (await bots.get(tenant.tenant_id, bot_id), await bots.default(tenant.tenant_id)):
        assert (bot.tenant_policy.version, bot.tenant_policy.policy) == (1, WHOLE)
        assert bot.tenant_policy.sha256 == WHOLE.sha256
        assert bot.policy.policy == Policy(smallest_count=20)
    other = await tenant.new_bot()
    assert (await bots.get(tenant.tenant_id, other.bot_id)).policy == UNSET


async def test_every_version_can_be_read_again_with_who_set_it(tenant: TenantHandle) -> None:
    policies = PostgresPolicies(tenant.database)
    for bot_id in (None, tenant.bot.bot_id):
        assert await policies.get(tenant.tenant_id, bot_id) == UNSET
        await policies.set(tenant.tenant_id, bot_id, WHOLE, "ada")
        await policies.set(tenant.tenant_id, bot_id, Policy(), "bob")
        first, newest = [await policies.get(tenant.tenant_id, bot_id, version) for version in (1, None)]
        assert (first.policy, first.set_by) == (WHOLE, "ada")
        assert (newest.version, newest.policy, newest.set_by) == (2, Policy(), "bob")
        assert newest.set_at is not None
        with pytest.raises(PolicyNotFoundError):
            await policies.get(tenant.tenant_id, bot_id, 3)


async def test_setting_what_holds_already_makes_no_new_version(tenant: TenantHandle) -> None:
    policies = PostgresPolicies(tenant.database)
    first = await policies.set(tenant.tenant_id, None, WHOLE, "ada")
    assert await policies.set(tenant.tenant_id, None, WHOLE, "bob") == first


async def test_policies_that_are_set_at_once_become_one_version_each(tenant: TenantHandle) -> None:
    policies = PostgresPolicies(tenant.database)
    wanted = [Policy(smallest_count=count) for count in range(1, 11)]
    made = await asyncio.gather(*(policies.set(tenant.tenant_id, None, policy, "ada") for policy in wanted))
    assert sorted(one.version for one in made) == list(range(1, 11))


async def test_another_tenants_policy_is_not_there(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    policies = PostgresPolicies(tenant.database)
    await policies.set(other_tenant.tenant_id, None, WHOLE, "eve")
    await policies.set(other_tenant.tenant_id, other_tenant.bot.bot_id, WHOLE, "eve")
    assert await policies.get(tenant.tenant_id) == UNSET
    for bot_id in (other_tenant.bot.bot_id, uuid4()):
        with pytest.raises(BotNotFoundError):
            await policies.get(tenant.tenant_id, bot_id)
        with pytest.raises(BotNotFoundError):
            await policies.set(tenant.tenant_id, bot_id, WHOLE, "ada")
    with pytest.raises(NotFoundError):
        await policies.set(uuid4(), None, WHOLE, "ada")


async def test_no_version_can_be_rewritten(tenant: TenantHandle) -> None:
    await PostgresPolicies(tenant.database).set(tenant.tenant_id, None, WHOLE, "ada")
    with pytest.raises(AnswerableError):
        async with tenant.database.transaction(tenant.tenant_id) as connection:
            await connection.execute("UPDATE policies SET set_by = 'nobody'")
