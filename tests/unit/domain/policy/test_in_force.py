"""What the installation, the tenant and the bot say, put together: each level only makes it stricter."""

from uuid import uuid4

import pytest

from domain.bots.bot import Bot
from domain.bots.rights import allowed_packs
from domain.knowledge.dataset import Dataset
from domain.packs.pack import PackSummary
from domain.policy.in_force import SMALLEST_COUNT, PolicyInForce
from domain.policy.redaction_profile import Kind, RedactionProfile, strictest
from domain.policy.rules import DenyRule, GrantRule, Policy, PolicyVersion, Screening


def version_of(policy: Policy, version: int = 1) -> PolicyVersion:
    return PolicyVersion(version=version, sha256=policy.sha256, policy=policy)


def in_force(tenant: Policy | None = None, bot: Policy | None = None) -> PolicyInForce:
    return PolicyInForce(version_of(tenant or Policy()), version_of(bot or Policy(), 2), ("payroll",))


def test_patterns_of_both_levels_are_denied_and_named_by_their_level() -> None:
    tenant = Policy(deny=(DenyRule(rule_id="bonus", pattern="bonus"),))
    bot = Policy(deny=(DenyRule(rule_id="bonus", pattern="bo*us", match="glob"),))
    assert [(one.rule_id, one.is_glob) for one in in_force(tenant, bot).patterns] == [
        ("deny_pattern/1", False),
        ("tenant/deny/bonus", False),
        ("bot/deny/bonus", True),
    ]


@pytest.mark.parametrize(
    ("tenant", "bot", "expected"),
    [(None, None, SMALLEST_COUNT), (2, None, 2), (2, 10, 10), (10, 2, 10), (None, 3, 3)],
)
def test_a_bot_may_raise_its_tenants_threshold_and_never_lower_it(
    tenant: int | None, bot: int | None, expected: int
) -> None:
    pinned = in_force(Policy(smallest_count=tenant), Policy(smallest_count=bot)).pin()
    assert pinned.smallest_count == expected
    assert ("tenant/smallest_count" in pinned.rule_ids) is (tenant is not None)


def test_what_either_level_hides_is_hidden() -> None:
    keeps = RedactionProfile(keep=(Kind.EMAIL, Kind.PHONE))
    assert strictest([keeps, RedactionProfile(keep=(Kind.PHONE,))]).keep == (Kind.PHONE,)
    assert strictest([RedactionProfile(name="off"), keeps]) == keeps
    assert strictest([RedactionProfile(name="off")] * 2).name == "off"
    assert strictest([RedactionProfile(name="strict", keep=(Kind.IP,)), keeps]) == RedactionProfile(name="strict")
    assert strictest([]) == RedactionProfile()


def test_strict_screening_of_either_level_holds() -> None:
    assert in_force().pin().screening is Screening.STANDARD
    for levels in ((Policy(screening=Screening.STRICT), None), (None, Policy(screening=Screening.STRICT))):
        assert in_force(*levels).pin().screening is Screening.STRICT


def test_the_digest_changes_with_every_level_and_the_versions_are_told() -> None:
    digests = {
        in_force().pin().digest,
        in_force(Policy(smallest_count=9)).pin().digest,
        in_force(None, Policy(smallest_count=9)).pin().digest,
        PolicyInForce().pin().digest,
    }
    assert len(digests) == 4
    assert in_force().pin().versions == {
        "tenant_policy": "1",
        "bot_policy": "2",
        "policy_digest": in_force().digest,
    }


def test_a_level_without_access_rules_narrows_nothing_and_one_of_none_closes_everything() -> None:
    assert in_force().access == ()
    (level,) = in_force(Policy(access=())).access
    assert (level.name, level.rules) == ("tenant", ())
    (level,) = in_force(None, Policy(access=(GrantRule(rule_id="r", role="*", packs=("a",)),))).access
    assert (level.name, level.rules[0].packs) == ("bot", ("a",))


def test_a_pack_that_is_not_installed_is_closed_whatever_the_policy_says() -> None:
    named = (GrantRule(rule_id="all", role="*", packs=("*",)), GrantRule(rule_id="own", role="boss", packs=("gone",)))
    tenant_id = uuid4()
    datasets = tuple(
        Dataset(dataset_id=uuid4(), tenant_id=tenant_id, pack_id=pack_id, name=pack_id) for pack_id in ("gone", "help")
    )
    bot = Bot(
        bot_id=uuid4(),
        tenant_id=tenant_id,
        name="B",
        version=1,
        datasets=datasets,
        tenant_policy=version_of(Policy(access=named)),
    )
    installed = (PackSummary(pack_id="help", display_name="Help", description="", digest="0"),)
    decision = allowed_packs(bot, installed, ("boss",))
    assert decision.allowed == ("help",)
    assert decision.rule_ids["gone"] == ("pack_not_installed",)
