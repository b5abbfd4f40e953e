"""Bots, datasets and packs as a turn sees them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import Field

from domain.answers.phrases import phrases_for
from domain.base import Value
from domain.knowledge.dataset import Dataset
from domain.policy.rules import UNSET, PolicyVersion
from domain.search.reranking import RerankerKind

DEFAULT_REFUSAL: Final = phrases_for("en").not_found

DEFAULT_CONFIDENCE: Final = 0.5
"""Below it an answer from documents is more likely wrong than right, and refused."""


class Bot(Value):
    """One assistant of a tenant. ``version`` changes with every edit and is recorded with each decision.

    ``reranker`` None takes what the installation has chosen for everybody.
    """

    bot_id: UUID
    tenant_id: UUID
    name: str
    version: int
    datasets: tuple[Dataset, ...]
    deny_patterns: tuple[str, ...] = ()
    refusal: str = DEFAULT_REFUSAL
    minimum_confidence: float = DEFAULT_CONFIDENCE
    is_default: bool = False
    reranker: RerankerKind | None = None
    time_zone: str = "UTC"
    """The tenant's (IANA name): what "yesterday" means in a question to this bot."""
    tenant_policy: PolicyVersion = UNSET
    policy: PolicyVersion = UNSET
    """Its own, which makes the tenant's stricter."""

    @property
    def pack_ids(self) -> tuple[str, ...]:
        return tuple(sorted({dataset.pack_id for dataset in self.datasets}))

    def within(self, pack_ids: Sequence[str]) -> "Bot":
        """The bot with its datasets in these packs alone."""
        return self.model_copy(update={"datasets": tuple(one for one in self.datasets if one.pack_id in pack_ids)})


class BotChanges(Value):
    """What an edit of a bot sets. A field that was not given stays as it is; one that was given as None goes back to
    its default."""

    reranker: RerankerKind | None = None
    minimum_confidence: float | None = Field(default=None, ge=0, le=1)

    def applied_to(self, bot: Bot) -> Bot:
        """The bot with the changes, in its next version; ``bot`` itself when they change nothing."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        wanted = {name: Bot.model_fields[name].default if value is None else value for name, value in given.items()}
        changed = bot.model_copy(update=wanted)
        return bot if changed == bot else changed.model_copy(update={"version": bot.version + 1})
