"""Versions on their way into the index. The document's row is the lock under which they are numbered."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from adapters.postgres.database import SOON, Connection, Database
from adapters.postgres.readers import may_see, rights_of
from adapters.postgres.storable import storable_json, storable_text
from adapters.postgres.version_rows import SELECT_INGEST, decode_ingest, insert_version, supersede_older
from domain.errors import Failure, NotFoundError
from domain.identity.principal import Reader
from domain.knowledge.errors import DatasetNotFoundError
from domain.knowledge.ingest import Ingest, IngestState, Progress
from domain.knowledge.version import DocumentVersion

_UNFINISHED: Final = [IngestState.QUEUED.value, IngestState.RUNNING.value]


_PAGE: Final = f"""{SELECT_INGEST}
AND {may_see("v")}
AND (%(dataset_id)s::uuid IS NULL OR d.dataset_id = %(dataset_id)s)
AND (%(state)s::text IS NULL OR v.state = %(state)s)
AND (%(after)s::uuid IS NULL OR (v.created_at, v.version_id) < (
    SELECT created_at, version_id FROM document_versions
    WHERE tenant_id = %(tenant_id)s AND version_id = %(after)s))
ORDER BY v.created_at DESC, v.version_id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of two constants


class PostgresIngests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, version: DocumentVersion) -> Ingest:
        """Write the version as queued, allocate its number, and return it.

        Idempotent by version_id. When the content that the document is about to have (that of its newest unfinished
        version, or else of its live one) has the same fingerprint, nothing is written and that version's ingest is
        returned instead. Raises DatasetNotFoundError.
        """
        async with self._database.transaction(version.tenant_id) as connection:
            await _lock_document(connection, version)
            known = await _find(connection, version.tenant_id, version.version_id)
            known = known or await _unchanged(connection, version)
            if known:
                return known
            await insert_version(connection, version)
            return await _get(connection, version.tenant_id, version.version_id)

    async def get(self, tenant_id: UUID, version_id: UUID, reader: Reader | None = None) -> Ingest | None:
        """None also for one of a document that the reader may not see; without a reader, everything is seen."""
        async with self._database.transaction(tenant_id) as connection:
            return await _find(connection, tenant_id, version_id, reader)

    async def list(
        self,
        tenant_id: UUID,
        reader: Reader | None,
        *,
        dataset_id: UUID | None = None,
        state: IngestState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[Ingest, ...]:
        """Newest first; ``after`` continues behind that ingest, and behind an unknown one there is nothing."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                _PAGE,
                {
                    "tenant_id": tenant_id,
                    "dataset_id": dataset_id,
                    "state": state,
                    "limit": limit,
                    "after": after,
                    **rights_of(reader),
                },
            )
            return tuple(decode_ingest(row) for row in await cursor.fetchall())

    async def advance(
        self, tenant_id: UUID, version_id: UUID, progress: Progress, artifacts: Mapping[str, str]
    ) -> None:
        """Set a running ingest's progress and add artifact keys. Does nothing to a terminal ingest.

        Not waited for until it is on the disk: a crash of the server may take back the last moments of progress, which
        the step that goes on writes again. What ends an ingest waits.
        """
        async with self._database.transaction(tenant_id, SOON) as connection:
            await connection.execute(
                """
                UPDATE document_versions
                SET state = %(running)s, stage = %(stage)s, done = %(done)s, total = %(total)s, attempt = %(attempt)s,
                    artifacts = artifacts || %(artifacts)s, updated_at = now()
                WHERE tenant_id = %(tenant_id)s AND version_id = %(version_id)s AND state = ANY(%(unfinished)s)
                """,
                {
                    **progress.model_dump(),
                    "running": IngestState.RUNNING,
                    "artifacts": Jsonb(dict(artifacts)),
                    "tenant_id": tenant_id,
                    "version_id": version_id,
                    "unfinished": _UNFINISHED,
                },
            )

    async def settle(self, tenant_id: UUID, version_id: UUID, state: IngestState, failure: Failure | None) -> Ingest:
        """End an ingest in a terminal state. The first terminal state stands; idempotent.

        Older versions of the document that are still unfinished end superseded: a workflow takes the newest and
        settles those before it, so what is left was left by a workflow that was terminated. Raises NotFoundError when
        there is no such ingest, ValueError when ``state`` is not terminal.
        """
        if not state.is_terminal:
            raise ValueError(f"An ingest cannot end as {state}.")
        async with self._database.transaction(tenant_id) as connection:
            await _lock_document_of(connection, tenant_id, version_id)
            await connection.execute(
                """
                UPDATE document_versions
                SET state = %(state)s, failure_code = %(code)s, failure_message = %(message)s,
                    failure_details = %(details)s, updated_at = now()
                WHERE tenant_id = %(tenant_id)s AND version_id = %(version_id)s AND state = ANY(%(unfinished)s)
                """,
                {
                    "state": state,
                    "code": failure and failure.code,
                    "message": failure and storable_text(failure.message),
                    "details": failure and Jsonb(storable_json(failure.details)),
                    "tenant_id": tenant_id,
                    "version_id": version_id,
                    "unfinished": _UNFINISHED,
                },
            )
            await supersede_older(connection, tenant_id, version_id)
            return await _get(connection, tenant_id, version_id)


async def _lock_document_of(connection: Connection, tenant_id: UUID, version_id: UUID) -> None:
    await connection.execute(
        """
        SELECT 1 FROM documents d JOIN document_versions v USING (tenant_id, document_id)
        WHERE v.tenant_id = %s AND v.version_id = %s FOR UPDATE OF d
        """,
        [tenant_id, version_id],
    )


async def _lock_document(connection: Connection, version: DocumentVersion) -> None:
    """Make the document if it is new, and lock its row."""
    key = [version.tenant_id, version.dataset_id]
    cursor = await connection.execute("SELECT 1 FROM datasets WHERE tenant_id = %s AND dataset_id = %s", key)
    if await cursor.fetchone() is None:
        raise DatasetNotFoundError("There is no such dataset. GET /v1/datasets lists the ones you can use.")
    await connection.execute(
        """
        INSERT INTO documents (tenant_id, dataset_id, document_id, external_key, last_version_number)
        VALUES (%s, %s, %s, %s, 0) ON CONFLICT DO NOTHING
        """,
        [*key, version.document_id, version.external_key],
    )
    cursor = await connection.execute(
        "SELECT 1 FROM documents WHERE tenant_id = %s AND document_id = %s FOR UPDATE",
        [version.tenant_id, version.document_id],
    )
    if await cursor.fetchone() is None:
        raise ValueError("The document_id is not the one that the external key names.")


async def _unchanged(connection: Connection, version: DocumentVersion) -> Ingest | None:
    """The ingest of the content that the document is about to have, when ``version`` would not change it."""
    cursor = await connection.execute(
        SELECT_INGEST
        + """
        AND v.document_id = %(document_id)s AND (v.state = ANY(%(unfinished)s) OR v.version_id = d.live_version_id)
        ORDER BY v.state = ANY(%(unfinished)s) DESC, v.version_number DESC LIMIT 1
        """,
        {
            "tenant_id": version.tenant_id,
            "document_id": version.document_id,
            "unfinished": _UNFINISHED,
        },
    )
    row = await cursor.fetchone()
    return decode_ingest(row) if row and row["fingerprint"] == version.fingerprint else None


async def _find(
    connection: Connection, tenant_id: UUID, version_id: UUID, reader: Reader | None = None
) -> Ingest | None:
    cursor = await connection.execute(
        f"{SELECT_INGEST} AND v.version_id = %(version_id)s AND {may_see('v')}",
        {"tenant_id": tenant_id, "version_id": version_id, **rights_of(reader)},
    )
    row = await cursor.fetchone()
    return decode_ingest(row) if row else None


async def _get(connection: Connection, tenant_id: UUID, version_id: UUID) -> Ingest:
    found = await _find(connection, tenant_id, version_id)
    if found is None:
        raise NotFoundError("There is no such ingest.")
    return found
