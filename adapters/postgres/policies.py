"""Policies of tenants and bots. Versions are added and never changed, so that the one a history names can be read."""

from typing import Final
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection, Database
from domain.bots.errors import BotNotFoundError
from domain.errors import NotFoundError
from domain.policy.errors import PolicyNotFoundError
from domain.policy.rules import UNSET, Policy, PolicyVersion

# NULL is the tenant's own.
_SELECT: Final = """
SELECT version, sha256, document AS policy, set_by, set_at FROM policies
WHERE tenant_id = %s AND bot_id IS NOT DISTINCT FROM %s
"""


class PostgresPolicies:
    """Of the tenant where ``bot_id`` is None."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: UUID, bot_id: UUID | None = None, version: int | None = None) -> PolicyVersion:
        """The newest version, or the one that is asked for.

        Raises BotNotFoundError, and PolicyNotFoundError for a version that never was.
        """
        async with self._database.transaction(tenant_id) as connection:
            if version is None:
                found = await _newest(connection, tenant_id, bot_id)
            else:
                cursor = await connection.execute(_SELECT + "AND version = %s", [tenant_id, bot_id, version])
                found = _decode(await cursor.fetchone())
            if found is None:
                await _require(connection, tenant_id, bot_id)
        if found is None and version:
            raise PolicyNotFoundError(f"There is no version {version} of this policy.", version=version)
        return found or UNSET

    async def set(self, tenant_id: UUID, bot_id: UUID | None, policy: Policy, set_by: str) -> PolicyVersion:
        """Make ``policy`` the newest version and return it; one that says the same as the newest changes nothing.

        Raises BotNotFoundError.
        """
        async with self._database.transaction(tenant_id) as connection:
            # Held until the end, so that of two at once the second sees the version of the first.
            await _require(connection, tenant_id, bot_id, "FOR NO KEY UPDATE")
            newest = await _newest(connection, tenant_id, bot_id)
            if newest is not None and newest.sha256 == policy.sha256:
                return newest
            version = newest.version + 1 if newest else 1
            cursor = await connection.execute(
                """
                INSERT INTO policies (tenant_id, policy_id, bot_id, version, document, sha256, set_by)
                VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING set_at
                """,
                [tenant_id, uuid4(), bot_id, version, Jsonb(policy.model_dump(mode="json")), policy.sha256, set_by],
            )
            row = await cursor.fetchone()
        return PolicyVersion(
            version=version,
            sha256=policy.sha256,
            policy=policy,
            set_by=set_by,
            set_at=row["set_at"] if row else None,
        )


async def _newest(connection: Connection, tenant_id: UUID, bot_id: UUID | None) -> PolicyVersion | None:
    cursor = await connection.execute(_SELECT + "ORDER BY version DESC LIMIT 1", [tenant_id, bot_id])
    return _decode(await cursor.fetchone())


async def _require(connection: Connection, tenant_id: UUID, bot_id: UUID | None, lock: str = "") -> None:
    if bot_id is None:
        cursor = await connection.execute(f"SELECT 1 FROM tenants WHERE tenant_id = %s {lock}", [tenant_id])  # noqa: S608
        if await cursor.fetchone() is None:
            raise NotFoundError("There is no such tenant.")
        return
    cursor = await connection.execute(
        f"SELECT 1 FROM bots WHERE tenant_id = %s AND bot_id = %s {lock}",  # noqa: S608
        [tenant_id, bot_id],
    )
    if await cursor.fetchone() is None:
        raise BotNotFoundError("There is no such bot.", bot_id=str(bot_id))


def _decode(row: DictRow | None) -> PolicyVersion | None:
    return PolicyVersion.model_validate(row) if row else None
