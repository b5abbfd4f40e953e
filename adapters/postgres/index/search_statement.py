"""The statement of a search: filters, both legs, fusion, and what a citation shows, in one round trip."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

# The MATERIALIZED steps are worked out once each; inlined, the planner would repeat them per passage.
# Right after a big ingest the tables have no statistics and the planner takes every step for one row; nested loops
# over the steps would then take minutes. So nested loops are off, except where there is no other way: LATERAL with a
# LIMIT is a look-up by key, whatever the planner thinks.
# A gate like (SELECT mode … FROM legs) is evaluated before its leg starts, so a leg that is off costs nothing, and
# vectors of different dimensions never meet. Sums are ordered, so that equal passages score equal to the last bit.

_BM25: Final = """(
    SELECT sum(a.repeats * a.idf * t.frequency * (%(k1)s::float8 + 1) / (t.frequency
        + %(k1)s::float8 * (1 - %(b)s::float8 + %(b)s::float8 * i.token_count
        / (SELECT mean_length FROM collection))) ORDER BY a.term)
    FROM asked a CROSS JOIN LATERAL (
        SELECT -(i.terms <#> a.one) - CASE WHEN i.more_terms IS NULL THEN 0 ELSE
            (SELECT sum(more <#> a.one) FROM unnest(i.more_terms) AS more) END AS frequency
    ) AS t WHERE t.frequency > 0 AND i.analyser = ANY(%(analysers)s::text[])
)"""

_SCOPE: Final = """
WITH generation AS MATERIALIZED (
    SELECT g.generation_id, g.model, g.dimension, g.index_kind, d.dataset_id, d.pack_id
    FROM datasets d JOIN index_generations g
        ON g.tenant_id = d.tenant_id AND g.generation_id = d.live_generation_id
    WHERE d.tenant_id = %(tenant_id)s AND d.dataset_id = ANY(%(dataset_ids)s::uuid[])
      AND (%(pack_ids)s::text[] = '{}' OR d.pack_id = ANY(%(pack_ids)s::text[]))
), comparable AS MATERIALIZED (
    SELECT coalesce(bool_and(model = %(model)s AND dimension = %(dimension)s), true) AS vectors FROM generation
), asking AS MATERIALIZED (
    -- Read once, whatever the plan.
    SELECT %(vector)s::text::halfvec AS vector
), legs AS MATERIALIZED (
    SELECT CASE WHEN %(vector)s::text IS NOT NULL AND vectors THEN %(mode)s ELSE 'lexical' END AS mode,
           %(vector)s::text IS NOT NULL AND NOT vectors AND %(mode)s <> 'lexical' AS model_differs
    FROM comparable
), seen AS MATERIALIZED (
    SELECT s.segment_id, s.passages, s.tokens, s.dead, s.analyser = ANY(%(analysers)s::text[]) AS readable
    FROM index_segments s
    WHERE s.tenant_id = %(tenant_id)s AND s.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND s.visibility = ANY(%(visibilities)s::text[]) AND (s.roles = '{}' OR s.roles && %(roles)s::text[])
), collection AS MATERIALIZED (
    SELECT coalesce(sum(passages), 0)::float8 AS size, (sum(tokens) / nullif(sum(passages), 0))::float8 AS mean_length
    FROM seen WHERE readable
)"""

# The words' rarest first: as many as fit the budget, at least one. What they choose is scored by all of them.
_LEXICAL: Final = """
, found AS MATERIALIZED (
    SELECT p.term, p.holders, p.postings
    FROM index_postings p JOIN seen USING (segment_id)
    WHERE p.tenant_id = %(tenant_id)s AND p.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND p.term = ANY(%(terms)s::text[]) AND seen.readable AND (SELECT mode <> 'dense' FROM legs)
), asked AS MATERIALIZED (
    SELECT term, given.repeats, given.one::sparsevec AS one, holders,
           ln(1 + (size - holders + 0.5) / (holders + 0.5)) AS idf
    FROM (SELECT term, sum(holders)::float8 AS holders FROM found GROUP BY term HAVING sum(holders) > 0) AS counted
    JOIN unnest(%(terms)s::text[], %(repeats)s::int[], %(ones)s::text[]) AS given(term, repeats, one) USING (term)
    CROSS JOIN collection
    -- In the order of the sums, which then need no sorting for each passage (from PostgreSQL 17 on).
    ORDER BY term
), ceiling AS MATERIALIZED (
    -- A word that no passage holds counts as the rarest.
    SELECT (%(k1)s::float8 + 1) * (coalesce(sum(idf), 0)
        + (cardinality(%(terms)s::text[]) - count(term)) * ln(1 + (min(size) + 0.5) / 0.5)) AS ceiling
    FROM collection LEFT JOIN asked ON true WHERE size > 0
), kept AS MATERIALIZED (
    SELECT term, repeats * idf AS weight
    FROM (SELECT *, sum(holders) OVER (ORDER BY holders, term) AS read,
                 row_number() OVER (ORDER BY holders, term) AS place FROM asked) AS by_rarity
    WHERE read <= %(postings_read)s OR place = 1
), hits AS MATERIALIZED (
    SELECT posting >> 8 AS slot, sum(weight * (posting & 255)) AS score
    FROM kept JOIN found USING (term) CROSS JOIN LATERAL unnest(postings) AS posting GROUP BY posting >> 8
), chosen AS MATERIALIZED (
    SELECT slot FROM hits
    WHERE NOT EXISTS (SELECT 1 FROM seen, unnest(seen.dead) AS gone WHERE gone = hits.slot) __WANTED_SLOT__
    ORDER BY score DESC, slot LIMIT %(rescored)s
), lexical AS MATERIALIZED (
    SELECT i.passage_id, __BM25__ AS score
    FROM chosen CROSS JOIN LATERAL (
        SELECT passage_id, token_count, terms, more_terms, analyser FROM index_passages
        WHERE tenant_id = %(tenant_id)s AND slot = chosen.slot LIMIT 1) AS i
    ORDER BY score DESC NULLS LAST, i.passage_id LIMIT %(candidates)s
)"""

_DENSE: Final = """
, near AS MATERIALIZED (
    SELECT n.* FROM generation g CROSS JOIN LATERAL nearest_spans(
        %(tenant_id)s::uuid, g.generation_id, g.index_kind, g.dimension, (SELECT vector FROM asking),
        %(visibilities)s::text[], %(roles)s::text[], __WANTED_IDS__, %(candidates)s) AS n
    WHERE (SELECT mode <> 'lexical' FROM legs)
), dense AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (passage_id) passage_id, start_offset, end_offset, distance
        FROM near WHERE distance <> 'NaN' ORDER BY passage_id, distance, ordinal) AS best
    ORDER BY distance, passage_id LIMIT %(candidates)s
)"""

# What one leg found gets its score of the other one too.
_FUSION: Final = """
, candidates AS MATERIALIZED (
    SELECT u.passage_id, i.generation_id, i.dataset_id, i.document_id, i.version_id,
           coalesce(l.score, __BM25__) AS lexical,
           CASE WHEN coalesce(d.distance, s.distance) IS NOT NULL
                THEN greatest(-1, least(1, 1 - coalesce(d.distance, s.distance))) END AS dense,
           coalesce(d.start_offset, s.start_offset) AS span_start, coalesce(d.end_offset, s.end_offset) AS span_end
    FROM (SELECT passage_id FROM dense UNION SELECT passage_id FROM lexical WHERE score IS NOT NULL) AS u
    CROSS JOIN LATERAL (
        SELECT * FROM index_passages WHERE tenant_id = %(tenant_id)s AND passage_id = u.passage_id
            AND generation_id = ANY(ARRAY(SELECT generation_id FROM generation)) LIMIT 1) AS i
    LEFT JOIN dense d ON d.passage_id = u.passage_id
    LEFT JOIN lexical l ON l.passage_id = u.passage_id
    LEFT JOIN LATERAL (
        SELECT start_offset, end_offset, embedding <=> (SELECT vector FROM asking) AS distance FROM spans
        WHERE tenant_id = %(tenant_id)s AND generation_id = i.generation_id AND passage_id = u.passage_id
          AND d.passage_id IS NULL AND (SELECT mode <> 'lexical' FROM legs)
          AND embedding <=> (SELECT vector FROM asking) <> 'NaN'
        ORDER BY distance, ordinal LIMIT 1) AS s ON true
), found_by AS (
    SELECT *, CASE WHEN dense IS NOT NULL
                   THEN row_number() OVER (ORDER BY dense DESC NULLS LAST, passage_id) END AS dense_rank,
           CASE WHEN lexical IS NOT NULL
                THEN row_number() OVER (ORDER BY lexical DESC NULLS LAST, passage_id) END AS lexical_rank
    FROM candidates
), fused AS (
    SELECT *, CASE WHEN %(by_rank)s THEN (%(rrf_k)s + 1.0::float8) / (%(rrf_k)s + dense_rank)
                   ELSE (dense + 1) / nullif(max(dense + 1) OVER (), 0) END AS dense_part,
           CASE WHEN %(by_rank)s THEN (%(rrf_k)s + 1.0::float8) / (%(rrf_k)s + lexical_rank)
                ELSE lexical / nullif(max(lexical) OVER (), 0) END AS lexical_part
    FROM found_by
), ranked AS MATERIALIZED (
    SELECT *, coalesce(dense_part, 0) * (%(dense_weights)s::jsonb ->> mode)::float8
            + coalesce(lexical_part, 0) * (%(lexical_weights)s::jsonb ->> mode)::float8 AS score
    FROM fused CROSS JOIN legs ORDER BY score DESC, passage_id LIMIT %(top_k)s
)"""

_SHOWN: Final = """
SELECT legs.mode, legs.model_differs,
       coalesce((SELECT bool_or(NOT readable) FROM seen WHERE passages > 0), false) AS analyser_differs,
       first.generation_id AS first_generation_id, first.model AS first_model,
       CASE WHEN legs.mode <> 'dense' THEN ceiling END AS lexical_ceiling,
       r.passage_id, r.dense, r.lexical, r.dense_rank, r.lexical_rank, r.score, r.span_start, r.span_end,
       r.generation_id, g.model, r.document_id, r.version_id, r.dataset_id, g.pack_id,
       p.text_sha256, p.section_heading, p.page, p.start_offset, p.end_offset, k.likenesses,
       v.shown_title AS title, v.url, d.external_key AS source
FROM legs CROSS JOIN ceiling
LEFT JOIN (SELECT * FROM generation ORDER BY dataset_id LIMIT 1) AS first ON true
LEFT JOIN ranked r ON true
LEFT JOIN generation g ON g.generation_id = r.generation_id
LEFT JOIN LATERAL (
    SELECT text_sha256, section_heading, page, start_offset, end_offset FROM passages
    WHERE tenant_id = %(tenant_id)s AND passage_id = r.passage_id LIMIT 1) AS p ON true
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[start_offset, end_offset, 1 - distance] ORDER BY ordinal) AS likenesses FROM (
        SELECT ordinal, start_offset, end_offset, embedding <=> (SELECT vector FROM asking) AS distance FROM spans
        WHERE tenant_id = %(tenant_id)s AND generation_id = r.generation_id AND passage_id = r.passage_id
          AND (SELECT mode <> 'lexical' FROM legs)
        ORDER BY ordinal LIMIT %(likenesses)s) AS o
    WHERE distance <> 'NaN') AS k ON true
