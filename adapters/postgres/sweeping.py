"""What the database knows of things that may be left over of ingests."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Final
from uuid import UUID

from adapters.postgres.database import Connection, Database
from adapters.postgres.index.removal import take_out_versions
from domain.knowledge.ingest import IngestState
from domain.knowledge.sweep import LeftOver, LeftOverKind, UnfinishedVersion, VersionStanding, was_published

_UNFINISHED: Final = [state.value for state in IngestState if not state.is_terminal]
_PUBLISHED: Final = [state.value for state in IngestState if was_published(state)]

_COUNTED: Final = {
    LeftOverKind.INTERRUPTED_INGEST: "document_versions",
    LeftOverKind.PASSAGES: "passages",
    LeftOverKind.INDEX_ROWS: "index_passages",
    LeftOverKind.DOCUMENT: "documents",
}

# Each yields (id, reason). A version that is queued or running counts too: its passages come with its last transaction.
_LEFT_OVER: Final = {
    LeftOverKind.PASSAGES: """
        SELECT v.version_id AS id, 'its version ended ' || v.state || ' and never answered' AS reason
        FROM document_versions v
        WHERE v.tenant_id = %(tenant_id)s AND v.state <> ALL(%(published)s) AND v.updated_at < %(before)s
          AND EXISTS (SELECT 1 FROM passages p WHERE p.tenant_id = v.tenant_id AND p.version_id = v.version_id)
    """,
    LeftOverKind.INDEX_ROWS: """
        SELECT v.version_id AS id, 'its version is not the one that answers' AS reason
        FROM document_versions v JOIN documents d USING (tenant_id, document_id)
        WHERE v.tenant_id = %(tenant_id)s AND v.updated_at < %(before)s
          AND d.live_version_id IS DISTINCT FROM v.version_id
          AND EXISTS (SELECT 1 FROM index_passages i
                      WHERE i.tenant_id = v.tenant_id AND i.document_id = v.document_id
                        AND i.version_id = v.version_id)
    """,
    LeftOverKind.DOCUMENT: """
        SELECT d.document_id AS id, 'it has no version' AS reason
        FROM documents d
        WHERE d.tenant_id = %(tenant_id)s AND d.created_at < %(before)s AND d.live_version_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM document_versions v
                          WHERE v.tenant_id = d.tenant_id AND v.document_id = d.document_id)
    """,
}


class PostgresSweep:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def named_sources(self, tenant_id: UUID, keys: Sequence[str]) -> Set[str]:
        """Those of ``keys`` that are the source of a version."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT DISTINCT source_key FROM document_versions
                WHERE tenant_id = %s AND source_key = ANY(%s)
                """,
                [tenant_id, list(keys)],
            )
            return frozenset([row["source_key"] for row in await cursor.fetchall()])

    async def standings(self, tenant_id: UUID, version_ids: Sequence[UUID]) -> Mapping[UUID, VersionStanding]:
        """How versions stand; unknown ones are missing."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT v.version_id, v.state, d.deleted_at IS NOT NULL AS deleted
                FROM document_versions v JOIN documents d USING (tenant_id, document_id)
                WHERE v.tenant_id = %s AND v.version_id = ANY(%s)
                """,
                [tenant_id, list(version_ids)],
            )
            return {
                row["version_id"]: VersionStanding(IngestState(row["state"]), row["deleted"])
                for row in await cursor.fetchall()
            }

    async def unfinished(
        self, tenant_id: UUID, before: datetime, after: UUID | None, limit: int
    ) -> tuple[UnfinishedVersion, ...]:
        """Versions that are queued or running and were last changed before ``before``."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT version_id, document_id FROM document_versions
                WHERE tenant_id = %(tenant_id)s AND state = ANY(%(unfinished)s) AND updated_at < %(before)s
                  AND (%(after)s::uuid IS NULL OR version_id > %(after)s)
                ORDER BY version_id LIMIT %(limit)s
                """,
                {
                    "tenant_id": tenant_id,
                    "unfinished": _UNFINISHED,
                    "before": before,
                    "after": after,
                    "limit": limit,
                },
            )
            return tuple(UnfinishedVersion.model_validate(row) for row in await cursor.fetchall())

    async def count(self, tenant_id: UUID, kind: LeftOverKind) -> int:
        """How many rows of this kind there are. Raises KeyError for a kind that is no row."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                f"SELECT count(*) AS rows FROM {_COUNTED[kind]} WHERE tenant_id = %s",  # noqa: S608 - one of four constants
                [tenant_id],
            )
            row = await cursor.fetchone()
            assert row is not None, "a count always has a row"  # noqa: S101
            return int(row["rows"])

    async def left_over_rows(
        self, tenant_id: UUID, kind: LeftOverKind, before: datetime, after: UUID | None, limit: int
    ) -> tuple[LeftOver, ...]:
        """Rows of this kind that nothing needs, in order of id. Raises KeyError for a kind that is no row."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                f"""
                SELECT id, reason FROM ({_LEFT_OVER[kind]}) AS found
                WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(limit)s
                """,  # noqa: S608 - one of three constants
                {
                    "tenant_id": tenant_id,
                    "published": _PUBLISHED,
                    "before": before,
                    "after": after,
                    "limit": limit,
                },
            )
            return tuple(
                LeftOver(kind=kind, id=str(row["id"]), reason=row["reason"]) for row in await cursor.fetchall()
            )

    async def remove_rows(self, tenant_id: UUID, kind: LeftOverKind, ids: Sequence[UUID]) -> Set[UUID]:
        """Remove those that are still left over, and return their ids. Idempotent.

        Documents are locked first, as publishing and registering do, so that none of them is needed again meanwhile.
        """
        async with self._database.transaction(tenant_id) as connection:
            await _lock(connection, tenant_id, kind, ids)
            return await _remove(connection, tenant_id, kind, ids)


async def _lock(connection: Connection, tenant_id: UUID, kind: LeftOverKind, ids: Sequence[UUID]) -> None:
    if kind is LeftOverKind.DOCUMENT:
        documents = "document_id = ANY(%(ids)s)"
    else:
        documents = """document_id IN (
            SELECT v.document_id FROM document_versions v
            WHERE v.tenant_id = %(tenant_id)s AND v.version_id = ANY(%(ids)s))"""
    await connection.execute(
        f"""
        SELECT 1 FROM documents WHERE tenant_id = %(tenant_id)s AND {documents} ORDER BY document_id FOR UPDATE
        """,  # noqa: S608 - one of two constants
        {"tenant_id": tenant_id, "ids": list(ids)},
    )


async def _remove(connection: Connection, tenant_id: UUID, kind: LeftOverKind, ids: Sequence[UUID]) -> Set[UUID]:
    given = {"tenant_id": tenant_id, "ids": list(ids), "published": _PUBLISHED, "before": "infinity"}
    cursor = await connection.execute(
        f"SELECT id FROM ({_LEFT_OVER[kind]}) AS found WHERE id = ANY(%(ids)s)",  # noqa: S608 - one of three constants
        given,
    )
    still = [row["id"] for row in await cursor.fetchall()]
    if kind is not LeftOverKind.DOCUMENT:
        await take_out_versions(connection, tenant_id, still)
    for table, key in _TABLES_OF[kind]:
        await connection.execute(
            f"DELETE FROM {table} WHERE tenant_id = %s AND {key} = ANY(%s)",  # noqa: S608 - constants
            [tenant_id, still],
        )
    return frozenset(still)


_TABLES_OF: Final[Mapping[LeftOverKind, Sequence[tuple[str, str]]]] = {
    LeftOverKind.PASSAGES: (("passages", "version_id"),),
    LeftOverKind.INDEX_ROWS: (),
    LeftOverKind.DOCUMENT: (("documents", "document_id"),),
}
