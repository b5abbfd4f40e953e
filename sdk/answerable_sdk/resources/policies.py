"""Policies of tenants and bots."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable_sdk.model import Model, Notice
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class PolicyVersion(Model):
    """A version of a policy; 0 if none was ever set. ``bot_id`` None: the tenant's. ``policy`` is the document as the
    server takes it; ``warnings`` say what is odd about it."""

    bot_id: UUID | None
    version: int
    set_by: str | None
    set_at: datetime | None
    policy: dict[str, Any]
    warnings: tuple[Notice, ...]


class Policies(Resource[Mode]):
    """``client.policies``."""

    @method
    def get(self, bot_id: Id | None = None, *, version: int | None = None) -> Steps[PolicyVersion]:
        """The policy of a bot, or of the tenant: the newest, or the given version. Raises NotFoundError."""
        params = without_none(version=version)
        return self._send(Call("GET", _path(bot_id), parse_as(PolicyVersion), params=params))

    @method
    def set(self, policy: Mapping[str, Any], bot_id: Id | None = None) -> Steps[PolicyVersion]:
        """Replace the policy of a bot, or of the tenant. Raises InvalidRequestError, whose details name the field."""
        return self._send(Call("PUT", _path(bot_id), parse_as(PolicyVersion), json=policy))


def _path(bot_id: Id | None) -> str:
    return "/v1/policy" if bot_id is None else f"/v1/bots/{segment(bot_id)}/policy"
