"""A turn goes by the policies of its tenant and its bot, and its history says which rules decided."""

from typing import Any

from adapters.postgres.policies import PostgresPolicies
from domain.answer import Outcome
from domain.audit import AuditKind
from domain.policy_rules import DenyRule, GrantRule, Policy
from tests.fixtures.workflow_environment import TurnHandle, Workbench
from tests.workflow.documents import KEYS, ROTATE


async def decide(workbench: Workbench, policy: Policy, *, for_bot: bool = False) -> None:
    bot_id = workbench.tenant.bot.bot_id if for_bot else None
    await PostgresPolicies(workbench.tenant.database).set(workbench.tenant.tenant_id, bot_id, policy, "ada")


async def event_of(workbench: Workbench, handle: TurnHandle, kind: AuditKind) -> dict[str, Any]:
    (event,) = [event for event in await workbench.audit(handle) if event.kind is kind]
    return event.data


async def test_a_rule_of_the_tenant_and_one_of_the_bot_deny_and_are_named(workbench: Workbench) -> None:
    await decide(workbench, Policy(deny=(DenyRule(rule_id="pay", pattern="payroll"),)))
    await decide(workbench, Policy(deny=(DenyRule(rule_id="ceo", pattern="sal*of*ceo", match="glob"),)), for_bot=True)
    for message, rule_id in (
        ("P\u0430YROLL please", "tenant/deny/pay"),
        ("the salary of our CEO?", "bot/deny/ceo"),
    ):
        handle = await workbench.ask(message)
        turn = await handle.result()
        assert turn.outcome is Outcome.DENIED
        assert rule_id in turn.answer.warnings[0].message
        denied = await event_of(workbench, handle, AuditKind.DENIED)
        assert denied["decided"]["rule_id"] == rule_id
        assert (denied["versions"]["tenant_policy"], denied["versions"]["bot_policy"]) == ("1", "1")


async def test_a_pack_that_a_policy_closes_is_not_searched_and_a_change_holds_for_the_next_turn(
    workbench: Workbench,
) -> None:
    await workbench.learn("keys.md", KEYS)
    await decide(workbench, Policy(access=(GrantRule(rule_id="staff", role="manager", packs=("*",)),)))
    handle = await workbench.ask(ROTATE)
    assert (await handle.result()).outcome is Outcome.REFUSED
    selected = await event_of(workbench, handle, AuditKind.PACKS_SELECTED)
    assert selected["decided"]["access"] == {"product_support": ["tenant/default_deny"]}
    await decide(workbench, Policy(access=(GrantRule(rule_id="staff", role="agent", packs=("product_support",)),)))
    handle = await workbench.ask(ROTATE)
    assert (await handle.result()).outcome is Outcome.ANSWERED
    selected = await event_of(workbench, handle, AuditKind.PACKS_SELECTED)
    assert selected["decided"]["access"] == {"product_support": ["pack/product_support", "tenant/access/staff"]}
    assert selected["versions"]["tenant_policy"] == "2"


async def test_a_tool_that_a_policy_closes_is_not_called_and_the_history_names_the_rules(workbench: Workbench) -> None:
    allowed = ("product_support.request_volume_24h",)
    await decide(
        workbench, Policy(access=(GrantRule(rule_id="few", role="*", packs=("*",), tools=allowed),)), for_bot=True
    )
    handle = await workbench.ask("p95 latency last 24h")
    assert (await handle.result()).answer.actions == ()
    access = (await event_of(workbench, handle, AuditKind.TOOLS_SELECTED))["decided"]["access"]
    assert access["product_support.p95_latency_24h"] == ["bot/default_deny"]
    assert access[allowed[0]] == [f"tool/{allowed[0]}", "bot/access/few"]
    turn = await (await workbench.ask("Which tools may I use?")).result()
    assert f"- Tools: {allowed[0]}\n" in f"{turn.answer.text}\n"
