"""Tables of the index that have grown are counted at once, so that no plan is kept that was made for small ones.

Revision 0011.
"""

from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A search names tenant and generation, so without statistics the planner took the index that began with these two, and
# read every posting of the generation to keep a few words' ones. Merges and the foreign key name the segment too.
_OLD_INDEX = "ix_index_postings_tenant_id_generation_id_segment_id"
_NEW_INDEX = "ix_index_postings_segment_id_tenant_id_generation_id"

# No row is ever looked for by these, and to count vectors, arrays and long texts takes longer than all the rest.
_NOT_COUNTED = {
    "spans": ("embedding",),
    "passages": ("text",),
    "index_passages": ("terms", "more_terms", "words"),
    "index_segments": ("slots", "dead"),
    "index_postings": ("postings",),
}

# Autovacuum counts too, but only after a while. Until then searches and the checks of foreign keys would go on by plans
# that read all of a table, which was the fastest way when they were made. Counting makes every session plan anew. The
# owner's right, so it runs as the owner. A table that is busy with something else is left to the next call, and the
# others are counted: the sizes that counting notes would survive if it were taken back, and hide that nothing was
# counted. Named columns leave out the vector indexes, whose expressions would be counted too.
_COUNT = """
CREATE FUNCTION analyse_grown_tables() RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    grown text[];
    counted text[] := '{}';
    one text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('analyse_grown_tables', 20)) THEN
        RETURN '{}';
    END IF;
    SELECT coalesce(array_agg(relname ORDER BY relname), '{}') INTO grown FROM pg_class
    WHERE oid = ANY('{documents, document_versions, passages, index_passages, index_segments, index_postings,
                      spans}'::regclass[])
      AND pg_relation_size(oid) / current_setting('block_size')::int > 2 * greatest(relpages, 8);
    FOREACH one IN ARRAY grown LOOP
        BEGIN
            EXECUTE format('ANALYZE %I', one) || CASE one WHEN 'spans' THEN
                ' (tenant_id, generation_id, passage_id, ordinal)' ELSE '' END;
            counted := counted || one;
        EXCEPTION WHEN lock_not_available THEN
            NULL;
        END;
    END LOOP;
    RETURN counted;
END $$;
"""


def upgrade() -> None:
    app_role = context.config.attributes["app_role"]
    op.execute(f"CREATE INDEX {_NEW_INDEX} ON index_postings (segment_id, tenant_id, generation_id)")
    op.execute(f"DROP INDEX {_OLD_INDEX}")
    _set_statistics("0")
    op.execute(_COUNT)
    op.execute("REVOKE ALL ON FUNCTION analyse_grown_tables() FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION analyse_grown_tables() TO "{app_role}"')


def downgrade() -> None:
    op.execute("DROP FUNCTION analyse_grown_tables()")
    _set_statistics("-1")
    op.execute(f"CREATE INDEX {_OLD_INDEX} ON index_postings (tenant_id, generation_id, segment_id)")
    op.execute(f"DROP INDEX {_NEW_INDEX}")


def _set_statistics(target: str) -> None:
    for table, columns in _NOT_COUNTED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")
