"""Tenants say where they read their clock; the demo's events have a schema that only the read-only role reads.

The schema ``measurements`` is data of a demo and not of the platform, so the models do not describe it. The role
``answerable_reader`` may be missing on a database of somebody else's; docs/TOOLS.md has the grants to make later.

Revision 0006.
"""

from alembic import context, op

from adapters.postgres.row_security import protection, quoted

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_EVENTS = """
CREATE TABLE measurements.events (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    service text NOT NULL,
    environment text NOT NULL,
    status integer NOT NULL,
    latency_ms float8 NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (tenant_id, event_id),
    CONSTRAINT fk_events_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX ix_events_tenant_id_occurred_at ON measurements.events (tenant_id, occurred_at);
"""
_GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'answerable_reader') THEN
        GRANT USAGE ON SCHEMA measurements TO answerable_reader;
        GRANT SELECT ON measurements.events TO answerable_reader;
    END IF;
END $$
"""


def upgrade() -> None:
    app_role = context.config.attributes["app_role"]
    op.execute("ALTER TABLE tenants ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC'")
    op.execute("CREATE SCHEMA measurements")
    op.execute(_EVENTS)
    op.execute(f"GRANT USAGE ON SCHEMA measurements TO {quoted(app_role)}")
    # The platform adds events and never reads them: figures come through tools, and those through the reader.
    for statement in protection("events", app_role, ("INSERT",), schema="measurements"):
        op.execute(statement)
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DROP SCHEMA measurements CASCADE")
    op.execute("ALTER TABLE tenants DROP COLUMN time_zone")
