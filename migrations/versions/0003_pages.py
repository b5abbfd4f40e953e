"""A passage knows the page that it begins on, where its format has pages.

Revision 0003.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE passages ADD COLUMN page integer")


def downgrade() -> None:
    op.execute("ALTER TABLE passages DROP COLUMN page")
