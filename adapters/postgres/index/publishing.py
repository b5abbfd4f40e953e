"""Making a version live: everything here happens in one transaction, under the lock of the document's row."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from psycopg.rows import DictRow

from adapters.postgres.database import Connection
from adapters.postgres.index.insertion import put_in
from adapters.postgres.index.publication_rows import IndexRows, made_in_a_thread
from adapters.postgres.index.removal import take_out_document
from adapters.postgres.version_rows import supersede_older
from adapters.search.text_analysis import VERSION as ANALYSER
from domain.errors import NotFoundError
from domain.knowledge.errors import EmbeddingModelChangedError
from domain.knowledge.ingest import IngestStage, IngestState
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion


@dataclass(frozen=True)
class _Standing:
    """Where document and version stand, read under their locks."""

    state: IngestState
    overtaken: bool
    live_version_id: UUID | None
    receipt: PublishReceipt


async def publish(connection: Connection, publication: Publication, rows: IndexRows) -> PublishReceipt:
    """Publish, or return what an earlier call published. See PostgresPassageIndex.ingest."""
    version = publication.version
    standing = await _lock(connection, version)
    if standing.state.is_terminal:
        return standing.receipt
    if standing.overtaken:
        await _finish(connection, version, IngestState.SUPERSEDED, standing.receipt, None)
        return standing.receipt
    generation_id = await _live_generation(connection, publication)
    await take_out_document(connection, version.tenant_id, version.document_id)
    await _store_passages(connection, version, rows)
    await _move_pointer(connection, version)
    await put_in(connection, version, generation_id, rows)
    receipt = PublishReceipt(
        generation_id=generation_id,
        passages=len(rows.passages),
        spans=publication.passages.span_count,
        replaced_version_id=standing.live_version_id,
    )
    await _finish(connection, version, IngestState.SUCCEEDED, receipt, rows.title)
    await supersede_older(connection, version.tenant_id, version.version_id)
    return receipt


async def _lock(connection: Connection, version: DocumentVersion) -> _Standing:
    key = {
        "tenant_id": version.tenant_id,
        "document_id": version.document_id,
        "version_id": version.version_id,
    }
    await connection.execute(
        "SELECT 1 FROM documents WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s FOR UPDATE",
        key,
    )
    cursor = await connection.execute(
        """
        SELECT v.state, v.generation_id, v.passages, v.spans, v.replaced_version_id, d.live_version_id,
               s.live_generation_id, coalesce(live.version_number > v.version_number, false) AS overtaken
        FROM document_versions v
        JOIN documents d USING (tenant_id, document_id)
        JOIN datasets s USING (tenant_id, dataset_id)
        LEFT JOIN document_versions live ON live.tenant_id = d.tenant_id AND live.version_id = d.live_version_id
        WHERE v.tenant_id = %(tenant_id)s AND v.document_id = %(document_id)s AND v.version_id = %(version_id)s
        FOR UPDATE OF v
        """,
        key,
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFoundError("This version was never registered.")
    receipt = PublishReceipt(
        # A version that never went in names the generation that it would have gone into.
        generation_id=row["generation_id"] or row["live_generation_id"] or _first_generation(version.dataset_id),
        passages=row["passages"],
        spans=row["spans"],
        replaced_version_id=row["replaced_version_id"],
    )
    return _Standing(IngestState(row["state"]), row["overtaken"], row["live_version_id"], receipt)


def _first_generation(dataset_id: UUID) -> UUID:
    return uuid5(dataset_id, "generation/1")


async def _live_generation(connection: Connection, publication: Publication) -> UUID:
    """The dataset's live generation, made if there is none, and held live until the transaction ends."""
    version = publication.version
    key = {"tenant_id": version.tenant_id, "dataset_id": version.dataset_id}
    await connection.execute(
        """
        SELECT 1 FROM datasets WHERE tenant_id = %(tenant_id)s AND dataset_id = %(dataset_id)s
        AND live_generation_id IS NULL FOR NO KEY UPDATE
        """,
        key,
    )
    row = await _read_live_generation(connection, key)
    if row is None:
        await _make_first_generation(connection, publication)
        row = await _read_live_generation(connection, key)
    assert row is not None, "it was there or was made, and its dataset's row is locked"  # noqa: S101
    if (row["model"], row["dimension"]) != (publication.model, publication.dimension):
        raise EmbeddingModelChangedError(
            "This dataset's index was built with another embedding model. Re-embed the dataset, or set the model back.",
            live_model=row["model"],
            model=publication.model,
        )
    generation_id: UUID = row["generation_id"]
    return generation_id


