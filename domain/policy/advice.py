"""What is odd about a policy, though it may be meant: told to who sets it, and no reason to refuse it.

A pack may be installed later, so a name that is not known is no error; until then it lets nobody use anything.
"""

from collections.abc import Iterator, Sequence

from domain.answers.answer import AnswerWarning
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef
from domain.policy.access import EVERYBODY, covers
from domain.policy.rules import GrantRule, Policy


def advice(policy: Policy, packs: Sequence[PackSummary], tools: Sequence[ToolDef]) -> tuple[AnswerWarning, ...]:
    """In the order of the policy."""
    grants = policy.access
    if grants is None:
        return ()
    found = [warning for number, grant in enumerate(grants) for warning in _of_grant(number, grant, packs, tools)]
    if not any(grant.packs for grant in grants):
        found.append(
            AnswerWarning(code="no_pack_allowed", message="access: no rule allows a pack, so none is searched.")
        )
    if not any(grant.tools for grant in grants):
        found.append(AnswerWarning(code="no_tool_allowed", message="access: no rule allows a tool, so none is called."))
    return tuple(found)


def _of_grant(
    number: int, grant: GrantRule, packs: Sequence[PackSummary], tools: Sequence[ToolDef]
) -> Iterator[AnswerWarning]:
    known = {pack.pack_id: pack for pack in packs}
    for name in grant.packs:
        place = f"access.{number}.packs"
        if not any(covers(name, each) for each in known):
            yield AnswerWarning(code="pack_unknown", message=f"{place}: no pack '{name}' is installed.")
        elif name in known and not _may_have(grant.role, known[name]):
            yield AnswerWarning(code="grant_without_effect", message=_closed_message(place, name, grant.role))
    offered = {tool.name: tool for tool in tools}
    for name in grant.tools:
        place = f"access.{number}.tools"
        if not any(covers(name, each) for each in offered):
            yield AnswerWarning(code="tool_unknown", message=f"{place}: no tool '{name}' is installed.")
        elif name in offered and not _may_have(grant.role, offered[name]):
            yield AnswerWarning(code="grant_without_effect", message=_closed_message(place, name, grant.role))


def _may_have(role: str, thing: PackSummary | ToolDef) -> bool:
    return not thing.roles or role == EVERYBODY or role in thing.roles or thing.open_to_policy


def _closed_message(place: str, name: str, role: str) -> str:
    return f"{place}: the manifest keeps '{name}' to other roles, so '{role}' does not get it."
