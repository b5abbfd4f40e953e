"""Policies of tenants and bots, every version of them.

Revision 0009.
"""

from alembic import context, op

from adapters.postgres.row_security import IMMUTABLE, protection

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The unique constraint is also the index by which the newest version is found.
_TABLE = """
CREATE TABLE policies (
    tenant_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    bot_id uuid,
    version integer NOT NULL,
    document jsonb NOT NULL,
    sha256 text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_policies PRIMARY KEY (tenant_id, policy_id),
    CONSTRAINT fk_policies_tenants FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT fk_policies_bots FOREIGN KEY (tenant_id, bot_id) REFERENCES bots (tenant_id, bot_id) ON DELETE CASCADE,
    CONSTRAINT uq_policies_tenant_id_bot_id_version UNIQUE NULLS NOT DISTINCT (tenant_id, bot_id, version)
);
"""


def upgrade() -> None:
    op.execute(_TABLE)
    for statement in protection("policies", context.config.attributes["app_role"], IMMUTABLE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE policies")
