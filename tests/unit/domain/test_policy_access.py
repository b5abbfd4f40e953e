"""Roles and what they may use: nothing that no rule allows."""

import pytest
from pydantic import ValidationError

from domain.policy_access import AccessRule, filter_allowed_packs, filter_allowed_tools

RULES = (
    AccessRule(rule_id="everybody", role="*", packs=("help",)),
    AccessRule(rule_id="support", role="agent", packs=("support",), tools=("support.*", "billing.volume")),
    AccessRule(rule_id="all", role="admin", packs=("*",), tools=("*",)),
)


def test_what_no_rule_allows_is_denied_and_every_decision_names_its_rule() -> None:
    decision = filter_allowed_packs(RULES, ("agent",), ("help", "support", "billing"))
    assert decision.allowed == ("help", "support")
    assert decision.rule_ids == {"help": "everybody", "support": "support", "billing": "default_deny"}


@pytest.mark.parametrize("roles", [(), ("*",), ("Agent",), ("agent ",)])
def test_who_holds_no_known_role_has_what_everybody_has(roles: tuple[str, ...]) -> None:
    assert filter_allowed_packs(RULES, roles, ("help", "support")).allowed == ("help",)
    assert filter_allowed_tools(RULES, roles, ("support.volume",)).allowed == ()


def test_a_prefix_covers_what_is_below_it_only() -> None:
    names = ("support.volume", "support.errors.by_day", "supportive.volume", "support", "billing.volume", "billing.all")
    assert filter_allowed_tools(RULES, ("agent",), names).allowed == (names[0], names[1], names[4])


def test_a_star_covers_everything() -> None:
    assert filter_allowed_tools(RULES, ("admin",), ("any.thing",)).rule_ids == {"any.thing": "all"}


@pytest.mark.parametrize("name", ["", "a*", "*.a", "a.*.b", "**", "a.b*"])
def test_other_wildcards_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        AccessRule(rule_id="r", role="agent", packs=(name,))
