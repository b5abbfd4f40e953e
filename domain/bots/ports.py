"""What activities and the API need of where bots are kept. See ``domain.knowledge.ports``."""

from typing import Protocol
from uuid import UUID

from domain.bots.bot import Bot, BotChanges


class BotLookup(Protocol):
    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        ...

    async def default(self, tenant_id: UUID) -> Bot:
        """The tenant's default bot. Raises BotNotFoundError."""
        ...


class BotRepository(BotLookup, Protocol):
    async def list(self, tenant_id: UUID) -> tuple[Bot, ...]:
        """By name."""
        ...

    async def change(self, tenant_id: UUID, bot_id: UUID, changes: BotChanges) -> Bot:
        """Apply the changes and return the bot: a new version of it, unless nothing changed.

        Raises BotNotFoundError.
        """
        ...
