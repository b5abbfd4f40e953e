"""The policies of the tenant and its bots, as administrators read and set them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.admin.policy_bodies import PolicyBody, PolicyVersionBody
from api.edge.authentication import SECURITY, Administrator, AuthenticatedRoute
from api.edge.errors import documented
from api.services import Services, ServicesDep
from domain.identity.principal import Principal
from domain.policy.advice import advice
from domain.policy.rules import PolicyVersion

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["policy"])

Version = Annotated[
    int | None, Query(ge=0, le=2**31 - 1, description="A version, as recorded in a history. Default: the newest.")
]


@router.get("/v1/policy", responses=documented(404), summary="Get the tenant's policy")
async def read_policy(principal: Administrator, services: ServicesDep, version: Version = None) -> PolicyVersionBody:
    """Applies to all bots of the tenant. Every earlier version can be read too."""
    return _body(None, await services.policies.get(principal.tenant_id, None, version), services)


@router.put("/v1/policy", responses=documented(404, 413), summary="Set the tenant's policy")
async def set_policy(body: PolicyBody, principal: Administrator, services: ServicesDep) -> PolicyVersionBody:
    """Replaces the whole policy. The new version applies to turns from now on; an unchanged policy makes none."""
    return await _set(None, body, principal, services)


@router.get("/v1/bots/{bot_id}/policy", responses=documented(404), summary="Get a bot's policy")
async def read_bot_policy(
    bot_id: UUID, principal: Administrator, services: ServicesDep, version: Version = None
) -> PolicyVersionBody:
    """The bot's own policy, which can only make the tenant's stricter."""
    return _body(bot_id, await services.policies.get(principal.tenant_id, bot_id, version), services)


@router.put("/v1/bots/{bot_id}/policy", responses=documented(404, 413), summary="Set a bot's policy")
async def set_bot_policy(
    bot_id: UUID, body: PolicyBody, principal: Administrator, services: ServicesDep
) -> PolicyVersionBody:
    """Replaces the whole policy. The new version applies to turns from now on; an unchanged policy makes none."""
    return await _set(bot_id, body, principal, services)


async def _set(bot_id: UUID | None, body: PolicyBody, principal: Principal, services: Services) -> PolicyVersionBody:
    stored = await services.policies.set(principal.tenant_id, bot_id, body.as_policy(), principal.id)
    return _body(bot_id, stored, services)


def _body(bot_id: UUID | None, stored: PolicyVersion, services: Services) -> PolicyVersionBody:
    warnings = advice(stored.policy, services.packs.summaries(), services.packs.tools())
    return PolicyVersionBody.of(bot_id, stored, warnings)
