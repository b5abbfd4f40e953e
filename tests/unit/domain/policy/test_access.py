"""Roles and what they may use: nothing that no rule allows."""

import pytest
from pydantic import ValidationError

from domain.policy.access import AccessLevel, filter_allowed_packs, filter_allowed_tools
from domain.policy.rules import GrantRule

RULES = (
    GrantRule(rule_id="everybody", role="*", packs=("help",)),
    GrantRule(rule_id="support", role="agent", packs=("support",), tools=("support.*", "billing.volume")),
    GrantRule(rule_id="all", role="admin", packs=("*",), tools=("*",)),
)


def test_what_no_rule_allows_is_denied_and_every_decision_names_its_rule() -> None:
    decision = filter_allowed_packs(RULES, ("agent",), ("help", "support", "billing"))
    assert decision.allowed == ("help", "support")
    assert decision.rule_ids == {"help": ("everybody",), "support": ("support",), "billing": ("default_deny",)}


@pytest.mark.parametrize("roles", [(), ("*",), ("Agent",), ("agent ",)])
def test_who_holds_no_known_role_has_what_everybody_has(roles: tuple[str, ...]) -> None:
    assert filter_allowed_packs(RULES, roles, ("help", "support")).allowed == ("help",)
    assert filter_allowed_tools(RULES, roles, ("support.volume",)).allowed == ()


def test_a_prefix_covers_what_is_below_it_only() -> None:
    names = ("support.volume", "support.errors.by_day", "supportive.volume", "support", "billing.volume", "billing.all")
    assert filter_allowed_tools(RULES, ("agent",), names).allowed == (names[0], names[1], names[4])


def test_a_star_covers_everything() -> None:
    assert filter_allowed_tools(RULES, ("admin",), ("any.thing",)).rule_ids == {"any.thing": ("all",)}


@pytest.mark.parametrize("name", ["", "a*", "*.a", "a.*.b", "**", "a.b*"])
def test_other_wildcards_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        GrantRule(rule_id="r", role="agent", packs=(name,))


def level(name: str, *rules: GrantRule) -> AccessLevel:
    return AccessLevel(name=name, rules=rules)


def test_every_level_has_to_agree_and_the_one_that_does_not_is_named() -> None:
    tenant = level("tenant", GrantRule(rule_id="t", role="agent", packs=("*",)))
    bot = level("bot", GrantRule(rule_id="b", role="*", packs=("help",)))
    decision = filter_allowed_packs(RULES, ("agent",), ("help", "support"), (tenant, bot))
    assert decision.rule_ids == {
        "help": ("everybody", "tenant/access/t", "bot/access/b"),
        "support": ("bot/default_deny",),
    }
    nobody = filter_allowed_packs(RULES, ("agent",), ("help",), (level("tenant"), bot))
    assert nobody.rule_ids == {"help": ("tenant/default_deny",)}


@pytest.mark.parametrize(
    ("rule", "roles", "is_open", "allowed"),
    [
        (GrantRule(rule_id="x", role="guest", packs=("billing",)), ("guest",), True, True),
        (GrantRule(rule_id="x", role="guest", packs=("billing",)), ("guest",), False, False),
        (GrantRule(rule_id="x", role="guest", packs=("billing",)), ("other",), True, False),
        (GrantRule(rule_id="x", role="guest", packs=("*",)), ("guest",), True, False),
        (GrantRule(rule_id="x", role="*", packs=("billing",)), ("guest", "*"), True, False),
    ],
)
def test_a_level_opens_only_what_the_manifest_leaves_to_it_and_only_by_names(
    rule: GrantRule, roles: tuple[str, ...], is_open: bool, allowed: bool
) -> None:
    decision = filter_allowed_packs(
        (), roles, ("billing",), (level("tenant", rule),), frozenset({"billing"} if is_open else ())
    )
    assert bool(decision.allowed) is allowed
    assert decision.rule_ids["billing"] == (
        ("tenant/access/x",) if allowed else ("tenant/default_deny",) if roles == ("other",) else ("default_deny",)
    )
