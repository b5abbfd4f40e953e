"""The reference of a turn: the smallest sound workflow, one local and one regular step that do nothing."""

from temporalio import activity, workflow

from workflows import call_options

QUEUE = "bench-smallest"


@activity.defn
async def decide_nothing() -> None:
    """The local step."""


@activity.defn
async def record_nothing() -> None:
    """The regular step."""


@workflow.defn(name="BenchSmallest")
class SmallestWorkflow:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_local_activity(decide_nothing, **call_options.DECIDE.as_kwargs())
        await workflow.execute_activity(record_nothing, **call_options.RECORD.as_kwargs())
