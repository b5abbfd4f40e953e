"""What feedback says about a tenant's documents becomes the order of its passages; or an earlier version does again."""

from uuid import UUID

from temporalio import workflow

from activities.feedback.tuning import ActivateInput, Tuned, TuneInput, TuningActivities
from domain.base import Value
from domain.feedback.feedback import Tuning
from workflows import call_options
from workflows.pages.tuning import tuning_page


class TuneFeedbackInput(Value):
    """``activate`` None learns anew; a version has that one apply again, 0 none."""

    tenant_id: UUID
    requested_by: str
    activate: int | None = None


@workflow.defn(name="TuneFeedback")
class TuneFeedbackWorkflow:
    """Learn once, or go back; the history says by whom, from how much, and with which factors."""

    @workflow.run
    async def run(self, given: TuneFeedbackInput) -> Tuning:
        tuned = await (self._learn(given) if given.activate is None else self._go_back(given, given.activate))
        workflow.set_current_details(tuning_page(tuned.tuning))
        return tuned.tuning

    async def _learn(self, given: TuneFeedbackInput) -> Tuned:
        tuned: Tuned = await workflow.execute_activity_method(
            TuningActivities.learn_from_feedback,
            TuneInput(tenant_id=given.tenant_id, run_id=workflow.info().run_id, requested_by=given.requested_by),
            summary="Which documents did feedback prove more, or less, useful?",
            **call_options.TUNE.as_kwargs(),
        )
        return tuned

    async def _go_back(self, given: TuneFeedbackInput, version: int) -> Tuned:
        tuned: Tuned = await workflow.execute_activity_method(
            TuningActivities.activate_tuning,
            ActivateInput(tenant_id=given.tenant_id, version=version, requested_by=given.requested_by),
            summary=f"Have version {version} apply again" if version else "Forget what was learned",
            **call_options.TUNE.as_kwargs(),
        )
        return tuned
