"""A bot may have its passages ranked by a reranker of its own choice; without one, by the installation's.

Revision 0004.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE bots ADD COLUMN reranker text
            CONSTRAINT ck_bots_reranker CHECK (reranker IN ('none', 'local', 'cohere'))
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE bots DROP COLUMN reranker")
