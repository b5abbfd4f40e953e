"""Passages leave the index: their rows and spans go, and a segment of its own takes their words away again.

Nothing that stands is rewritten, so removals neither wait for each other nor for searches; a merge tidies up later.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from adapters.postgres.database import Connection

# Spans follow by the foreign key's cascade.
_TAKE_OUT: Final = """
WITH gone AS (
    DELETE FROM index_passages WHERE tenant_id = %(tenant_id)s AND {which} = ANY(%(ids)s)
    RETURNING generation_id, slot, token_count, visibility, roles, analyser, words
), taken AS (
    SELECT generation_id, visibility, roles, analyser, nextval('index_slots') AS segment_id, count(*) AS passages,
           sum(token_count) AS tokens, array_agg(slot ORDER BY slot) AS dead
    FROM gone GROUP BY generation_id, visibility, roles, analyser
), segments AS (
    INSERT INTO index_segments (tenant_id, generation_id, segment_id, visibility, roles, analyser, passages, tokens,
                                slots, dead)
    SELECT %(tenant_id)s, generation_id, segment_id, visibility, roles, analyser, -passages, -tokens, '{{}}', dead
    FROM taken
)
INSERT INTO index_postings (tenant_id, generation_id, term, segment_id, holders, postings)
SELECT %(tenant_id)s, generation_id, term, segment_id, -count(*), '{{}}'
FROM gone JOIN taken USING (generation_id, visibility, roles, analyser) CROSS JOIN LATERAL unnest(words) AS term
GROUP BY generation_id, term, segment_id
"""


async def take_out_document(connection: Connection, tenant_id: UUID, document_id: UUID) -> None:
    """Take a document's passages out of the index. The caller holds the document's lock."""
    await _take_out(connection, tenant_id, "document_id", [document_id])


async def take_out_versions(connection: Connection, tenant_id: UUID, version_ids: Sequence[UUID]) -> None:
    """Take versions' passages out of the index. The caller holds the locks of their documents."""
    await _take_out(connection, tenant_id, "version_id", version_ids)


async def _take_out(connection: Connection, tenant_id: UUID, which: str, ids: Sequence[UUID]) -> None:
    await connection.execute(_TAKE_OUT.format(which=which), {"tenant_id": tenant_id, "ids": list(ids)})
