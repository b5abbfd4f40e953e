"""Words are searched through arrays of postings by segment, large generations through a vector index of their own.

Revision 0005. The rows of the index are converted in place; versions and indexed passages get labels to filter by.
"""

from alembic import context, op

from adapters.postgres.row_security import ALL_RIGHTS, IMMUTABLE, protection

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SLOTS = "index_slots"

_COLUMNS = """
CREATE SEQUENCE index_slots;
ALTER TABLE index_generations ADD COLUMN index_kind text NOT NULL DEFAULT 'exact';
ALTER TABLE index_generations ADD CONSTRAINT ck_index_generations_index_kind
    CHECK (index_kind IN ('exact', 'hnsw', 'ivfflat'));
ALTER TABLE document_versions ADD COLUMN tags text[] NOT NULL DEFAULT '{}', ADD COLUMN tier text,
    ADD COLUMN language text, ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}';
ALTER TABLE index_passages ADD COLUMN slot bigint NOT NULL DEFAULT nextval('index_slots'),
    ADD COLUMN analyser text NOT NULL DEFAULT '', ADD COLUMN words text[] NOT NULL DEFAULT '{}',
    ADD COLUMN terms sparsevec NOT NULL DEFAULT '{}/1000000000', ADD COLUMN more_terms sparsevec[],
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}', ADD COLUMN tier text, ADD COLUMN language text,
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}', ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE index_passages ALTER COLUMN terms SET STORAGE MAIN;
CREATE UNIQUE INDEX uq_index_passages_tenant_id_slot ON index_passages (tenant_id, slot);
CREATE TABLE index_segments (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    segment_id bigint NOT NULL,
    visibility text NOT NULL,
    roles text[] NOT NULL,
    analyser text NOT NULL,
    passages bigint NOT NULL,
    tokens bigint NOT NULL,
    slots bigint[] NOT NULL,
    dead bigint[] NOT NULL,
    CONSTRAINT pk_index_segments PRIMARY KEY (tenant_id, generation_id, segment_id),
    CONSTRAINT fk_index_segments_index_generations FOREIGN KEY (tenant_id, generation_id)
        REFERENCES index_generations (tenant_id, generation_id) ON DELETE CASCADE
);
CREATE TABLE index_postings (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    term text NOT NULL,
    segment_id bigint NOT NULL,
    holders integer NOT NULL,
    postings bigint[] NOT NULL,
    CONSTRAINT pk_index_postings PRIMARY KEY (tenant_id, generation_id, term, segment_id),
    CONSTRAINT fk_index_postings_index_segments FOREIGN KEY (tenant_id, generation_id, segment_id)
        REFERENCES index_segments (tenant_id, generation_id, segment_id) ON DELETE CASCADE
);
CREATE INDEX ix_index_postings_tenant_id_generation_id_segment_id
    ON index_postings (tenant_id, generation_id, segment_id);
"""

