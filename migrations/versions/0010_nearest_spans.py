"""The vector index of a generation is searched whether or not the table has statistics of it.

Revision 0010.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Right after a big ingest the planner knows nothing of a generation, takes it for a few rows, and would read and sort
# all of its spans. The vector index alone gives them in order, so with sorting off it is taken; for this call only, as
# the function has a setting of its own to go back to. Where passages are named the planner chooses, for it sees them.
_SETTINGS = "SET search_path = pg_catalog, public, pg_temp SET enable_sort = on"
_CHOICE = """
        IF narrowed IS NULL THEN
            PERFORM set_config('enable_sort', 'off', true);
        END IF;"""
_NEAREST = """
CREATE OR REPLACE FUNCTION nearest_spans(
    tenant uuid, wanted uuid, kind text, dimension int, vector halfvec, visibilities text[], allowed_roles text[],
    narrowed uuid[], most int)
RETURNS TABLE (passage_id uuid, ordinal int, start_offset int, end_offset int, distance float8)
LANGUAGE plpgsql STABLE __SETTINGS__ AS $$
DECLARE
    visible text := 'i.visibility = ANY($2) AND (i.roles = ''{}'' OR i.roles && $3)';
BEGIN
    IF narrowed IS NOT NULL AND cardinality(narrowed) <= 1000 THEN
        RETURN QUERY EXECUTE format(
            'SELECT s.passage_id, s.ordinal, s.start_offset, s.end_offset, (s.embedding <=> $1)::float8
             FROM unnest($4) AS n(passage_id), LATERAL (
                SELECT * FROM spans WHERE tenant_id = %L AND generation_id = %L AND passage_id = n.passage_id
                OFFSET 0) AS s', tenant, wanted) USING vector, visibilities, allowed_roles, narrowed;
    ELSIF kind = 'exact' THEN
        RETURN QUERY EXECUTE format(
            'SELECT s.passage_id, s.ordinal, s.start_offset, s.end_offset, s.distance
             FROM (
                SELECT passage_id, ordinal, start_offset, end_offset, (embedding <=> $1)::float8 AS distance
                FROM spans
                WHERE tenant_id = %1$L AND generation_id = %2$L AND ($4 IS NULL OR passage_id = ANY($4))
                ORDER BY distance OFFSET 0) AS s, LATERAL (
                SELECT 1 FROM index_passages i
                WHERE i.tenant_id = %1$L AND i.generation_id = %2$L AND i.passage_id = s.passage_id AND %3$s
                LIMIT 1) AS seen
             LIMIT $5 * 4', tenant, wanted, visible) USING vector, visibilities, allowed_roles, narrowed, most;
    ELSE__CHOICE__
        RETURN QUERY EXECUTE format(
            'SELECT s.passage_id, s.ordinal, s.start_offset, s.end_offset,
                    (s.embedding::halfvec(%3$s) <=> $1::halfvec(%3$s))::float8
             FROM spans s, LATERAL (
                SELECT 1 FROM index_passages i
                WHERE i.tenant_id = %1$L AND i.generation_id = %2$L AND i.passage_id = s.passage_id AND %4$s
                LIMIT 1) AS seen
             WHERE s.tenant_id = %1$L AND s.generation_id = %2$L AND ($4 IS NULL OR s.passage_id = ANY($4))
             ORDER BY s.embedding::halfvec(%3$s) <=> $1::halfvec(%3$s) LIMIT $5',
            tenant, wanted, dimension, visible) USING vector, visibilities, allowed_roles, narrowed, most;
    END IF;
END $$;
"""


def upgrade() -> None:
    op.execute(_NEAREST.replace("__SETTINGS__", _SETTINGS).replace("__CHOICE__", _CHOICE))


def downgrade() -> None:
    op.execute(_NEAREST.replace("__SETTINGS__", _SETTINGS.rpartition(" SET ")[0]).replace("__CHOICE__", ""))
