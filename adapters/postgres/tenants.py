"""Tenants."""

from uuid import UUID

from adapters.postgres.database import Database


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

    async def exists(self, tenant_id: UUID) -> bool:
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute("SELECT 1 FROM tenants WHERE tenant_id = %s", [tenant_id])
            return await cursor.fetchone() is not None
