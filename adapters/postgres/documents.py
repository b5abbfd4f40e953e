"""Documents as a whole. Removing one happens under the lock under which its versions are numbered and published."""

from collections.abc import Sequence, Set
from typing import Final
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection, Database
from adapters.postgres.index.removal import take_out_document
from adapters.postgres.readers import may_see, rights_of, seen_versions
from adapters.postgres.version_rows import decode_failure
from domain.errors import NotFoundError
from domain.identity.principal import Reader
from domain.knowledge.document import (
    DELETED_MEANWHILE,
    DocumentRemoval,
    DocumentState,
    LatestIngest,
    LibraryDocument,
    LiveVersion,
    RemovedDocument,
)
from domain.knowledge.ingest import IngestState

_UNFINISHED: Final = [IngestState.QUEUED.value, IngestState.RUNNING.value]

# A version that the reader may not see is not there: neither its title, nor why it failed, nor that it answers.
_FOUND: Final = f"""
WITH found AS NOT MATERIALIZED (
    SELECT d.tenant_id, d.dataset_id, d.document_id, d.external_key, d.deleted_at, live.version_id AS live_version_id,
           live.version_number AS live_number, live.shown_title, live.url, live.visibility, live.passages,
           latest.version_id, latest.version_number, latest.state AS latest_state, latest.updated_at,
           CASE WHEN seen.latest THEN latest.failure_code END AS failure_code,
           latest.failure_message, latest.failure_details,
           CASE WHEN d.deleted_at IS NOT NULL THEN 'deleted'
                WHEN live.version_id IS NOT NULL THEN 'live'
                WHEN latest.state IN ('queued', 'running') THEN 'ingesting'
                ELSE 'absent' END AS state
    FROM documents d
    JOIN document_versions latest
        ON latest.tenant_id = d.tenant_id AND latest.document_id = d.document_id
        AND latest.version_number = d.last_version_number
    CROSS JOIN LATERAL (SELECT {may_see("latest")} AS latest) AS seen
    LEFT JOIN document_versions live ON live.tenant_id = d.tenant_id AND live.version_id = d.live_version_id
        AND {may_see("live")}
    WHERE d.tenant_id = %(tenant_id)s AND d.dataset_id = %(dataset_id)s AND (live.version_id IS NOT NULL OR seen.latest)
)
"""  # noqa: S608 - made of constants
_ONE: Final = f"{_FOUND} SELECT * FROM found WHERE document_id = %(document_id)s"  # noqa: S608 - made of two constants
_PAGE: Final = f"""{_FOUND} SELECT * FROM found
WHERE (CASE WHEN %(state)s::text IS NULL THEN state <> 'deleted' ELSE state = %(state)s END)
AND (%(after)s::uuid IS NULL OR external_key > (SELECT external_key FROM found WHERE document_id = %(after)s))
ORDER BY external_key LIMIT %(limit)s
"""  # noqa: S608 - made of two constants


class PostgresDocuments:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(
        self, tenant_id: UUID, dataset_id: UUID, document_id: UUID, reader: Reader | None
    ) -> LibraryDocument | None:
        """None also for one that the reader may not see; without a reader, everything is seen."""
        given = {"tenant_id": tenant_id, "dataset_id": dataset_id, "document_id": document_id, **rights_of(reader)}
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_ONE, given)
            row = await cursor.fetchone()
            return _decode(row) if row else None

    async def list(
        self,
        tenant_id: UUID,
        dataset_id: UUID,
        reader: Reader | None,
        *,
        state: DocumentState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[LibraryDocument, ...]:
        """By name; deleted documents only when ``state`` asks for them. Behind an unknown ``after`` is nothing."""
        page = {"tenant_id": tenant_id, "dataset_id": dataset_id, "state": state, "limit": limit, "after": after}
        given = {**page, **rights_of(reader)}
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_PAGE, given)
            return tuple(_decode(row) for row in await cursor.fetchall())

    async def seen_versions(self, tenant_id: UUID, version_ids: Sequence[UUID], reader: Reader) -> Set[UUID]:
        """Those of the versions whose documents the reader may see."""
        if not version_ids:
            return frozenset()
        async with self._database.transaction(tenant_id) as connection:
            return await seen_versions(connection, tenant_id, version_ids, reader)

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        """Take a document out of the index and end its unfinished versions as cancelled: one transaction.

        Versions and passages stay, so that old citations open. Idempotent. Raises NotFoundError.
        """
        key = removal.model_dump(include={"tenant_id", "dataset_id", "document_id"})
        async with self._database.transaction(removal.tenant_id) as connection:
            await _lock(connection, key)
            await _end_versions(connection, key)
            # Index rows first: they refer to the live version.
            await take_out_document(connection, removal.tenant_id, removal.document_id)
            return await _mark(connection, key)


