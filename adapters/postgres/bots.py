"""Bots and the datasets that they may use."""

from uuid import UUID

from psycopg.rows import DictRow

from adapters.postgres.database import Connection, Database
from adapters.postgres.datasets import datasets_of_bot
from domain.bots.bot import Bot, BotChanges
from domain.bots.errors import BotNotFoundError
from domain.errors import InvalidRequestError
from domain.policy.rules import UNSET

_SELECT = """
SELECT tenant_id, bot_id, bots.name, version, deny_patterns, refusal, minimum_confidence, is_default, reranker,
       time_zone,
       (SELECT jsonb_build_object('version', p.version, 'sha256', p.sha256, 'policy', p.document)
        FROM policies p WHERE p.tenant_id = bots.tenant_id AND p.bot_id IS NULL
        ORDER BY p.version DESC LIMIT 1) AS tenant_policy,
       (SELECT jsonb_build_object('version', p.version, 'sha256', p.sha256, 'policy', p.document)
        FROM policies p WHERE p.tenant_id = bots.tenant_id AND p.bot_id = bots.bot_id
        ORDER BY p.version DESC LIMIT 1) AS policy
FROM bots JOIN tenants USING (tenant_id) WHERE tenant_id = %s
"""
_UPDATE = """
UPDATE bots SET version = %(version)s, minimum_confidence = %(minimum_confidence)s, reranker = %(reranker)s,
       updated_at = now()
WHERE tenant_id = %(tenant_id)s AND bot_id = %(bot_id)s
"""


class PostgresBots:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, bot: Bot) -> None:
        """Make a bot with its datasets, which must exist; a bot that exists is left as it is.

        Raises NotFoundError when the tenant or a dataset is missing, InvalidRequestError when
        the tenant has another default bot.
        """
        async with self._database.transaction(bot.tenant_id) as connection:
            cursor = await connection.execute(
                """
                INSERT INTO bots (tenant_id, bot_id, name, version, deny_patterns, refusal, minimum_confidence,
                                  is_default, reranker)
                VALUES (%(tenant_id)s, %(bot_id)s, %(name)s, %(version)s, %(deny_patterns)s, %(refusal)s,
                        %(minimum_confidence)s, %(is_default)s, %(reranker)s)
                ON CONFLICT DO NOTHING
                """,
                {
                    **bot.model_dump(exclude={"datasets", "time_zone", "tenant_policy", "policy"}),
                    "deny_patterns": list(bot.deny_patterns),
                },
            )
            if not cursor.rowcount:
                await _require(connection, bot)
                return
            for dataset in bot.datasets:
                await _allow(connection, bot.tenant_id, bot.bot_id, dataset.dataset_id)

    async def allow_dataset(self, tenant_id: UUID, bot_id: UUID, dataset_id: UUID) -> None:
        """Let a bot use a dataset. A new version of the bot, unless it could before.

        Raises NotFoundError when either is missing.
        """
        async with self._database.transaction(tenant_id) as connection:
            if await _allow(connection, tenant_id, bot_id, dataset_id):
                await connection.execute(
                    "UPDATE bots SET version = version + 1, updated_at = now() WHERE tenant_id = %s AND bot_id = %s",
                    [tenant_id, bot_id],
                )

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_SELECT + "AND bot_id = %s", [tenant_id, bot_id])
            return await _decode(connection, await cursor.fetchone())

    async def default(self, tenant_id: UUID) -> Bot:
        """The tenant's default bot. Raises BotNotFoundError."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_SELECT + "AND is_default", [tenant_id])
            return await _decode(connection, await cursor.fetchone())

    async def list(self, tenant_id: UUID) -> tuple[Bot, ...]:
        """By name."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_SELECT + "ORDER BY bots.name, bot_id", [tenant_id])
            return tuple([await _decode(connection, row) for row in await cursor.fetchall()])

    async def change(self, tenant_id: UUID, bot_id: UUID, changes: BotChanges) -> Bot:
        """Apply the changes and return the bot: a new version of it, unless nothing changed. Raises BotNotFoundError.

        Edits at the same time wait for each other, so that each is a version and none is lost.
        """
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_SELECT + "AND bot_id = %s FOR UPDATE OF bots", [tenant_id, bot_id])
            bot = await _decode(connection, await cursor.fetchone())
            changed = changes.applied_to(bot)
            if changed is not bot:
                await connection.execute(_UPDATE, changed.model_dump(exclude={"datasets"}))
            return changed


async def _require(connection: Connection, bot: Bot) -> None:
    cursor = await connection.execute(_SELECT + "AND bot_id = %s", [bot.tenant_id, bot.bot_id])
    if await cursor.fetchone() is None:
        raise InvalidRequestError("The tenant has another default bot already.")


async def _allow(connection: Connection, tenant_id: UUID, bot_id: UUID, dataset_id: UUID) -> bool:
    cursor = await connection.execute(
        "INSERT INTO bot_datasets (tenant_id, bot_id, dataset_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [tenant_id, bot_id, dataset_id],
    )
    return cursor.rowcount == 1


async def _decode(connection: Connection, row: DictRow | None) -> Bot:
    if row is None:
        raise BotNotFoundError("There is no such bot. Leave bot_id out to ask the default one.")
    datasets = await datasets_of_bot(connection, row["tenant_id"], row["bot_id"])
    policies = {name: row[name] or UNSET for name in ("tenant_policy", "policy")}
    return Bot.model_validate({**row, **policies, "datasets": datasets})
