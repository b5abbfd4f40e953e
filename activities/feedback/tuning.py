"""Learn from feedback which documents prove useful, and go back to what was learned before."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock, utc_now
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value
from domain.feedback.feedback import Tuning, learned
from domain.feedback.ports import FeedbackRepository
from domain.search import boosts

WINDOW: Final = timedelta(days=180)
MAX_FEEDBACK: Final = 50_000


class TuneInput(Value):
    """``run_id`` names the attempt to learn: repeated, it makes no second version."""

    tenant_id: UUID
    run_id: str
    requested_by: str


class ActivateInput(Value):
    """``version`` 0: nothing that was learned applies."""

    tenant_id: UUID
    version: int
    requested_by: str


class Tuned(Value):
    """The version that applies now."""

    tuning: Tuning
    envelopes: tuple[Envelope, ...]


class TuningActivities:
    def __init__(self, feedback: FeedbackRepository) -> None:
        self._feedback = feedback

    @activity.defn
    async def learn_from_feedback(self, given: TuneInput) -> Tuned:
        """Work out the boosts from the feedback of the last half year, and have them apply. Idempotent by run."""
        clock = StepClock()
        judged = await self._feedback.judged(given.tenant_id, utc_now() - WINDOW, MAX_FEEDBACK)
        tuning = await self._feedback.publish(
            given.tenant_id, given.run_id, len(judged), learned(judged), given.requested_by
        )
        return Tuned(tuning=tuning, envelopes=(_envelope(clock, tuning, given.requested_by, len(judged)),))

    @activity.defn
    async def activate_tuning(self, given: ActivateInput) -> Tuned:
        """Have an earlier version apply again. Raises NotFoundError."""
        clock = StepClock()
        tuning = await self._feedback.activate(given.tenant_id, given.version)
        return Tuned(tuning=tuning, envelopes=(_envelope(clock, tuning, given.requested_by, None),))


def _envelope(clock: StepClock, tuning: Tuning, requested_by: str, feedback: int | None) -> Envelope:
    return clock.seal(
        AuditKind.BOOSTS_CHANGED,
        given={"requested_by": requested_by, "feedback": feedback},
        decided={
            "version": tuning.version,
            "boosts": {str(one.document_id): one.boost for one in tuning.boosts[:100]},
            "documents": len(tuning.boosts),
        },
        versions={"bounds": f"{boosts.LEAST}-{boosts.MOST}"},
    )
