"""Documents can be deleted: the row stays, marked, so that its citations open and its version numbers go on.

Revision 0002.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE documents ADD COLUMN deleted_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE documents DROP COLUMN deleted_at")
