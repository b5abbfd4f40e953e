"""A tenant, and what it may set of itself."""

from typing import Protocol
from uuid import UUID

from domain.base import Value


class Tenant(Value):
    """``time_zone`` (IANA name) is where it reads its clock: what "yesterday" means in a question."""

    tenant_id: UUID
    name: str
    time_zone: str


class TenantRepository(Protocol):
    async def get(self, tenant_id: UUID) -> Tenant:
        """Raises NotFoundError."""
        ...

    async def set_time_zone(self, tenant_id: UUID, time_zone: str) -> None:
        """Raises InvalidRequestError for a zone that is not known."""
        ...
