"""A workflow of one local step that never succeeds and may take one second in all."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

from domain.errors import DatabaseUnavailableError, Failure
from workflows.failures import failure_of


@activity.defn
async def never_answers() -> None:
    raise DatabaseUnavailableError("It did not answer.")


@workflow.defn
class OneLocalStep:
    @workflow.run
    async def run(self) -> Failure | None:
        try:
            await workflow.execute_local_activity(
                never_answers,
                start_to_close_timeout=timedelta(seconds=10),
                schedule_to_close_timeout=timedelta(seconds=1),
                retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200)),
            )
        except FailureError as error:
            return failure_of(error)
        return None
