"""The store of feedback behind the HTTP edge, in memory."""

from datetime import datetime
from uuid import UUID

from domain.errors import AnswerableError
from domain.feedback.feedback import DocumentBoost, Feedback, FeedbackAnalytics, JudgedTurn, Rating, Tuning
from domain.identity.principal import Principal, Reader


class FeedbackStore:
    """One word for each turn and principal."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], Feedback] = {}
        self.failure: AnswerableError | None = None
        self.tunings: tuple[Tuning, ...] = ()

    async def give(self, feedback: Feedback, principal: Principal) -> None:
        if self.failure:
            raise self.failure
        self.given[feedback.turn_id, feedback.principal_id] = feedback

    async def judged(self, tenant_id: UUID, since: datetime, limit: int) -> tuple[JudgedTurn, ...]:
        return ()

    async def analytics(self, tenant_id: UUID, since: datetime, reader: Reader) -> FeedbackAnalytics:
        ratings = [one.rating for one in self.given.values() if one.tenant_id == tenant_id and one.given_at >= since]
        ups = ratings.count(Rating.UP)
        return FeedbackAnalytics(ups=ups, downs=len(ratings) - ups, comments=0, days=(), documents=())

    async def publish(
        self, tenant_id: UUID, run_id: str, feedback: int, boosts: tuple[DocumentBoost, ...], created_by: str
    ) -> Tuning:
        raise NotImplementedError("the API starts a workflow for it")

    async def activate(self, tenant_id: UUID, version: int) -> Tuning:
        raise NotImplementedError("the API starts a workflow for it")

    async def versions(self, tenant_id: UUID, limit: int) -> tuple[Tuning, ...]:
        return self.tunings[:limit]

    async def active_boosts(self, tenant_id: UUID) -> dict[UUID, float]:
        return {}
