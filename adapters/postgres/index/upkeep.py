"""Keeping a generation fast to search: small segments are merged, and a large one gets a vector index.

Segments are never changed, so a merge adds the merged one and removes its parts in one transaction: searches see the
parts or the whole, publications and removals add segments beside it, and a crash leaves what was there. One upkeep of
a generation runs at a time.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from adapters.postgres.database import Connection

MAX_SEGMENTS: Final = 24
"""How many segments of one audience are left alone."""

_FULL: Final = 20_000
_AT_LEAST: Final = 8
_MANY_DEAD: Final = 200
LARGE: Final = 5_000
"""From this many spans on, a generation is searched through a vector index; below, reading all of them is as fast."""


class Segment(NamedTuple):
    """Of a segment, what decides about merging it; ``size`` and ``dead`` count passages."""

    segment_id: int
    audience: tuple[str, ...]
    size: int
    dead: int
    holds_dead: int


async def merge_segments(connection: Connection, tenant_id: UUID, generation_id: UUID) -> int:
    """Merge once, if there is something to gain, and return how many segments became one."""
    key: dict[str, object] = {"tenant_id": tenant_id, "generation_id": generation_id}
    if not await _is_ours(connection, generation_id):
        return 0
    parts = choose_segments(await _read(connection, key))
    if not parts:
        return 0
    await connection.execute(_HASH_JOINS)
    await connection.execute(_MERGE_SEGMENTS, {**key, "parts": parts})
    await connection.execute(_MERGE_POSTINGS, {**key, "parts": parts})
    await connection.execute(
        """
        DELETE FROM index_segments WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s
        AND segment_id = ANY(%(parts)s)
        """,
        {**key, "parts": parts},
    )
    return len(parts)


async def build_vector_index(connection: Connection, tenant_id: UUID, generation_id: UUID) -> bool:
    """Give a generation that has become large a vector index; True if this call did."""
    if not await _is_ours(connection, generation_id):
        return False
    cursor = await connection.execute(
        """
        SELECT (SELECT count(*) FROM (
                   SELECT 1 FROM spans WHERE tenant_id = g.tenant_id AND generation_id = g.generation_id
                   LIMIT %(large)s) AS counted) AS spans
        FROM index_generations g
        WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s AND index_kind = 'exact'
        """,
        {"tenant_id": tenant_id, "generation_id": generation_id, "large": LARGE},
    )
    row = await cursor.fetchone()
    if row is None or row["spans"] < LARGE:
        return False
    await set_index_kind(connection, generation_id, "hnsw")
    return True


async def analyse_grown_tables(connection: Connection) -> list[str]:
    """Have the tables counted that have more than doubled since they were last, and return their names.

    Plans that connections keep are made anew then; until then they may be those of nearly empty tables.
    """
    cursor = await connection.execute("SELECT analyse_grown_tables() AS tables")
    row = await cursor.fetchone()
    return row["tables"] if row else []


async def set_index_kind(connection: Connection, generation_id: UUID, kind: str) -> str | None:
    """Search a generation of the transaction's tenant by ``kind``: exact, hnsw or ivfflat. None if it cannot be.

    Publications of all tenants wait while the index is built, searches do not.
    """
    await connection.execute("SELECT set_config('statement_timeout', '15min', true)")
    cursor = await connection.execute("SELECT build_vector_index(%s, %s) AS kind", [generation_id, kind])
    row = await cursor.fetchone()
    return row["kind"] if row else None


def choose_segments(segments: Iterable[Segment]) -> list[int]:
    """The ids of segments of one audience that are worth merging; empty when none are."""
    ordered = sorted(segments, key=lambda one: (one.audience, one.size, one.segment_id))
    for _, group in groupby(ordered, key=lambda one: one.audience):
        of_audience = list(group)
        chosen = _of_like_size(of_audience) if len(of_audience) > MAX_SEGMENTS else _with_the_dead(of_audience)
        if len(chosen) > 1:
            return [one.segment_id for one in chosen]
    return []


def _of_like_size(by_size: Sequence[Segment]) -> list[Segment]:
    """The smallest, up to one that is larger than all before it: each posting is rewritten a few times only."""
    chosen: list[Segment] = []
    total = 0
    for one in by_size:
        if total + one.size > _FULL or (len(chosen) >= _AT_LEAST and one.size > total):
            break
        chosen.append(one)
        total += one.size
    return chosen


def _with_the_dead(segments: Sequence[Segment]) -> list[Segment]:
    """What took passages away and the segment that holds most of them, once they are a quarter of all."""
    dead, size = sum(one.dead for one in segments), sum(one.size for one in segments)
    if dead < _MANY_DEAD or dead * 4 < size:
        return []
    fullest = max(segments, key=lambda one: one.holds_dead)
    takers = [one for one in segments if one.dead and one is not fullest]
    return [*takers, fullest] if fullest.holds_dead else []


async def _is_ours(connection: Connection, generation_id: UUID) -> bool:
    cursor = await connection.execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 20)) AS ours", [str(generation_id)]
    )
    row = await cursor.fetchone()
    return row is not None and bool(row["ours"])


async def _read(connection: Connection, key: dict[str, object]) -> list[Segment]:
    cursor = await connection.execute(
        """
        WITH dead AS MATERIALIZED (
            SELECT DISTINCT gone FROM index_segments, unnest(dead) AS gone
            WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s
        )
        SELECT segment_id, visibility, roles, analyser, cardinality(slots) AS size, cardinality(dead) AS dead,
               (SELECT count(*) FROM unnest(slots) AS slot JOIN dead ON gone = slot) AS holds_dead
        FROM index_segments WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s
        """,
        key,
    )
    return [
        Segment(
            row["segment_id"],
            (row["visibility"], row["analyser"], *row["roles"]),
            row["size"],
            row["dead"],
            row["holds_dead"],
        )
        for row in await cursor.fetchall()
    ]


# The planner takes the steps of a merge for a row or two, and would compare each term with each, which took seconds.
_HASH_JOINS: Final = "SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"

# currval below is the number that this took: no other session has a part in it.
_MERGE_SEGMENTS: Final = """
WITH parts AS MATERIALIZED (
    SELECT * FROM index_segments WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s
    AND segment_id = ANY(%(parts)s)
), slots AS MATERIALIZED (SELECT unnest(slots) AS slot FROM parts
), gone AS MATERIALIZED (SELECT DISTINCT unnest(dead) AS slot FROM parts
)
INSERT INTO index_segments (tenant_id, generation_id, segment_id, visibility, roles, analyser, passages, tokens, slots,
                            dead)