async def _lock(connection: Connection, key: dict[str, UUID]) -> None:
    cursor = await connection.execute(
        """
        SELECT 1 FROM documents
        WHERE tenant_id = %(tenant_id)s AND dataset_id = %(dataset_id)s AND document_id = %(document_id)s FOR UPDATE
        """,
        key,
    )
    if await cursor.fetchone() is None:
        raise NotFoundError("There is no such document in this dataset. Check the document_id.")


async def _end_versions(connection: Connection, key: dict[str, UUID]) -> None:
    """End what is unfinished, and forget the intermediate results of every version: clean-up removes them next."""
    await connection.execute(
        """
        UPDATE document_versions SET
            state = CASE WHEN state = ANY(%(unfinished)s) THEN %(cancelled)s ELSE state END,
            failure_code = CASE WHEN state = ANY(%(unfinished)s) THEN %(code)s ELSE failure_code END,
            failure_message = CASE WHEN state = ANY(%(unfinished)s) THEN %(message)s ELSE failure_message END,
            failure_details = CASE WHEN state = ANY(%(unfinished)s) THEN %(details)s ELSE failure_details END,
            artifacts = '{}', updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s
          AND (state = ANY(%(unfinished)s) OR artifacts <> '{}')
        """,
        {
            **key,
            "unfinished": _UNFINISHED,
            "cancelled": IngestState.CANCELLED,
            "code": DELETED_MEANWHILE.code,
            "message": DELETED_MEANWHILE.message,
            "details": Jsonb(DELETED_MEANWHILE.details),
        },
    )


async def _mark(connection: Connection, key: dict[str, UUID]) -> RemovedDocument:
    """Mark the document and say what a first call said, also on a repeated one: the moment of both updates is one."""
    cursor = await connection.execute(
        """
        UPDATE documents d SET live_version_id = NULL, deleted_at = coalesce(deleted_at, now())
        WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s
        RETURNING last_version_number, deleted_at, ARRAY(
            SELECT version_id FROM document_versions v
            WHERE v.tenant_id = d.tenant_id AND v.document_id = d.document_id AND v.updated_at = d.deleted_at
            ORDER BY version_number
        ) AS left_over
        """,
        key,
    )
    row = await cursor.fetchone()
    assert row is not None, "its row is locked"  # noqa: S101
    return RemovedDocument(
        document_id=key["document_id"],
        last_version_number=row["last_version_number"],
        deleted_at=row["deleted_at"],
        left_over=tuple(row["left_over"]),
    )


def _decode(row: DictRow) -> LibraryDocument:
    live = row["live_version_id"] and LiveVersion(
        version_id=row["live_version_id"],
        version_number=row["live_number"],
        title=row["shown_title"],
        url=row["url"],
        visibility=row["visibility"],
        passages=row["passages"],
    )
    return LibraryDocument(
        tenant_id=row["tenant_id"],
        dataset_id=row["dataset_id"],
        document_id=row["document_id"],
        external_key=row["external_key"],
        state=DocumentState(row["state"]),
        live=live,
        latest=LatestIngest(
            version_id=row["version_id"],
            version_number=row["version_number"],
            state=IngestState(row["latest_state"]),
            failure=decode_failure(row),
            updated_at=row["updated_at"],
        ),
        deleted_at=row["deleted_at"],
    )
