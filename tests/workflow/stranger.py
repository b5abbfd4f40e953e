"""A workflow of somebody who reaches the Temporal server, which asks our workers for a step."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.search.searching import SearchFound, SearchingActivities, SearchInput
from workflows.ids import CHAT_QUEUE


@workflow.defn
class StrangerWorkflow:
    @workflow.run
    async def run(self, search: SearchInput) -> SearchFound:
        found: SearchFound = await workflow.execute_activity_method(
            SearchingActivities.search_passages,
            search,
            task_queue=CHAT_QUEUE,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=5),
        )
        return found
