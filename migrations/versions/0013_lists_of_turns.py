"""Turns and conversations are listed newest first, of everybody and of one asker.

Revision 0013.
"""

from alembic import op
from sqlalchemy import TextClause, text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INDEXES: dict[str, tuple[str, list[str | TextClause]]] = {
    "ix_turns_newest": ("turns", ["tenant_id", text("received_at DESC"), text("turn_id DESC")]),
    "ix_turns_own": ("turns", ["tenant_id", "principal_id", text("received_at DESC"), text("turn_id DESC")]),
    "ix_conversations_newest": (
        "conversations",
        ["tenant_id", text("created_at DESC"), text("conversation_id DESC")],
    ),
    "ix_conversations_own": (
        "conversations",
        ["tenant_id", "principal_id", text("created_at DESC"), text("conversation_id DESC")],
    ),
}


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
