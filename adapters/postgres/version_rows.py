"""How a version and its ingest stand in the database."""

from typing import Final
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection
from domain.errors import Failure
from domain.knowledge.ingest import Ingest, IngestStage, IngestState, Progress
from domain.knowledge.version import DocumentVersion, SourceArtifact

SELECT_INGEST: Final = """
SELECT v.tenant_id, d.dataset_id, v.document_id, v.version_id, d.external_key, v.title, v.url, v.visibility, v.roles,
       v.tags, v.tier, v.language, v.attributes,
       v.submitted_at, v.submitted_by, v.source_key, v.source_sha256, v.source_size_bytes, v.source_media_type,
       v.version_number, v.fingerprint, v.state, v.stage, v.done, v.total, v.attempt,
       v.failure_code, v.failure_message, v.failure_details, v.artifacts, v.passages, v.spans, v.updated_at,
       v.version_id IS NOT DISTINCT FROM d.live_version_id AS is_live
FROM document_versions v JOIN documents d USING (tenant_id, document_id)
WHERE v.tenant_id = %(tenant_id)s
"""


async def insert_version(connection: Connection, version: DocumentVersion) -> None:
    """Write ``version`` as queued, with its document's next number. It revives a document that was deleted.

    The caller holds the document's lock.
    """
    await connection.execute(
        """
        WITH numbered AS (
            UPDATE documents SET last_version_number = last_version_number + 1, deleted_at = NULL
            WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s
            RETURNING last_version_number
        )
        INSERT INTO document_versions
            (tenant_id, version_id, document_id, version_number, fingerprint, source_key, source_sha256,
             source_size_bytes, source_media_type, title, url, visibility, roles, tags, tier, language,
             attributes, submitted_at, submitted_by, state, stage, done, total, attempt, artifacts, passages, spans)
        SELECT %(tenant_id)s, %(version_id)s, %(document_id)s, last_version_number, %(fingerprint)s,
               %(key)s, %(sha256)s, %(size_bytes)s, %(media_type)s, %(title)s, %(url)s, %(visibility)s, %(roles)s,
               %(tags)s, %(tier)s, %(language)s, %(attributes)s,
               %(submitted_at)s, %(submitted_by)s, %(state)s, %(stage)s, 0, 0, 1, '{}', 0, 0
        FROM numbered
        """,
        {
            **version.model_dump(exclude={"artifact", "roles", "tags", "attributes"}),
            **version.artifact.model_dump(),
            "roles": list(version.roles),
            "tags": list(version.tags),
            "attributes": Jsonb(version.attributes),
            "fingerprint": version.fingerprint,
            "state": IngestState.QUEUED,
            "stage": IngestStage.REGISTER,
        },
    )


async def supersede_older(connection: Connection, tenant_id: UUID, version_id: UUID) -> None:
    """End versions before this one that a workflow which was terminated by force left unfinished.

    The caller holds the document's lock.
    """
    await connection.execute(
        """
        UPDATE document_versions older SET state = %(superseded)s, updated_at = now()
        FROM document_versions newer
        WHERE newer.tenant_id = %(tenant_id)s AND newer.version_id = %(version_id)s
          AND older.tenant_id = newer.tenant_id AND older.document_id = newer.document_id
          AND older.version_number < newer.version_number AND older.state = ANY(%(unfinished)s)
        """,
        {
            "superseded": IngestState.SUPERSEDED,
            "unfinished": [IngestState.QUEUED.value, IngestState.RUNNING.value],
            "tenant_id": tenant_id,
            "version_id": version_id,
        },
    )


def decode_ingest(row: DictRow) -> Ingest:
    """An Ingest from a row of SELECT_INGEST."""
    return Ingest(
        version=_version(row),
        version_number=row["version_number"],
        state=IngestState(row["state"]),
        progress=Progress(
            stage=IngestStage(row["stage"]), done=row["done"], total=row["total"], attempt=row["attempt"]
        ),
        failure=decode_failure(row),
        artifacts=row["artifacts"],
        is_live=row["is_live"],
        passages=row["passages"],
        spans=row["spans"],
        updated_at=row["updated_at"],
    )


def _version(row: DictRow) -> DocumentVersion:
    artifact = SourceArtifact(
        key=row["source_key"],
        sha256=row["source_sha256"],
        size_bytes=row["source_size_bytes"],
        media_type=row["source_media_type"],
    )
    named = {name: row[name] for name in DocumentVersion.model_fields if name != "artifact"}
    return DocumentVersion(**{**named, "roles": tuple(row["roles"]), "tags": tuple(row["tags"])}, artifact=artifact)


def decode_failure(row: DictRow) -> Failure | None:
    """The failure of a version's ingest, if it has one."""
    if row["failure_code"] is None:
        return None
    return Failure(code=row["failure_code"], message=row["failure_message"], details=row["failure_details"] or {})
