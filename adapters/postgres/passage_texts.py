"""The texts of passages, of live and of replaced versions."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from adapters.postgres.database import Database


class PostgresPassageTexts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def passage_texts(self, tenant_id: UUID, passage_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The texts of passages that exist; erased ones are missing from the mapping."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                "SELECT passage_id, text FROM passages WHERE tenant_id = %s AND passage_id = ANY(%s::uuid[])",
                [tenant_id, list(passage_ids)],
            )
            return {row["passage_id"]: row["text"] for row in await cursor.fetchall()}
