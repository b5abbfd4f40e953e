"""The passage index in PostgreSQL: words by posting arrays, vectors by reading all or by HNSW, in one statement."""

import asyncio
from uuid import UUID

import structlog

from adapters.postgres.database import Database
from adapters.postgres.index.publication_rows import IndexRows
from adapters.postgres.index.publishing import publish
from adapters.postgres.index.search import POSTINGS_READ, search, settings_of
from adapters.postgres.index.upkeep import analyse_grown_tables, build_vector_index, merge_segments, set_index_kind
from domain.errors import AnswerableError
from domain.knowledge.publication import IndexKind, Publication, PublishReceipt
from domain.search.retrieval import SearchFilters, SearchQuery, SearchResult

_log = structlog.get_logger(__name__)


class PostgresPassageIndex:
    """Implements the port PassageIndex. A statement sees one snapshot, so a search meets whole versions only."""

    def __init__(self, database: Database, *, postings_read: int = POSTINGS_READ) -> None:
        """``postings_read`` bounds how many postings a search reads to choose what it scores exactly."""
        self._database = database
        self._postings_read = postings_read

    async def ingest(self, publication: Publication) -> PublishReceipt:
        """Swap a version in, in place of its document's live one, and mark its ingest succeeded: one transaction.

        Idempotent. A version that is already terminal is left as it is; one that a newer version has overtaken ends
        superseded. Raises NotFoundError when the version is not registered, EmbeddingModelChangedError when the
        dataset's live generation has another model or dimension, ValueError when the embeddings do not fit the spans.
        """
        rows = await asyncio.to_thread(IndexRows.of, publication)
        async with self._database.transaction(publication.version.tenant_id) as connection:
            return await publish(connection, publication, rows)

    async def search(self, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
        """Return at most ``top_k`` passages, best first, none outside ``filters``.

        Without a vector, or when a dataset's live generation was built by another model than the query's, the dense
        leg is off and the mode of the result is lexical.
        """
        async with self._database.transaction(filters.tenant_id, settings_of(query, top_k)) as connection:
            return await search(connection, query, filters, top_k, self._postings_read)

    async def tend(self, tenant_id: UUID, generation_id: UUID) -> None:
        """Merge what many publications left, give a generation that has become large its vector index, and have the
        server count what has grown.

        Nothing depends on it but the speed of searches, so a failure is logged and left to the next call.
        """
        try:
            async with self._database.transaction(tenant_id) as connection:
                merged = await merge_segments(connection, tenant_id, generation_id)
            # Before a vector index is built, which notes the size of its table too, and in a transaction of its own:
            # what is counted is locked until the end.
            async with self._database.transaction(tenant_id) as connection:
                analysed = await analyse_grown_tables(connection)
            async with self._database.transaction(tenant_id) as connection:
                built = await build_vector_index(connection, tenant_id, generation_id)
        except AnswerableError as error:
            _log.warning("index_upkeep_failed", code=error.code, generation_id=str(generation_id))
            return
        if merged or built or analysed:
            _log.info(
                "index_tended",
                generation_id=str(generation_id),
                segments_merged=merged,
                vector_index=built,
                analysed=analysed,
            )

    async def set_index_kind(self, tenant_id: UUID, generation_id: UUID, kind: IndexKind) -> bool:
        """Search a generation's vectors by ``kind`` from now on; False when there is no such generation, or it cannot
        be, for more than 4,000 dimensions. Publications wait while an index is built, searches do not."""
        async with self._database.transaction(tenant_id) as connection:
            return await set_index_kind(connection, generation_id, kind) is not None
