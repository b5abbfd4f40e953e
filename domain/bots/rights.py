"""Which packs a principal may use: through a bot, or in the tenant at large. Turns, searches and lists all ask here.

A pack that is not installed is closed to everybody, whatever policies say: its manifest, which says whom it is for, is
not here.
"""

from collections.abc import Sequence
from typing import Final

from domain.bots.bot import Bot
from domain.packs.pack import PackSummary
from domain.policy.access import AccessDecision, AccessLevel, Grant, filter_allowed_packs, pack_rules
from domain.policy.in_force import PolicyInForce
from domain.policy.rules import PolicyVersion

NOT_INSTALLED: Final = "pack_not_installed"
"""The rule that closes a pack whose manifest this installation does not have."""


def policy_of(bot: Bot) -> PolicyInForce:
    """The policy in force for questions to the bot."""
    return PolicyInForce(bot.tenant_policy, bot.policy, bot.deny_patterns)


def allowed_packs(bot: Bot, packs: Sequence[PackSummary], roles: Sequence[str]) -> AccessDecision:
    """Which of the bot's packs holders of ``roles`` may use, by the manifests in ``packs`` and by policy."""
    return _decide(packs, bot.pack_ids, roles, policy_of(bot).access)


def tenant_packs(tenant: PolicyVersion, packs: Sequence[PackSummary], roles: Sequence[str]) -> AccessDecision:
    """Which of the installed ``packs`` holders of ``roles`` may use, by their manifests and the tenant's policy."""
    return _decide(packs, [pack.pack_id for pack in packs], roles, PolicyInForce(tenant).access)


def _decide(
    packs: Sequence[PackSummary], wanted: Sequence[str], roles: Sequence[str], levels: Sequence[AccessLevel]
) -> AccessDecision:
    installed = [pack for pack in packs if pack.pack_id in wanted]
    is_open = {pack.pack_id for pack in installed if pack.open_to_policy}
    decision = filter_allowed_packs(pack_rules(installed), roles, wanted, levels, is_open)
    closed = set(wanted) - {pack.pack_id for pack in installed}
    return AccessDecision(
        grants=tuple(
            Grant(name=one.name, allowed=False, rule_ids=(NOT_INSTALLED,)) if one.name in closed else one
            for one in decision.grants
        )
    )
