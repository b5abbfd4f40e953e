"""Bots that were made when confidence had another scale get the threshold that new ones have.

On the old scale 0.2 was the default, and nothing but the default could be had; on the scale of now it refuses questions
that are answerable. Going down changes nothing: the releases that know revision 0007 have the scale of now too.

Revision 0008.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The owner is under the policy too, and would change nothing; for this transaction only, it is not.
    op.execute("ALTER TABLE bots NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE bots SET minimum_confidence = 0.04, version = version + 1, updated_at = now()"
        " WHERE minimum_confidence = 0.2"
    )
    op.execute("ALTER TABLE bots FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    pass
