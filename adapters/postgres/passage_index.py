"""The passage index in PostgreSQL: exact BM25 and exact cosine, both in one statement."""

import asyncio

from adapters.postgres.database import Database
from adapters.postgres.passage_search import search
from adapters.postgres.publishing import publish
from adapters.postgres.publishing_rows import IndexRows
from domain.indexing import Publication, PublishReceipt
from domain.retrieval import SearchFilters, SearchQuery, SearchResult


class PostgresPassageIndex:
    """Implements the port PassageIndex. A statement sees one snapshot, so a search meets whole versions only."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        async with self._database.transaction(filters.tenant_id) as connection:
            return await search(connection, query, filters, top_k)
