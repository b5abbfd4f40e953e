"""One search: its parameters, its statement, and what comes of it."""

from collections import Counter
from types import MappingProxyType
from typing import Final

from psycopg import AsyncRawCursor
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection
from adapters.postgres.index.postings import one_hot
from adapters.postgres.index.publication_rows import as_vector_text
from adapters.postgres.index.search_conditions import conditions_of
from adapters.postgres.index.search_statement import search_statement
from adapters.search.ranking import K1, RRF_K, B, weights_of
from adapters.search.text_analysis import query_terms, readable_versions
from domain.search.retrieval import (
    MAX_LIKENESSES,
    Fusion,
    LegScores,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchQuery,
    SearchResult,
    SearchWarning,
    SpanLikeness,
)

POSTINGS_READ: Final = 20_000
"""How many postings a search reads to choose its candidates, the rarest words' first."""

_RESCORED: Final = 200
# With twenty in the beam, as many as a search wants, a graph of real vectors missed one in fifteen of the ten nearest;
# with these one in two hundred, at no measurable cost.
_LEAST_IN_BEAM: Final = 120
_MAX_IN_BEAM: Final = 1_000

# Compiling a statement takes longer than any search. The vector indexes go on until they have found enough that the
# asker may see, nearest first.
# Planning took as long as the rest of a search of a thousand passages, so a connection keeps the plan of searches that
# nothing narrows, for all values, until a table is counted (see analyse_grown_tables) or a transaction fails.
_SETTINGS: Final = MappingProxyType(
    {
        "plan_cache_mode": "force_generic_plan",
        "enable_nestloop": "off",
        "jit": "off",
        "hnsw.iterative_scan": "strict_order",
        "ivfflat.probes": "20",
        "ivfflat.iterative_scan": "relaxed_order",
    }
)


def settings_of(query: SearchQuery, top_k: int) -> dict[str, str]:
    """What the transaction of a search has to be begun with."""
    beam = min(_MAX_IN_BEAM, max(_LEAST_IN_BEAM, _candidates(query, top_k)))
    return {**_SETTINGS, "hnsw.ef_search": str(beam)}


def _candidates(query: SearchQuery, top_k: int) -> int:
    return max(query.candidates, top_k)


async def search(
    connection: Connection, query: SearchQuery, filters: SearchFilters, top_k: int, postings_read: int = POSTINGS_READ
) -> SearchResult:
    """See PostgresPassageIndex.search. The transaction was begun with ``settings_of`` the query."""
    candidates = _candidates(query, top_k)
    conditions, values = conditions_of(filters)
    given = {**_parameters(query, filters, top_k), **values, "candidates": candidates, "postings_read": postings_read}
    given["rescored"] = max(_RESCORED, 3 * candidates)
    statement = search_statement(conditions)
    # A kept plan takes more than a megabyte of the connection's memory, and there are many ways of narrowing.
    async with AsyncRawCursor(connection, row_factory=dict_row) as cursor:
        await cursor.execute(statement.sql, [given[name] for name in statement.names], prepare=not conditions)
        rows = await cursor.fetchall()
    first = rows[0]
    passages = tuple(_decode(row) for row in rows if row["passage_id"] is not None)
    return SearchResult(
        passages=passages,
        mode=SearchMode(first["mode"]),
        generation_id=first["generation_id"] or first["first_generation_id"],
        model=first["model"] or first["first_model"],
        lexical_ceiling=first["lexical_ceiling"] or None,
        warnings=tuple(_warnings(first)),
    )


def _warnings(row: DictRow) -> list[SearchWarning]:
    found = []
    if row["model_differs"]:
        found.append(SearchWarning.EMBEDDING_MODEL_DIFFERS)
    if row["analyser_differs"] and row["mode"] != SearchMode.DENSE:
        found.append(SearchWarning.ANALYSER_DIFFERS)
    return found


def _parameters(query: SearchQuery, filters: SearchFilters, top_k: int) -> dict[str, object]:
    asked = Counter(query_terms(query.text))
    return {
        **filters.model_dump(include={"tenant_id"}),
        "dataset_ids": list(filters.dataset_ids),
        "pack_ids": list(filters.pack_ids),
        "visibilities": list(filters.visibilities),
        "roles": list(filters.roles),
        "terms": list(asked),
        "repeats": list(asked.values()),
        "ones": [one_hot(term) for term in asked],
        "analysers": readable_versions(query.text),
        "vector": as_vector_text(query.vector) if query.vector else None,
        "dimension": len(query.vector or ()),
        "model": query.model,
        "mode": query.mode,
        "k1": K1,
        "b": B,
        "by_rank": query.fusion is Fusion.RRF,
        "rrf_k": RRF_K,
        # The mode is decided in the statement.
        "dense_weights": Jsonb({mode: weights_of(query, mode).dense for mode in SearchMode}),
        "lexical_weights": Jsonb({mode: weights_of(query, mode).lexical for mode in SearchMode}),
        "top_k": max(0, top_k),
        "likenesses": MAX_LIKENESSES,
    }


def _decode(row: DictRow) -> RetrievedPassage:
    whole = row["span_start"] is None
    return RetrievedPassage(
        passage_id=row["passage_id"],
        text_sha256=row["text_sha256"],
        document_id=row["document_id"],
        version_id=row["version_id"],
        dataset_id=row["dataset_id"],
        pack_id=row["pack_id"],
        title=row["title"],
        url=row["url"],
        source=row["source"],
        section_heading=row["section_heading"],
        page=row["page"],
        start=row["start_offset"],
        end=row["end_offset"],
        # Only the dense leg knows a best span; what words alone found is the passage.
        span_start=row["start_offset"] if whole else row["span_start"],
        span_end=row["end_offset"] if whole else row["span_end"],
        scores=LegScores(
            dense=row["dense"],
            lexical=row["lexical"],
            fused=row["score"],
            dense_rank=row["dense_rank"],
            lexical_rank=row["lexical_rank"],
        ),
        likenesses=tuple(_likeness(*numbers) for numbers in row["likenesses"] or ()),
    )


def _likeness(start: float, end: float, cosine: float) -> SpanLikeness:
    return SpanLikeness(int(start), int(end), round(max(-1.0, min(1.0, cosine)), 4))
