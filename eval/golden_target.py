"""What golden cases are put to: the real system, or the workflow in this process."""

from typing import Protocol

from eval.golden import GoldenCase
from eval.replies import Reply, Unanswered


class GoldenTarget(Protocol):
    """``has_tables``: tools that query tables work there. ``name`` says what it is, for tables and reports."""

    name: str
    has_tables: bool

    async def ask(self, case: GoldenCase) -> Reply | Unanswered:
        """Ask the case's earlier messages, then its question, as the case's asker."""
        ...