# As adapters/postgres/index/publication_rows.py makes them: a posting is slot * 256 + impact, a term's number is
# taken from its MD5, and a sparsevec holds at most 16,000 of them.
_CONVERT = """
INSERT INTO index_segments
SELECT i.tenant_id, i.generation_id, nextval('index_slots'), i.visibility, i.roles, min(g.analyser), count(*),
       sum(i.token_count), array_agg(i.slot ORDER BY i.slot), '{}'
FROM index_passages i JOIN index_generations g USING (tenant_id, generation_id)
GROUP BY i.tenant_id, i.generation_id, i.visibility, i.roles;

INSERT INTO index_postings
SELECT t.tenant_id, t.generation_id, t.term, s.segment_id, count(*), array_agg(i.slot * 256 + greatest(1, round(
           255 * t.frequency / (t.frequency + 0.3 + 0.9 * i.token_count * s.passages / s.tokens)))::bigint
           ORDER BY i.slot)
FROM index_terms t
JOIN index_passages i USING (tenant_id, generation_id, passage_id)
JOIN index_segments s ON s.tenant_id = i.tenant_id AND s.generation_id = i.generation_id
    AND s.visibility = i.visibility AND s.roles = i.roles
GROUP BY t.tenant_id, t.generation_id, t.term, s.segment_id;

CREATE TEMPORARY TABLE converted ON COMMIT DROP AS
SELECT tenant_id, generation_id, passage_id, part,
       ('{' || string_agg(number || ':' || frequency, ',' ORDER BY number) || '}/1000000000')::sparsevec AS terms
FROM (
    SELECT *, (row_number() OVER (PARTITION BY tenant_id, generation_id, passage_id ORDER BY number) - 1) / 16000
        AS part
    FROM (
        SELECT tenant_id, generation_id, passage_id, sum(frequency) AS frequency,
               ('x' || substr(md5(term), 1, 8))::bit(32)::bigint % 1000000000 + 1 AS number
        FROM index_terms GROUP BY 1, 2, 3, 5
    ) AS numbered
) AS parted
GROUP BY 1, 2, 3, 4;

UPDATE index_passages i SET terms = c.terms FROM converted c
WHERE c.part = 0 AND c.tenant_id = i.tenant_id AND c.generation_id = i.generation_id AND c.passage_id = i.passage_id;

UPDATE index_passages i SET more_terms = c.terms
FROM (SELECT tenant_id, generation_id, passage_id, array_agg(terms) AS terms FROM converted WHERE part > 0
      GROUP BY 1, 2, 3) AS c
WHERE c.tenant_id = i.tenant_id AND c.generation_id = i.generation_id AND c.passage_id = i.passage_id;

UPDATE index_passages i SET words = t.words
FROM (SELECT tenant_id, generation_id, passage_id, array_agg(term ORDER BY term) AS words FROM index_terms
      GROUP BY 1, 2, 3) AS t
WHERE t.tenant_id = i.tenant_id AND t.generation_id = i.generation_id AND t.passage_id = i.passage_id;

UPDATE index_passages i SET updated_at = v.submitted_at, analyser = g.analyser
FROM document_versions v, index_generations g
WHERE v.tenant_id = i.tenant_id AND v.version_id = i.version_id
  AND g.tenant_id = i.tenant_id AND g.generation_id = i.generation_id;
"""

# What the models do not know as a default came only to fill the rows that were there.
_AFTERWARDS = """
ALTER TABLE index_passages ALTER COLUMN slot DROP DEFAULT, ALTER COLUMN terms DROP DEFAULT,
    ALTER COLUMN analyser DROP DEFAULT, ALTER COLUMN words DROP DEFAULT, ALTER COLUMN tags DROP DEFAULT,
    ALTER COLUMN attributes DROP DEFAULT, ALTER COLUMN updated_at DROP DEFAULT;
ALTER TABLE document_versions ALTER COLUMN tags DROP DEFAULT, ALTER COLUMN attributes DROP DEFAULT;
DROP TABLE index_terms;
"""

# A vector index is made by the owner of the table, which the app role is not. The function runs as the owner, who is
# under the tenant policy too: the generation has to be the current tenant's. Nothing of the caller's is ever text of
# the statement but a uuid and a number.
_VECTOR_INDEX = """
CREATE FUNCTION build_vector_index(wanted uuid, kind text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    generation index_generations%ROWTYPE;
    name text := 'ann_' || replace(wanted::text, '-', '');
    lists int;
BEGIN
    SELECT * INTO generation FROM index_generations WHERE generation_id = wanted FOR NO KEY UPDATE;
    IF NOT FOUND OR kind NOT IN ('exact', 'hnsw', 'ivfflat') OR generation.dimension > 4000 THEN
        RETURN NULL;
    END IF;
    IF generation.index_kind = kind THEN
        RETURN kind;
    END IF;
    EXECUTE format('DROP INDEX IF EXISTS %I', name);
    IF kind = 'hnsw' THEN
        EXECUTE format('CREATE INDEX %I ON spans USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops)'
            ' WHERE generation_id = %L::uuid', name, generation.dimension, wanted);
    ELSIF kind = 'ivfflat' THEN
        SELECT greatest(1, least(1000, count(*) / 500)) INTO lists FROM spans
        WHERE tenant_id = generation.tenant_id AND generation_id = wanted;
        EXECUTE format('CREATE INDEX %I ON spans USING ivfflat ((embedding::halfvec(%s)) halfvec_cosine_ops)'
            ' WITH (lists = %s) WHERE generation_id = %L::uuid', name, generation.dimension, lists, wanted);
    END IF;
    UPDATE index_generations SET index_kind = kind WHERE generation_id = wanted;
    RETURN kind;
END $$;
"""

