"""Fakes of where policies and tenants are kept."""

from uuid import UUID

from domain.bots.bot import Bot
from domain.bots.errors import BotNotFoundError
from domain.errors import NotFoundError
from domain.identity.tenant import Tenant
from domain.policy.errors import PolicyNotFoundError
from domain.policy.rules import UNSET, Policy, PolicyVersion
from tests.unit.api.fake_ports import NOW


class Policies:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._stored: dict[tuple[UUID, UUID | None], list[PolicyVersion]] = {}

    async def get(self, tenant_id: UUID, bot_id: UUID | None = None, version: int | None = None) -> PolicyVersion:
        versions = [UNSET, *self._of(tenant_id, bot_id)]
        if version is not None and version >= len(versions):
            raise PolicyNotFoundError("There is no such version.")
        return versions[-1 if version is None else version]

    async def set(self, tenant_id: UUID, bot_id: UUID | None, policy: Policy, set_by: str) -> PolicyVersion:
        versions = self._of(tenant_id, bot_id)
        if not versions or versions[-1].policy != policy:
            version = len(versions) + 1
            versions.append(
                PolicyVersion(version=version, sha256=policy.sha256, policy=policy, set_by=set_by, set_at=NOW)
            )
        return versions[-1]

    def _of(self, tenant_id: UUID, bot_id: UUID | None) -> list[PolicyVersion]:
        if bot_id is not None and (tenant_id, bot_id) != (self._bot.tenant_id, self._bot.bot_id):
            raise BotNotFoundError("There is no such bot.", bot_id=str(bot_id))
        return self._stored.setdefault((tenant_id, bot_id), [])


class Tenants:
    def __init__(self, tenant_id: UUID) -> None:
        self._tenant = Tenant(tenant_id=tenant_id, name="Example Ltd", time_zone="UTC")

    async def get(self, tenant_id: UUID) -> Tenant:
        if tenant_id != self._tenant.tenant_id:
            raise NotFoundError("There is no such tenant.")
        return self._tenant

    async def set_time_zone(self, tenant_id: UUID, time_zone: str) -> None:
        self._tenant = (await self.get(tenant_id)).model_copy(update={"time_zone": time_zone})
