"""Tenants."""

from uuid import UUID
from zoneinfo import available_timezones

from adapters.postgres.database import Database
from domain.errors import InvalidRequestError, NotFoundError
from domain.identity.tenant import Tenant


class PostgresTenants:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, tenant_id: UUID, name: str) -> None:
        """Make a tenant; one that exists is left as it is. The id is the caller's, so that repeating is harmless."""
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(
                "INSERT INTO tenants (tenant_id, name) VALUES (%s, %s) ON CONFLICT (tenant_id) DO NOTHING",
                [tenant_id, name],
            )

    async def set_time_zone(self, tenant_id: UUID, time_zone: str) -> None:
        """Say where the tenant reads its clock (IANA name). Raises InvalidRequestError for a zone that is not known."""
        if time_zone not in available_timezones():
            raise InvalidRequestError(
                f"'{time_zone}' is no time zone. Give one like 'Europe/Berlin'.", field="time_zone"
            )
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute("UPDATE tenants SET time_zone = %s WHERE tenant_id = %s", [time_zone, tenant_id])

    async def get(self, tenant_id: UUID) -> Tenant:
        """Raises NotFoundError."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                "SELECT tenant_id, name, time_zone FROM tenants WHERE tenant_id = %s", [tenant_id]
            )
            row = await cursor.fetchone()
        if row is None:
            raise NotFoundError("There is no such tenant.")
        return Tenant.model_validate(row)

    async def exists(self, tenant_id: UUID) -> bool:
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute("SELECT 1 FROM tenants WHERE tenant_id = %s", [tenant_id])
            return await cursor.fetchone() is not None
