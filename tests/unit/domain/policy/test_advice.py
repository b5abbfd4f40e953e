"""What is odd about a policy and no error."""

from domain.packs.pack import PackSummary
from domain.policy.advice import advice
from domain.policy.rules import GrantRule, Policy
from tests.unit.domain.guardrails.test_tool_results import TOOL


def pack_of(pack_id: str, *roles: str, is_open: bool = False) -> PackSummary:
    return PackSummary(
        pack_id=pack_id, display_name=pack_id, description="", roles=roles, open_to_policy=is_open, digest="d"
    )


PACKS = (pack_of("support"), pack_of("finance", "finance"), pack_of("sales", "sales", is_open=True))


def codes(*grants: GrantRule) -> list[tuple[str, str]]:
    named = tuple(grant.model_copy(update={"rule_id": f"r{number}"}) for number, grant in enumerate(grants))
    found = advice(Policy(access=named), PACKS, (TOOL,))
    return [(warning.code, warning.message.partition(":")[0]) for warning in found]


def grant(*packs: str, tools: tuple[str, ...] = ("*",), role: str = "guest") -> GrantRule:
    return GrantRule(rule_id="r", role=role, packs=packs, tools=tools)


def test_a_policy_that_names_what_there_is_needs_no_advice() -> None:
    assert codes(grant("support", "sales", tools=("support.errors", "support.*"))) == []
    assert codes(grant("finance", role="finance"), grant("finance", role="*")) == []
    assert advice(Policy(), PACKS, (TOOL,)) == ()


def test_unknown_names_are_told_with_their_place() -> None:
    assert codes(grant("*"), grant("suport", "travel.*", tools=("support.volume",))) == [
        ("pack_unknown", "access.1.packs"),
        ("pack_unknown", "access.1.packs"),
        ("tool_unknown", "access.1.tools"),
    ]


def test_a_grant_that_the_manifest_does_not_leave_to_policy_is_told() -> None:
    assert codes(grant("finance")) == [("grant_without_effect", "access.0.packs")]


def test_a_policy_that_closes_everything_is_told() -> None:
    assert codes() == [("no_pack_allowed", "access"), ("no_tool_allowed", "access")]
    assert codes(grant("support", tools=())) == [("no_tool_allowed", "access")]
