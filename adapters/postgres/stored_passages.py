"""Passages by their ids, as far as a reader may see them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from psycopg.rows import DictRow

from adapters.postgres.database import Database
from adapters.postgres.readers import may_see, rights_of
from domain.identity.principal import Reader
from domain.search.retrieval import LegScores, RetrievedPassage
from domain.search.stored import StoredPassage

_PLACE: Final = (
    "passage_id text_sha256 document_id version_id dataset_id pack_id title url source section_heading page start end"
).split()
# Of a document that was handed in again for fewer people, its former readers see the old version no more either.
_ONE: Final = f"""
SELECT p.passage_id, p.text_sha256, p.text, v.document_id, v.version_id, d.dataset_id, s.pack_id,
       coalesce(v.shown_title, v.title, d.external_key) AS title, v.url, d.external_key AS source, p.section_heading,
       p.page, p.start_offset AS start, p.end_offset AS "end", v.version_number AS version, v.submitted_at,
       CASE WHEN d.deleted_at IS NOT NULL THEN 'deleted'
            WHEN d.live_version_id = v.version_id THEN 'current'
            ELSE 'replaced' END AS currency
FROM passages p
JOIN document_versions v ON v.tenant_id = p.tenant_id AND v.version_id = p.version_id
JOIN documents d ON d.tenant_id = v.tenant_id AND d.document_id = v.document_id
JOIN datasets s ON s.tenant_id = d.tenant_id AND s.dataset_id = d.dataset_id
LEFT JOIN document_versions live ON live.tenant_id = d.tenant_id AND live.version_id = d.live_version_id
WHERE p.tenant_id = %(tenant_id)s AND p.passage_id = %(passage_id)s
  AND d.dataset_id = ANY(%(dataset_ids)s::uuid[])
  AND v.state IN ('succeeded', 'partial')
  AND {may_see("v")} AND (live.version_id IS NULL OR {may_see("live")})
"""  # noqa: S608 - made of constants


class PostgresStoredPassages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(
        self, tenant_id: UUID, passage_id: UUID, reader: Reader, dataset_ids: Sequence[UUID]
    ) -> StoredPassage | None:
        """None if it does not exist, or not for the reader, or in none of the datasets."""
        given = {
            "tenant_id": tenant_id,
            "passage_id": passage_id,
            "dataset_ids": list(dataset_ids),
            **rights_of(reader),
        }
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_ONE, given)
            row = await cursor.fetchone()
        return _decode(row) if row else None


def _decode(row: DictRow) -> StoredPassage:
    return StoredPassage(
        passage=RetrievedPassage(
            **{name: row[name] for name in _PLACE},
            span_start=row["start"],
            span_end=row["end"],
            scores=LegScores(dense=None, lexical=None, fused=0.0),
        ),
        **{name: row[name] for name in ("text", "version", "submitted_at", "currency")},
    )
