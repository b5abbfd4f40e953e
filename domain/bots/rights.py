"""What a principal may use through a bot."""

from collections.abc import Sequence

from domain.bots.bot import Bot
from domain.packs.pack import PackSummary
from domain.policy.access import AccessDecision
from domain.policy.in_force import PolicyInForce, decided_packs


def policy_of(bot: Bot) -> PolicyInForce:
    """The policy in force for questions to the bot."""
    return PolicyInForce(bot.tenant_policy, bot.policy, bot.deny_patterns)


def allowed_packs(bot: Bot, packs: Sequence[PackSummary], roles: Sequence[str]) -> AccessDecision:
    """Which of the bot's packs holders of ``roles`` may use, by the manifests in ``packs`` and the policies in force.

    A pack that is not installed is closed to everybody, whatever policies say: its manifest, which says whom it is
    for, is not here.
    """
    return decided_packs(packs, bot.pack_ids, roles, policy_of(bot).access)