# The generation has to be a constant of the statement for the planner to take its own vector index. Runs as the caller,
# under the caller's policy. Spans come nearest first, each with a look-up of whether it may be seen, until there are
# enough: ``most`` of them, or four times as many where all are read anyway.
_NEAREST = """
CREATE FUNCTION nearest_spans(
    tenant uuid, wanted uuid, kind text, dimension int, vector halfvec, visibilities text[], allowed_roles text[],
    narrowed uuid[], most int)
RETURNS TABLE (passage_id uuid, ordinal int, start_offset int, end_offset int, distance float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
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
    ELSE
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

_DOWN = """
CREATE TABLE index_terms (
    tenant_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    term text NOT NULL,
    passage_id uuid NOT NULL,
    frequency integer NOT NULL,
    CONSTRAINT pk_index_terms PRIMARY KEY (tenant_id, generation_id, term, passage_id),
    CONSTRAINT fk_index_terms_index_passages FOREIGN KEY (tenant_id, generation_id, passage_id)
        REFERENCES index_passages (tenant_id, generation_id, passage_id) ON DELETE CASCADE
);
CREATE INDEX ix_index_terms_tenant_id_passage_id ON index_terms (tenant_id, passage_id);
INSERT INTO index_terms
SELECT i.tenant_id, i.generation_id, word, i.passage_id, (-(i.terms <#> asked.one)
       - coalesce((SELECT sum(m <#> asked.one) FROM unnest(i.more_terms) AS m), 0))::int
FROM index_passages i CROSS JOIN LATERAL unnest(i.words) AS word
CROSS JOIN LATERAL (SELECT ('{' || ('x' || substr(md5(word), 1, 8))::bit(32)::bigint % 1000000000 + 1
    || '\\:1}/1000000000')::sparsevec AS one) AS asked;
DROP TABLE index_postings, index_segments;
DROP FUNCTION nearest_spans, build_vector_index;
ALTER TABLE index_passages DROP COLUMN slot, DROP COLUMN analyser, DROP COLUMN words, DROP COLUMN terms,
    DROP COLUMN more_terms, DROP COLUMN tags,
    DROP COLUMN tier, DROP COLUMN language, DROP COLUMN attributes, DROP COLUMN updated_at;
ALTER TABLE document_versions DROP COLUMN tags, DROP COLUMN tier, DROP COLUMN language, DROP COLUMN attributes;
ALTER TABLE index_generations DROP COLUMN index_kind;
DROP SEQUENCE index_slots;
"""

_FORCED = (
    "index_generations",
    "document_versions",
    "index_passages",
    "index_terms",
    "index_segments",
    "index_postings",
)


def _forced(forced: bool, tables: tuple[str, ...]) -> None:
    # The owner is under the policy too, and would convert nothing; for this transaction only, it is not.
    for table in tables:
        op.execute(f"ALTER TABLE {table} {'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    app_role = context.config.attributes["app_role"]
    op.execute(_COLUMNS)
    before = _FORCED[:4]
    _forced(False, before)
    op.execute(_CONVERT)
    _forced(True, before[:3])
    op.execute(_AFTERWARDS)
    for table, rights in (("index_segments", ALL_RIGHTS), ("index_postings", IMMUTABLE)):
        for statement in protection(table, app_role, rights):
            op.execute(statement)
    op.execute(f'GRANT USAGE ON SEQUENCE {_SLOTS} TO "{app_role}"')
    op.execute(_VECTOR_INDEX)
    op.execute(_NEAREST)
    op.execute("REVOKE ALL ON FUNCTION build_vector_index(uuid, text) FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION build_vector_index(uuid, text) TO "{app_role}"')


def downgrade() -> None:
    app_role = context.config.attributes["app_role"]
    now = tuple(table for table in _FORCED if table != "index_terms")
    _forced(False, now)
    op.execute(
        "DO $$ DECLARE one regclass; BEGIN FOR one IN SELECT indexrelid::regclass FROM pg_index"
        " WHERE indrelid = 'spans'::regclass AND indexrelid::regclass::text LIKE 'ann\\_%'"
        " LOOP EXECUTE 'DROP INDEX ' || one; END LOOP; END $$"
    )
    op.execute(_DOWN)
    _forced(True, ("index_generations", "document_versions", "index_passages"))
    for statement in protection("index_terms", app_role, IMMUTABLE):
        op.execute(statement)
