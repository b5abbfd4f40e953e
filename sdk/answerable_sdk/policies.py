"""Policies and what a tenant sets of itself, as administrators see them: what the calls return, and the calls.

Both clients have these methods.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from answerable_sdk.calls import Call, Id, returns, segment
from answerable_sdk.models import Model, Notice

Result = TypeVar("Result")


class PolicyVersion(Model):
    """A version of a policy, 0 being that none was set; ``bot_id`` None is the tenant's. ``policy`` is the document as
    the server takes it; ``warnings`` say what is odd about it."""

    bot_id: UUID | None
    version: int
    set_by: str | None
    set_at: datetime | None
    policy: dict[str, Any]
    warnings: tuple[Notice, ...]


class Tenant(Model):
    """``time_zone``: what "yesterday" means in a question."""

    tenant_id: UUID
    name: str
    time_zone: str


class _Sends(Protocol):
    def _send(self, call: Call[Result]) -> Result: ...


class _SendsLater(Protocol):
    async def _send(self, call: Call[Result]) -> Result: ...


class PolicyMethods:
    def policy(self: _Sends, bot_id: Id | None = None, *, version: int | None = None) -> PolicyVersion:
        """The policy of a bot, or of the tenant; the newest, or the one that is asked for. Raises NotFoundError."""
        return self._send(_policy(bot_id, version))

    def set_policy(self: _Sends, policy: Mapping[str, Any], bot_id: Id | None = None) -> PolicyVersion:
        """Set the whole policy of a bot, or of the tenant. Raises InvalidRequestError, whose details name the field."""
        return self._send(_set_policy(policy, bot_id))

    def tenant(self: _Sends) -> Tenant:
        """The tenant of the key."""
        return self._send(_tenant())

    def change_tenant(self: _Sends, *, time_zone: str) -> Tenant:
        """Set the time zone (IANA name) and return the tenant. Raises InvalidRequestError."""
        return self._send(_change_tenant(time_zone))


class AsyncPolicyMethods:
    async def policy(self: _SendsLater, bot_id: Id | None = None, *, version: int | None = None) -> PolicyVersion:
        """The policy of a bot, or of the tenant; the newest, or the one that is asked for. Raises NotFoundError."""
        return await self._send(_policy(bot_id, version))

    async def set_policy(self: _SendsLater, policy: Mapping[str, Any], bot_id: Id | None = None) -> PolicyVersion:
        """Set the whole policy of a bot, or of the tenant. Raises InvalidRequestError, whose details name the field."""
        return await self._send(_set_policy(policy, bot_id))

    async def tenant(self: _SendsLater) -> Tenant:
        """The tenant of the key."""
        return await self._send(_tenant())

    async def change_tenant(self: _SendsLater, *, time_zone: str) -> Tenant:
        """Set the time zone (IANA name) and return the tenant. Raises InvalidRequestError."""
        return await self._send(_change_tenant(time_zone))


def _path(bot_id: Id | None) -> str:
    return "/v1/policy" if bot_id is None else f"/v1/bots/{segment(bot_id)}/policy"


def _policy(bot_id: Id | None, version: int | None) -> Call[PolicyVersion]:
    params = None if version is None else {"version": version}
    return Call("GET", _path(bot_id), returns(PolicyVersion), params=params)


def _set_policy(policy: Mapping[str, Any], bot_id: Id | None) -> Call[PolicyVersion]:
    return Call("PUT", _path(bot_id), returns(PolicyVersion), json=policy)


def _tenant() -> Call[Tenant]:
    return Call("GET", "/v1/tenant", returns(Tenant))


def _change_tenant(time_zone: str) -> Call[Tenant]:
    return Call("PATCH", "/v1/tenant", returns(Tenant), json={"time_zone": time_zone})
