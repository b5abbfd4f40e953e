"""Who may use which packs and tools. Nothing is allowed that no rule allows, and every decision names its rules.

The manifests of packs say who may use them. A tenant, and then a bot, may say it too: each such level takes away from
what is left, and adds to it only where a manifest leaves that to policy (``open_to_policy``) and a rule names both the
role and the pack or tool.
"""

from collections.abc import Iterable, Sequence, Set
from typing import Final, Literal, NamedTuple

from domain.base import Value
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef
from domain.policy.rules import GrantRule

DEFAULT_DENY: Final = "default_deny"
EVERYBODY: Final = "*"


class AccessLevel(Value):
    """The rules of a tenant or of a bot, whose ``name`` stands before the ids of its rules."""

    name: str
    rules: tuple[GrantRule, ...]


class Grant(Value):
    """A pack or a tool, and the rules that allow it, one of each level; or the one level's ``default_deny``."""

    name: str
    allowed: bool
    rule_ids: tuple[str, ...]


class AccessDecision(Value):
    """The decision on each name that was asked for, in order."""

    grants: tuple[Grant, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(grant.name for grant in self.grants if grant.allowed)

    @property
    def rule_ids(self) -> dict[str, tuple[str, ...]]:
        return {grant.name: grant.rule_ids for grant in self.grants}


def pack_rules(packs: Iterable[PackSummary]) -> tuple[GrantRule, ...]:
    """What the manifests say: a pack that names no role is everybody's."""
    return tuple(
        GrantRule(rule_id=f"pack/{pack.pack_id}", role=role, packs=(pack.pack_id,))
        for pack in packs
        for role in pack.roles or (EVERYBODY,)
    )


def tool_rules(tools: Iterable[ToolDef]) -> tuple[GrantRule, ...]:
    """What the manifests say: a tool that names no role, of a pack that names none, is everybody's."""
    return tuple(
        GrantRule(rule_id=f"tool/{tool.name}", role=role, tools=(tool.name,))
        for tool in tools
        for role in tool.roles or (EVERYBODY,)
    )


def filter_allowed_packs(
    rules: Sequence[GrantRule],
    roles: Sequence[str],
    pack_ids: Sequence[str],
    levels: Sequence[AccessLevel] = (),
    open_to_policy: Set[str] = frozenset(),
) -> AccessDecision:
    """Decide which of ``pack_ids`` the roles may use. ``rules`` are those of the manifests; every level has to agree.

    Names are compared exactly, case included.
    """
    query = _AccessQuery(roles, "packs", open_to_policy)
    return AccessDecision(grants=tuple(query.decide(name, rules, levels) for name in pack_ids))


def filter_allowed_tools(
    rules: Sequence[GrantRule],
    roles: Sequence[str],
    tools: Sequence[str],
    levels: Sequence[AccessLevel] = (),
    open_to_policy: Set[str] = frozenset(),
) -> AccessDecision:
    """Decide which of ``tools`` (full names: pack.tool) the roles may use; else like ``filter_allowed_packs``."""
    query = _AccessQuery(roles, "tools", open_to_policy)
    return AccessDecision(grants=tuple(query.decide(name, rules, levels) for name in tools))


class _AccessQuery(NamedTuple):
    """Who asks for what kind of thing."""

    roles: Sequence[str]
    kind: Literal["packs", "tools"]
    open_to_policy: Set[str]

    def decide(self, name: str, manifest: Sequence[GrantRule], levels: Sequence[AccessLevel]) -> Grant:
        granted = self._granting(manifest, name)
        agreed = []
        for level in levels:
            rule = self._granting(level.rules, name)
            if rule is None:
                return Grant(name=name, allowed=False, rule_ids=(f"{level.name}/{DEFAULT_DENY}",))
            agreed.append(f"{level.name}/access/{rule.rule_id}")
        if granted is not None:
            return Grant(name=name, allowed=True, rule_ids=(granted.rule_id, *agreed))
        if name in self.open_to_policy and any(self._adds(level.rules, name) for level in levels):
            return Grant(name=name, allowed=True, rule_ids=tuple(agreed))
        return Grant(name=name, allowed=False, rule_ids=(DEFAULT_DENY,))

    def _granting(self, rules: Sequence[GrantRule], name: str) -> GrantRule | None:
        return next((rule for rule in rules if self._is_held(rule) and self._covers(rule, name)), None)

    def _adds(self, rules: Sequence[GrantRule], name: str) -> bool:
        """Whether a rule names role and name: what is said of everybody, or of everything, adds nothing."""
        return any(
            rule.role != EVERYBODY and rule.role in self.roles and self._covers(rule, name, starred=False)
            for rule in rules
        )

    def _is_held(self, rule: GrantRule) -> bool:
        return rule.role == EVERYBODY or rule.role in self.roles

    def _covers(self, rule: GrantRule, name: str, *, starred: bool = True) -> bool:
        names: tuple[str, ...] = getattr(rule, self.kind)
        return any(covers(pattern, name) for pattern in names if starred or pattern != "*")


def covers(pattern: str, name: str) -> bool:
    """Whether a name of a rule (exact, ``x.*`` or ``*``) means ``name``."""
    if pattern == "*":
        return True
    return name.startswith(pattern[:-1]) if pattern.endswith(".*") else name == pattern


def allowed_tools(
    tools: Sequence[ToolDef], pack_ids: Sequence[str], roles: Sequence[str], levels: Sequence[AccessLevel] = ()
) -> AccessDecision:
    """Which of the tools of these packs the holders of ``roles`` may use."""
    offered = [tool for tool in tools if tool.pack_id in pack_ids]
    is_open = {tool.name for tool in offered if tool.open_to_policy}
    return filter_allowed_tools(tool_rules(offered), roles, [tool.name for tool in offered], levels, is_open)