async def _read_live_generation(connection: Connection, key: dict[str, UUID]) -> DictRow | None:
    cursor = await connection.execute(
        """
        SELECT g.generation_id, g.model, g.dimension
        FROM datasets d JOIN index_generations g
            ON g.tenant_id = d.tenant_id AND g.generation_id = d.live_generation_id
        WHERE d.tenant_id = %(tenant_id)s AND d.dataset_id = %(dataset_id)s FOR SHARE OF d
        """,
        key,
    )
    return await cursor.fetchone()


async def _make_first_generation(connection: Connection, publication: Publication) -> None:
    given = {
        "tenant_id": publication.version.tenant_id,
        "dataset_id": publication.version.dataset_id,
        "generation_id": _first_generation(publication.version.dataset_id),
        "model": publication.model,
        "dimension": publication.dimension,
        "chunker": publication.passages.chunker,
        "analyser": ANALYSER,
    }
    await connection.execute(
        """
        INSERT INTO index_generations (tenant_id, generation_id, dataset_id, model, dimension, chunker, analyser)
        VALUES (%(tenant_id)s, %(generation_id)s, %(dataset_id)s, %(model)s, %(dimension)s, %(chunker)s, %(analyser)s)
        """,
        given,
    )
    await connection.execute(
        """
        UPDATE datasets SET live_generation_id = %(generation_id)s
        WHERE tenant_id = %(tenant_id)s AND dataset_id = %(dataset_id)s
        """,
        given,
    )


async def _move_pointer(connection: Connection, version: DocumentVersion) -> None:
    await connection.execute(
        "UPDATE documents SET live_version_id = %s WHERE tenant_id = %s AND document_id = %s",
        [version.version_id, version.tenant_id, version.document_id],
    )


async def _store_passages(connection: Connection, version: DocumentVersion, rows: IndexRows) -> None:
    async for columns in made_in_a_thread(rows.passage_columns()):
        await connection.execute(
            """
            INSERT INTO passages (tenant_id, version_id, passage_id, ordinal, start_offset, end_offset, page,
                                  section_heading, text, text_sha256)
            SELECT %(tenant_id)s, %(version_id)s, * FROM unnest(%(passage_ids)s::uuid[], %(ordinals)s::int[],
                %(starts)s::int[], %(ends)s::int[], %(pages)s::int[], %(headings)s::text[], %(texts)s::text[],
                %(hashes)s::text[])
            ON CONFLICT (tenant_id, passage_id) DO NOTHING
            """,
            {"tenant_id": version.tenant_id, "version_id": version.version_id, **columns},
        )


async def _finish(
    connection: Connection,
    version: DocumentVersion,
    state: IngestState,
    receipt: PublishReceipt,
    title: str | None,
) -> None:
    """End the ingest. Its derived artifacts are forgotten here, because clean-up removes them next."""
    went_in = state is IngestState.SUCCEEDED
    await connection.execute(
        """
        UPDATE document_versions
        SET state = %(state)s, stage = %(stage)s, done = %(passages)s, total = %(passages)s, passages = %(passages)s,
            spans = %(spans)s, generation_id = %(generation_id)s, replaced_version_id = %(replaced_version_id)s,
            shown_title = %(title)s, artifacts = '{}', updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND version_id = %(version_id)s
        """,
        {
            **receipt.model_dump(),
            "generation_id": receipt.generation_id if went_in else None,
            "state": state,
            "stage": IngestStage.PUBLISH,
            "title": title,
            "tenant_id": version.tenant_id,
            "version_id": version.version_id,
        },
    )