SELECT %(tenant_id)s, %(generation_id)s, nextval('index_slots'), min(visibility), min(roles), min(analyser),
       sum(passages), sum(tokens), ARRAY(SELECT slot FROM slots EXCEPT SELECT slot FROM gone ORDER BY slot),
       ARRAY(SELECT slot FROM gone EXCEPT SELECT slot FROM slots ORDER BY slot)
FROM parts
"""

_MERGE_POSTINGS: Final = """
WITH gone AS MATERIALIZED (
    SELECT DISTINCT unnest(dead) AS slot FROM index_segments
    WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s AND segment_id = ANY(%(parts)s)
), parts AS MATERIALIZED (
    SELECT term, holders, postings FROM index_postings
    WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s AND segment_id = ANY(%(parts)s)
), counted AS MATERIALIZED (
    SELECT term, sum(holders) AS holders FROM parts GROUP BY term
), living AS MATERIALIZED (
    SELECT term, array_agg(posting) AS postings FROM parts, unnest(postings) AS posting
    WHERE NOT EXISTS (SELECT 1 FROM gone WHERE gone.slot = posting >> 8) GROUP BY term
)
INSERT INTO index_postings (tenant_id, generation_id, term, segment_id, holders, postings)
SELECT %(tenant_id)s, %(generation_id)s, term, currval('index_slots'), holders, coalesce(postings, '{}')
FROM counted LEFT JOIN living USING (term) WHERE holders <> 0 OR postings IS NOT NULL
"""
