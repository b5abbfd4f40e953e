"""Where policies are kept."""

from typing import Protocol
from uuid import UUID

from domain.policy.rules import Policy, PolicyVersion


class PolicyRepository(Protocol):
    """Of the tenant where ``bot_id`` is None. Versions are added and never changed."""

    async def get(self, tenant_id: UUID, bot_id: UUID | None = None, version: int | None = None) -> PolicyVersion:
        """The newest version, or the one that is asked for; version 0 where none was set.

        Raises BotNotFoundError, and PolicyNotFoundError for a version that never was.
        """
        ...

    async def set(self, tenant_id: UUID, bot_id: UUID | None, policy: Policy, set_by: str) -> PolicyVersion:
        """Make ``policy`` the newest version and return it; one that says the same as the newest changes nothing.

        Raises BotNotFoundError.
        """
        ...
