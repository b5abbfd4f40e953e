"""A search for passages: recorded like everything that reads a tenant's knowledge."""

from temporalio import workflow

from activities.search.searching import SearchFound, SearchingActivities, SearchInput
from workflows import call_options
from workflows.pages.search import found_page

__all__ = ["SearchFound", "SearchInput", "SearchWorkflow"]


@workflow.defn(name="Search")
class SearchWorkflow:
    """One step. It is a workflow so that the history shows who looked for what, and what was found, with its scores."""

    @workflow.run
    async def run(self, search: SearchInput) -> SearchFound:
        found: SearchFound = await workflow.execute_activity_method(
            SearchingActivities.search_passages,
            search,
            summary="Which passages may the asker see that answer this, and in which order?",
            **call_options.SEARCH.as_kwargs(),
        )
        workflow.set_current_details(found_page(found))
        return found
