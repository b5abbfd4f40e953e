"""The tenant of the key."""

from uuid import UUID

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps

_PATH = "/v1/tenant"


class Tenant(Model):
    """``time_zone`` (an IANA name) decides what "yesterday" means in a question."""

    tenant_id: UUID
    name: str
    time_zone: str


class TenantMethods(Resource[Mode]):
    """``client.tenant``."""

    @method
    def get(self) -> Steps[Tenant]:
        """The tenant of the key."""
        return self._send(Call("GET", _PATH, parse_as(Tenant)))

    @method
    def update(self, *, time_zone: str) -> Steps[Tenant]:
        """Set the time zone (an IANA name) and return the tenant. Raises InvalidRequestError."""
        return self._send(Call("PATCH", _PATH, parse_as(Tenant), json={"time_zone": time_zone}))
