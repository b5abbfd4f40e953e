"""Feedback on answers, and the versions of what was learned from it.

Revision 0007.
"""

from alembic import context, op

from adapters.postgres.row_security import ALL_RIGHTS, IMMUTABLE, protection

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE feedback (
    tenant_id uuid NOT NULL,
    turn_id text NOT NULL,
    principal_id text NOT NULL,
    rating text NOT NULL,
    passage_id uuid,
    comment text,
    given_at timestamptz NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (tenant_id, turn_id, principal_id),
    CONSTRAINT fk_feedback_turns FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, turn_id),
    CONSTRAINT fk_feedback_passages FOREIGN KEY (tenant_id, passage_id) REFERENCES passages (tenant_id, passage_id),
    CONSTRAINT ck_feedback_rating CHECK (rating IN ('up', 'down'))
);
CREATE INDEX ix_feedback_tenant_id_given_at ON feedback (tenant_id, given_at);
CREATE INDEX ix_feedback_tenant_id_passage_id ON feedback (tenant_id, passage_id);
CREATE TABLE tunings (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    run_id text NOT NULL,
    feedback integer NOT NULL,
    is_active boolean NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_tunings PRIMARY KEY (tenant_id, version),
    CONSTRAINT fk_tunings_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE UNIQUE INDEX uq_tunings_run ON tunings (tenant_id, run_id);
CREATE UNIQUE INDEX uq_tunings_active ON tunings (tenant_id) WHERE is_active;
CREATE TABLE document_boosts (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    document_id uuid NOT NULL,
    boost float8 NOT NULL,
    ups integer NOT NULL,
    downs integer NOT NULL,
    CONSTRAINT pk_document_boosts PRIMARY KEY (tenant_id, version, document_id),
    CONSTRAINT fk_document_boosts_tunings FOREIGN KEY (tenant_id, version) REFERENCES tunings (tenant_id, version)
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    app_role = context.config.attributes["app_role"]
    for table, rights in (("feedback", ALL_RIGHTS), ("tunings", ALL_RIGHTS), ("document_boosts", IMMUTABLE)):
        for statement in protection(table, app_role, rights):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE document_boosts, tunings, feedback")
