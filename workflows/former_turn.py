"""How turns decided while one local step made all decisions; turns of that time are still replayed and ended so."""

from typing import Final

from temporalio import workflow

from activities.turns.answer_steps import CompletedAnswer, CompleteInput
from activities.turns.answering import Answering, AnsweringActivities
from domain.conversations.turn import TurnRequest
from workflows import call_options
from workflows.pages.turn import complete_line

A_STEP_FOR_EACH_DECISION: Final = "a-step-for-each-decision"
"""The patch that turns of today carry in their histories."""


async def consider(request: TurnRequest) -> Answering:
    """Everything, unless a tool or an outside reranker has to be asked first."""
    return await workflow.execute_local_activity_method(
        AnsweringActivities.answer_question,
        request,
        summary="May this be answered? What is asked? Search, and answer unless a tool is to be asked first",
        **call_options.DECIDE.as_kwargs(),
    )


async def complete(given: CompleteInput) -> CompletedAnswer:
    """The answer, when tools and rerankers were asked."""
    return await workflow.execute_local_activity_method(
        AnsweringActivities.complete_answer,
        given,
        summary=complete_line(given.understanding, given.retrieval, given.tools),
        **call_options.DECIDE.as_kwargs(),
    )
