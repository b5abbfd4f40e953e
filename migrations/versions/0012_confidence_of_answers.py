"""Bots with the former default threshold get the one that new ones have: it is of the answer now, not of the search.

Going down brings the former default back: the releases that know revision 0011 would refuse nearly everything.

Revision 0012.
"""

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _change(former=0.04, wanted=0.5)


def downgrade() -> None:
    _change(former=0.5, wanted=0.04)


def _change(*, former: float, wanted: float) -> None:
    # The owner is under the policy too, and would change nothing; for this transaction only, it is not.
    op.execute("ALTER TABLE bots NO FORCE ROW LEVEL SECURITY")
    change = text(
        "UPDATE bots SET minimum_confidence = :wanted, version = version + 1, updated_at = now()"
        " WHERE minimum_confidence = :former"
    )
    op.execute(change.bindparams(wanted=wanted, former=former))
    op.execute("ALTER TABLE bots FORCE ROW LEVEL SECURITY")
