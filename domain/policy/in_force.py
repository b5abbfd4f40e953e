"""The policy that a turn goes by: what the installation, the tenant and the bot say, put together once, at its start.

Each level only ever makes it stricter, the installation's defaults apart, which a tenant replaces. What later steps go
by is pinned in the turn (``PinnedPolicy``), so a policy that is changed meanwhile is that of the next turn.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from domain.base import Value, sha256_of
from domain.policy.access import AccessLevel
from domain.policy.deny_list import Pattern
from domain.policy.redaction_profile import STANDARD, RedactionProfile, strictest
from domain.policy.rules import UNSET, Policy, PolicyVersion, Screening
from domain.text.canonical import canonical

SMALLEST_COUNT: Final = 5
"""Counts below it are shown as "<5": behind a few events stand few people."""


class PinnedPolicy(Value):
    """What the later steps of a turn go by, with the rules that said so.

    ``tenant_version`` and ``bot_version`` are those of the stored policies, 0 where none was set; ``digest`` is over
    all that was in force, the bot's own deny patterns included.
    """

    tenant_version: int = 0
    bot_version: int = 0
    digest: str = ""
    smallest_count: int = SMALLEST_COUNT
    redaction: RedactionProfile = STANDARD
    screening: Screening = Screening.STANDARD
    rule_ids: tuple[str, ...] = ()
    """Of the threshold, the profile and the screening, where somebody set them."""

    @property
    def versions(self) -> dict[str, str]:
        """For the envelope of a step that went by it."""
        return {
            "tenant_policy": str(self.tenant_version),
            "bot_policy": str(self.bot_version),
            "policy_digest": self.digest,
        }


DEFAULTS: Final = PinnedPolicy()


class _Level(NamedTuple):
    """``name`` stands before the ids of its rules."""

    name: str
    policy: Policy


class PolicyInForce:
    """Of one tenant and one bot, at one moment."""

    def __init__(
        self, tenant: PolicyVersion = UNSET, bot: PolicyVersion = UNSET, deny_patterns: Sequence[str] = ()
    ) -> None:
        """``deny_patterns`` are texts without ids: deny_pattern/n, n from 1."""
        self._stored = (tenant, bot)
        self._levels = (_Level("tenant", tenant.policy), _Level("bot", bot.policy))
        self._plain = tuple(deny_patterns)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex, 16 characters): two turns with the same went by the same rules."""
        # As JSON: joined, one text of two lines would be the same as two texts.
        return sha256_of(canonical([*(one.sha256 for one in self._stored), *self._plain]))[:16]

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """What may not be asked about: the tenant's rules, then the bot's."""
        plain = (Pattern(f"deny_pattern/{number}", text) for number, text in enumerate(self._plain, start=1))
        ruled = (
            Pattern(f"{level.name}/deny/{rule.rule_id}", rule.pattern, rule.match == "glob")
            for level in self._levels
            for rule in level.policy.deny
        )
        return (*plain, *ruled)

    @property
    def access(self) -> tuple[AccessLevel, ...]:
        """The levels that say who may use what; none narrows nothing."""
        return tuple(
            AccessLevel(name=level.name, rules=level.policy.access)
            for level in self._levels
            if level.policy.access is not None
        )

    def pin(self, smallest_count: int = SMALLEST_COUNT) -> PinnedPolicy:
        """``smallest_count``: the installation's, where neither tenant nor bot has set one."""
        counts = {level.name: level.policy.smallest_count for level in self._levels}
        profiles = {level.name: level.policy.redaction for level in self._levels}
        screenings = {level.name: level.policy.screening for level in self._levels}
        said = [
            *(f"{name}/smallest_count" for name, value in counts.items() if value is not None),
            *(f"{name}/redaction" for name, value in profiles.items() if value is not None),
            *(f"{name}/screening" for name, value in screenings.items() if value is not None),
        ]
        tenant, bot = self._stored
        return PinnedPolicy(
            tenant_version=tenant.version,
            bot_version=bot.version,
            digest=self.digest,
            smallest_count=max((value for value in counts.values() if value is not None), default=smallest_count),
            redaction=strictest([value for value in profiles.values() if value is not None]),
            screening=Screening.STRICT if Screening.STRICT in screenings.values() else Screening.STANDARD,
            rule_ids=tuple(said),
        )
