"""The document in which a tenant or a bot says what holds, and what is wrong with one."""

import time

import pytest
from pydantic import ValidationError

from domain.base import JsonValue
from domain.policy.deny_list import MAX_GLOBS, MAX_PATTERN_CHARACTERS, MAX_PATTERNS, DenyList, Pattern
from domain.policy.rules import MAX_NAMES, MAX_ROLE_CHARACTERS, Policy


def problem(**fields: JsonValue) -> str:
    """(field, reason) of the one thing that is wrong, as one text."""
    with pytest.raises(ValidationError) as caught:
        Policy.model_validate(fields)
    (one,) = caught.value.errors()
    return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"


def rule(**fields: JsonValue) -> list[JsonValue]:
    return [{"rule_id": "r", "pattern": "payroll", **fields}]


@pytest.mark.parametrize("glob", ["*", "**", "?", "?? * ?", "\u200b*"])
def test_a_glob_that_would_match_everything_is_refused_by_its_field(glob: str) -> None:
    assert problem(deny=rule(match="glob", pattern=glob)).startswith("deny.0.pattern: Value error, is a glob of wild")


@pytest.mark.parametrize("pattern", ["", " ", "\u200b\u3164", "\n"])
def test_a_pattern_that_shows_nothing_is_refused(pattern: str) -> None:
    assert problem(deny=rule(pattern=pattern)).startswith("deny.0.pattern")


def test_what_is_too_long_or_too_much_is_refused() -> None:
    assert problem(deny=rule(pattern="a" * (MAX_PATTERN_CHARACTERS + 1))).startswith("deny.0.pattern")
    many: list[JsonValue] = [{"rule_id": f"r{number}", "pattern": "a"} for number in range(MAX_PATTERNS + 1)]
    assert problem(deny=many).startswith("deny: ")
    globs: list[JsonValue] = [
        {"rule_id": f"r{number}", "pattern": "a*", "match": "glob"} for number in range(MAX_GLOBS + 1)
    ]
    assert "globs" in problem(deny=globs)


@pytest.mark.parametrize("rule_id", ["", "Über", "a/b", "x" * 65, ".a"])
def test_a_rule_needs_an_id_that_can_stand_behind_a_slash(rule_id: str) -> None:
    assert problem(deny=rule(rule_id=rule_id)).startswith("deny.0.rule_id")
    assert problem(access=[{"rule_id": rule_id, "role": "agent"}]).startswith("access.0")


def test_a_grant_is_no_longer_than_policies_are() -> None:
    long: list[JsonValue] = [f"pack{number}" for number in range(MAX_NAMES + 1)]
    assert problem(access=[{"rule_id": "r", "role": "x" * (MAX_ROLE_CHARACTERS + 1)}]).startswith("access.0")
    assert problem(access=[{"rule_id": "r", "role": "agent", "packs": long}]).startswith("access.0")


def test_two_rules_of_one_id_are_refused() -> None:
    assert "'r'" in problem(deny=[*rule(), *rule(pattern="bonus")])
    grants: list[JsonValue] = [{"rule_id": "r", "role": role} for role in ("a", "b")]
    assert "'r'" in problem(access=grants)


@pytest.mark.parametrize("name", ["a*", "*.a", "**", ""])
def test_a_name_with_another_wildcard_is_refused_by_its_field(name: str) -> None:
    assert problem(access=[{"rule_id": "r", "role": "agent", "packs": [name]}]).startswith("access.0.packs")


@pytest.mark.parametrize("count", [0, -1, 1_001, True, 2.5, "5"])
def test_a_threshold_is_a_whole_number_within_bounds(count: JsonValue) -> None:
    assert problem(smallest_count=count).startswith("smallest_count")


def test_policies_that_say_the_same_have_one_digest_and_others_another() -> None:
    assert Policy().sha256 == Policy.model_validate({"access": None, "deny": []}).sha256
    assert Policy().sha256 != Policy(access=()).sha256
    assert Policy(smallest_count=5).sha256 != Policy(smallest_count=6).sha256


@pytest.mark.parametrize("sign", ["?", "*", "a?", "?a*"])
def test_the_worst_patterns_that_a_policy_can_hold_are_looked_for_in_less_than_a_second(sign: str) -> None:
    """Milliseconds in truth: backtracking would take hours."""
    worst = (sign * MAX_PATTERN_CHARACTERS)[: MAX_PATTERN_CHARACTERS - 1] + "b"
    denied = DenyList(Pattern(str(number), worst, is_glob=True) for number in range(MAX_GLOBS))
    started = time.process_time()
    assert denied.first_match("a" * 8_000) is None
    assert time.process_time() - started < 1.0
