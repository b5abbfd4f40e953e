"""What the API and the steps of tuning need of the store of feedback."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.feedback.feedback import DocumentBoost, Feedback, FeedbackAnalytics, JudgedTurn, Tuning
from domain.identity.principal import Principal, Reader


class DocumentBoosts(Protocol):
    async def active_boosts(self, tenant_id: UUID) -> Mapping[UUID, float]:
        """The factor of each document that has one now."""
        ...


class FeedbackRepository(DocumentBoosts, Protocol):
    async def give(self, feedback: Feedback, principal: Principal) -> None:
        """Store it in place of the principal's earlier word on the turn.

        Raises NotFoundError when there is no such turn, or no such passage that the principal may see.
        """
        ...

    async def judged(self, tenant_id: UUID, since: datetime, limit: int) -> tuple[JudgedTurn, ...]:
        """The newest ``limit`` feedbacks since a moment, with the documents that they are about."""
        ...

    async def analytics(self, tenant_id: UUID, since: datetime, reader: Reader) -> FeedbackAnalytics:
        """Counts since a moment, by day, and the documents that most of it is about and that the reader may see."""
        ...

    async def publish(
        self, tenant_id: UUID, run_id: str, feedback: int, boosts: tuple[DocumentBoost, ...], created_by: str
    ) -> Tuning:
        """Make a new version and have it apply. Idempotent by ``run_id``."""
        ...

    async def activate(self, tenant_id: UUID, version: int) -> Tuning:
        """Have an earlier version apply again; 0: none. Raises NotFoundError for an unknown version."""
        ...

    async def versions(self, tenant_id: UUID, limit: int) -> tuple[Tuning, ...]:
        """The newest first."""
        ...