LEFT JOIN LATERAL (
    SELECT shown_title, url FROM document_versions
    WHERE tenant_id = %(tenant_id)s AND version_id = r.version_id LIMIT 1) AS v ON true
LEFT JOIN LATERAL (
    SELECT external_key FROM documents
    WHERE tenant_id = %(tenant_id)s AND document_id = r.document_id LIMIT 1) AS d ON true
ORDER BY r.score DESC, r.passage_id
"""

_WANTED: Final = """
, wanted AS MATERIALIZED (
    SELECT i.slot, i.passage_id FROM index_passages i
    WHERE i.tenant_id = %(tenant_id)s AND i.generation_id = ANY(ARRAY(SELECT generation_id FROM generation))
      AND i.visibility = ANY(%(visibilities)s::text[]) AND (i.roles = '{}' OR i.roles && %(roles)s::text[])
      AND __CONDITIONS__
)"""


_NAME: Final = re.compile(r"%\((\w+)\)s")


class Statement(NamedTuple):
    """SQL with the parameters $1, $2 …; ``names`` says which values these are, in order."""

    sql: str
    names: tuple[str, ...]


@lru_cache(maxsize=256)
def search_statement(conditions: tuple[str, ...]) -> Statement:
    """The statement for a search that is narrowed by ``conditions`` on index_passages i, none to all of them.

    Numbered here and once, for it is too long for psycopg to remember how it read the names.
    """
    wanted = _WANTED.replace("__CONDITIONS__", " AND ".join(conditions)) if conditions else ""
    slot = "AND EXISTS (SELECT 1 FROM wanted WHERE wanted.slot = hits.slot)" if conditions else ""
    ids = "(SELECT coalesce(array_agg(passage_id), '{}') FROM wanted)" if conditions else "NULL::uuid[]"
    lexical = _LEXICAL.replace("__WANTED_SLOT__", slot)
    dense = _DENSE.replace("__WANTED_IDS__", ids)
    named = (_SCOPE + wanted + lexical + dense + _FUSION + _SHOWN).replace("__BM25__", _BM25)
    names = tuple(dict.fromkeys(_NAME.findall(named)))
    return Statement(_NAME.sub(lambda found: f"${names.index(found[1]) + 1}", named), names)
