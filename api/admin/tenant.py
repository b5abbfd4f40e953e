"""Settings of the tenant."""

from typing import Annotated, Final
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import AfterValidator

from api.edge.authentication import SECURITY, Administrator, AuthenticatedRoute
from api.edge.errors import documented
from api.edge.schema import EXAMPLE_ID, Label, RequestBody, ResponseBody, example
from api.services import ServicesDep

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["tenant"])

_EXAMPLE: Final = {"tenant_id": str(EXAMPLE_ID), "name": "Example Ltd", "time_zone": "Europe/Berlin"}


def _check_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone; use a name like Europe/Berlin or UTC")
    return name


class TenantBody(ResponseBody):
    """``time_zone`` decides what "yesterday" means in a question."""

    model_config = example(**_EXAMPLE)

    tenant_id: UUID
    name: str
    time_zone: str


class TenantChangesBody(RequestBody):
    """The fields to change. Omitted fields stay as they are."""

    model_config = RequestBody.model_config | example(time_zone="Europe/Berlin")

    time_zone: Annotated[Label, AfterValidator(_check_time_zone)] = "UTC"


@router.get("/v1/tenant", responses=documented(404), summary="Get the tenant")
async def read_tenant(principal: Administrator, services: ServicesDep) -> TenantBody:
    """The tenant of the key."""
    return TenantBody(**(await services.tenants.get(principal.tenant_id)).model_dump())


@router.patch("/v1/tenant", responses=documented(404, 413), summary="Update the tenant")
async def change_tenant(body: TenantChangesBody, principal: Administrator, services: ServicesDep) -> TenantBody:
    """Applies to turns from now on."""
    if "time_zone" in body.model_fields_set:
        await services.tenants.set_time_zone(principal.tenant_id, body.time_zone)
    return await read_tenant(principal, services)
