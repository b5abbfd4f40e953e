"""One search, one statement: filters, both legs, fusion, and what a citation shows."""

from collections import Counter
from typing import Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection
from adapters.postgres.publishing_rows import as_vector_text
from adapters.ranking import K1, RRF_K, B, weights_of
from adapters.text_analysis import tokenise
from domain.retrieval import Fusion, LegScores, RetrievedPassage, SearchFilters, SearchMode, SearchQuery, SearchResult

# The MATERIALIZED steps are worked out once each; inlined, the planner would repeat them per passage.
# Right after a big ingest the tables have no statistics and the planner takes every step for one row; nested loops
# over the steps would then take minutes. So nested loops are off, except where there is no other way: the lateral
# look-ups of the few passages that are returned. And the legs join by passage alone, which is in one live generation:
# a merge over the generation, one value, would be a nested loop by another name.
# A gate like (SELECT mode … FROM legs) is evaluated before its leg starts, so a leg that is off costs nothing, and
# vectors of different dimensions never meet. Sums are ordered, so that equal passages score equal to the last bit.
_SEARCH: Final = """
WITH generation AS MATERIALIZED (
    SELECT g.generation_id, g.model, g.dimension, d.dataset_id, d.pack_id
    FROM datasets d JOIN index_generations g
        ON g.tenant_id = d.tenant_id AND g.generation_id = d.live_generation_id
    WHERE d.tenant_id = %(tenant_id)s AND d.dataset_id = ANY(%(dataset_ids)s::uuid[])
), legs AS MATERIALIZED (
    SELECT CASE WHEN %(vector)s::text IS NOT NULL
                 AND coalesce(bool_and(model = %(model)s AND dimension = %(dimension)s), true)
           THEN %(mode)s ELSE 'lexical' END AS mode
    FROM generation
), allowed AS MATERIALIZED (
    SELECT i.generation_id, i.passage_id, i.document_id, i.version_id, i.dataset_id, i.token_count,
           g.pack_id, g.model
    FROM index_passages i JOIN generation g USING (generation_id, dataset_id)
    WHERE i.tenant_id = %(tenant_id)s AND i.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND i.visibility = ANY(%(visibilities)s::text[])
      AND (i.roles = '{}' OR i.roles && %(roles)s::text[])
), collection AS MATERIALIZED (
    SELECT count(*)::float8 AS size, avg(token_count)::float8 AS mean_length FROM allowed
), found AS MATERIALIZED (
    SELECT a.passage_id, a.token_count, t.term, t.frequency::float8 AS frequency, asked.repeats
    FROM index_terms t
    JOIN unnest(%(terms)s::text[], %(repeats)s::int[]) AS asked(term, repeats) USING (term)
    JOIN allowed a USING (passage_id)
    WHERE t.tenant_id = %(tenant_id)s AND t.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND t.term = ANY(%(terms)s::text[]) AND (SELECT mode <> 'dense' FROM legs)
), weights AS MATERIALIZED (
    SELECT term, ln(1 + (size - holders + 0.5) / (holders + 0.5)) AS idf
    FROM (SELECT term, count(*)::float8 AS holders FROM found GROUP BY term) AS counted CROSS JOIN collection
), ceiling AS MATERIALIZED (
    -- A word that no passage holds counts as the rarest.
    SELECT (%(k1)s::float8 + 1) * (coalesce(sum(idf), 0)
        + (cardinality(%(terms)s::text[]) - count(term)) * ln(1 + (min(size) + 0.5) / 0.5)) AS ceiling
    FROM collection LEFT JOIN weights ON true
), lexical AS MATERIALIZED (
    SELECT passage_id, sum(repeats * idf * frequency * (%(k1)s::float8 + 1)
        / (frequency + %(k1)s::float8 * (1 - %(b)s::float8 + %(b)s::float8 * token_count / mean_length))
        ORDER BY term) AS score
    FROM found JOIN weights USING (term) CROSS JOIN collection GROUP BY passage_id
), near AS MATERIALIZED (
    SELECT s.passage_id, s.ordinal, s.start_offset, s.end_offset,
           s.embedding <=> %(vector)s::text::halfvec AS distance
    FROM spans s JOIN allowed a USING (passage_id)
    WHERE s.tenant_id = %(tenant_id)s AND s.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND (SELECT mode <> 'lexical' FROM legs)
), dense AS MATERIALIZED (
    SELECT DISTINCT ON (passage_id) passage_id, start_offset, end_offset,
           greatest(-1, least(1, 1 - distance)) AS score
    FROM near WHERE distance <> 'NaN' ORDER BY passage_id, distance, ordinal
), found_by AS (
    SELECT passage_id, dense.score AS dense, lexical.score AS lexical, start_offset, end_offset,
           CASE WHEN dense.score IS NOT NULL
                THEN row_number() OVER (ORDER BY dense.score DESC NULLS LAST, passage_id) END AS dense_rank,
           CASE WHEN lexical.score IS NOT NULL
                THEN row_number() OVER (ORDER BY lexical.score DESC NULLS LAST, passage_id) END AS lexical_rank
    FROM dense FULL JOIN lexical USING (passage_id)
), fused AS (
    SELECT *, CASE WHEN %(by_rank)s THEN (%(rrf_k)s + 1.0::float8) / (%(rrf_k)s + dense_rank)
                   ELSE (dense + 1) / nullif(max(dense + 1) OVER (), 0) END AS dense_part,
           CASE WHEN %(by_rank)s THEN (%(rrf_k)s + 1.0::float8) / (%(rrf_k)s + lexical_rank)
                ELSE lexical / nullif(max(lexical) OVER (), 0) END AS lexical_part
    FROM found_by
), ranked AS (
    SELECT *, coalesce(dense_part, 0) * (%(dense_weights)s::jsonb ->> mode)::float8
            + coalesce(lexical_part, 0) * (%(lexical_weights)s::jsonb ->> mode)::float8 AS score
    FROM fused CROSS JOIN legs ORDER BY score DESC, passage_id LIMIT %(top_k)s
)
SELECT legs.mode, first.generation_id AS first_generation_id, first.model AS first_model,
       CASE WHEN legs.mode <> 'dense' THEN ceiling END AS lexical_ceiling,
       r.passage_id, r.dense, r.lexical, r.dense_rank, r.lexical_rank, r.score,
       r.start_offset AS span_start, r.end_offset AS span_end,
       a.generation_id, a.model, a.document_id, a.version_id, a.dataset_id, a.pack_id,
       p.text_sha256, p.section_heading, p.page, p.start_offset, p.end_offset,
       v.shown_title AS title, v.url, d.external_key AS source
FROM legs CROSS JOIN ceiling
LEFT JOIN (SELECT * FROM generation ORDER BY dataset_id LIMIT 1) AS first ON true
LEFT JOIN ranked r ON true
LEFT JOIN allowed a ON a.passage_id = r.passage_id
LEFT JOIN LATERAL (
    SELECT text_sha256, section_heading, page, start_offset, end_offset FROM passages
    WHERE tenant_id = %(tenant_id)s AND passage_id = r.passage_id LIMIT 1) AS p ON true
LEFT JOIN LATERAL (
    SELECT shown_title, url FROM document_versions
    WHERE tenant_id = %(tenant_id)s AND version_id = a.version_id LIMIT 1) AS v ON true
LEFT JOIN LATERAL (
    SELECT external_key FROM documents
    WHERE tenant_id = %(tenant_id)s AND document_id = a.document_id LIMIT 1) AS d ON true
ORDER BY r.score DESC, r.passage_id
"""


async def search(connection: Connection, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
    """See PostgresPassageIndex.search."""
    await connection.execute("SELECT set_config('enable_nestloop', 'off', true)")
    # Not prepared: a plan for any question and any datasets was measured to be several times slower than one for these.
    cursor = await connection.execute(_SEARCH, _parameters(query, filters, top_k), prepare=False)
    rows = await cursor.fetchall()
    first = rows[0]
    passages = tuple(_decode(row) for row in rows if row["passage_id"] is not None)
    return SearchResult(
        passages=passages,
        mode=SearchMode(first["mode"]),
        generation_id=first["generation_id"] or first["first_generation_id"],
        model=first["model"] or first["first_model"],
        lexical_ceiling=first["lexical_ceiling"] or None,
    )


def _parameters(query: SearchQuery, filters: SearchFilters, top_k: int) -> dict[str, object]:
    asked = Counter(tokenise(query.text))
    return {
        **filters.model_dump(include={"tenant_id"}),
        "dataset_ids": list(filters.dataset_ids),
        "visibilities": list(filters.visibilities),
        "roles": list(filters.roles),
        "terms": list(asked),
        "repeats": list(asked.values()),
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
    )
