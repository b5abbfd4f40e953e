"""Who may use which packs and tools. Nothing is allowed that no rule allows, and every decision names its rule."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from domain.base import Value
from domain.bot import PackSummary
from domain.tool import ToolDef

DEFAULT_DENY: Final = "default_deny"
EVERYBODY: Final = "*"


def _checked_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name != "*" and (not name or "*" in name.removesuffix(".*")):
            raise ValueError(f"'{name}' is neither an exact name, nor 'x.*', nor '*'")
    return names


Names = Annotated[tuple[str, ...], AfterValidator(_checked_names)]
"""Exact names, ``x.*`` for everything below x, ``*`` for everything."""


class AccessRule(Value):
    """What the holders of a role may use; the role ``*`` is everybody, without a role too."""

    rule_id: str = Field(min_length=1)
    role: str = Field(min_length=1)
    packs: Names = ()
    tools: Names = ()


class Grant(Value):
    """A pack or a tool and the rule that allows it, or ``default_deny``."""

    name: str
    allowed: bool
    rule_id: str


class AccessDecision(Value):
    """The decision on each name that was asked for, in order."""

    grants: tuple[Grant, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(grant.name for grant in self.grants if grant.allowed)

    @property
    def rule_ids(self) -> dict[str, str]:
        return {grant.name: grant.rule_id for grant in self.grants}


def pack_rules(packs: Iterable[PackSummary]) -> tuple[AccessRule, ...]:
    """What the manifests say: a pack that names no role is everybody's."""
    return tuple(
        AccessRule(rule_id=f"pack/{pack.pack_id}", role=role, packs=(pack.pack_id,))
        for pack in packs
        for role in pack.roles or (EVERYBODY,)
    )


def tool_rules(tools: Iterable[ToolDef]) -> tuple[AccessRule, ...]:
    """What the manifests say: a tool that names no role, of a pack that names none, is everybody's."""
    return tuple(
        AccessRule(rule_id=f"tool/{tool.name}", role=role, tools=(tool.name,))
        for tool in tools
        for role in tool.roles or (EVERYBODY,)
    )


def filter_allowed_packs(rules: Sequence[AccessRule], roles: Sequence[str], pack_ids: Sequence[str]) -> AccessDecision:
    """Decide which of ``pack_ids`` the roles may use. Names are compared exactly, case included."""
    held = _held(rules, roles)
    return AccessDecision(grants=tuple(_grant(name, ((rule, rule.packs) for rule in held)) for name in pack_ids))


def filter_allowed_tools(rules: Sequence[AccessRule], roles: Sequence[str], tools: Sequence[str]) -> AccessDecision:
    """Decide which of ``tools`` (full names: pack.tool) the roles may use."""
    held = _held(rules, roles)
    return AccessDecision(grants=tuple(_grant(name, ((rule, rule.tools) for rule in held)) for name in tools))


def _held(rules: Sequence[AccessRule], roles: Sequence[str]) -> list[AccessRule]:
    return [rule for rule in rules if rule.role == EVERYBODY or rule.role in roles]


def _grant(name: str, named: Iterable[tuple[AccessRule, tuple[str, ...]]]) -> Grant:
    for rule, patterns in named:
        if any(_covers(pattern, name) for pattern in patterns):
            return Grant(name=name, allowed=True, rule_id=rule.rule_id)
    return Grant(name=name, allowed=False, rule_id=DEFAULT_DENY)


def _covers(pattern: str, name: str) -> bool:
    if pattern == "*":
        return True
    return name.startswith(pattern[:-1]) if pattern.endswith(".*") else name == pattern
