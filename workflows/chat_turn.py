"""One user message and its answer."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.search.reranking import count_degraded
from activities.turns.answer_steps import AnswerActivities, CompletedAnswer, CompleteInput, ComposedAnswer, to_retrieve
from activities.turns.question_reader import QuestionReader
from activities.turns.recording import ConversationActivities, RecordTurnInput, RecordTurnResult
from activities.turns.retrieval import RerankInput, Retrieval, RetrievalActivities
from activities.turns.tool_execution import ToolExecution
from activities.turns.tools import ExecuteToolInput, ToolActivities, failed_execution
from activities.turns.understanding import Understanding
from domain.answers.answer import Answer, denied_answer, failed_answer
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.packs.tool import PlannedCall
from domain.policy.in_force import PinnedPolicy
from domain.search.reranking import RerankerKind
from workflows import call_options, former_turn, search_attributes
from workflows.failures import decided_before, failure_of
from workflows.pages.turn import TurnSoFar, complete_line, record_line, rerank_line, search_line, tool_line, turn_page


@workflow.defn(name="ChatTurn")
class ChatTurnWorkflow:
    """Answer, asking tools and outside rerankers where the question needs them, then record.

    The answer stands in this history before it is stored.
    """

    @workflow.init
    def __init__(self, request: TurnRequest) -> None:
        self._request = request
        self._so_far = TurnSoFar(request)

    @workflow.run
    async def run(self, request: TurnRequest) -> RecordedTurn:
        try:
            answer = await self._answer()
        except (FailureError, asyncio.CancelledError) as error:
            # Not ActivityError: what a local step raises arrives bare. Cancelling a turn ends it like any other
            # failure: explicitly, and recorded.
            self._so_far = self._so_far.with_envelopes(decided_before(error))
            answer = failed_answer(request.turn_id, self._elapsed_ms(), failure_of(error))
        self._describe(answer)
        return await self._record(self._close(answer))

    async def _answer(self) -> Answer:
        if not workflow.patched(former_turn.A_STEP_FOR_EACH_DECISION):
            return await self._answer_as_before()
        understanding = await self._understand()
        if not understanding.admission.admitted:
            admission = understanding.admission
            return denied_answer(self._request.turn_id, self._elapsed_ms(), admission.reason, admission.rule_id)
        retrieval = await self._retrieve(understanding)
        given = await self._ask_others(understanding, retrieval)
        await self._compose(given)
        return await self._redact(given)

    async def _answer_as_before(self) -> Answer:
        considered = await former_turn.consider(self._request)
        self._so_far = self._so_far.considered(considered)
        if considered.answer is not None:
            return considered.answer
        completed = await former_turn.complete(await self._ask_others(considered.understanding, considered.retrieval))
        self._so_far = self._so_far.with_envelopes(completed.envelopes)
        return completed.answer

    async def _understand(self) -> Understanding:
        understanding: Understanding = await workflow.execute_local_activity_method(
            QuestionReader.understand_question,
            self._request,
            summary="Policy: may this be answered, what is asked, and who is to answer it?",
            **call_options.DECIDE.as_kwargs(),
        )
        self._so_far = self._so_far.understood(understanding)
        return understanding.model_copy(update={"envelopes": ()})

    async def _retrieve(self, understanding: Understanding) -> Retrieval | None:
        if not understanding.needs_retrieval:
            return None
        retrieval: Retrieval = await workflow.execute_local_activity_method(
            RetrievalActivities.retrieve_passages,
            to_retrieve(self._request, understanding),
            summary=search_line(understanding),
            **call_options.DECIDE.as_kwargs(),
        )
        self._so_far = self._so_far.found_passages(retrieval)
        return retrieval.model_copy(update={"envelopes": ()})

    async def _ask_others(self, understanding: Understanding, retrieval: Retrieval | None) -> CompleteInput:
        ranked, tools = await asyncio.gather(self._rerank(understanding, retrieval), self._execute_tools(understanding))
        self._so_far = self._so_far.brought(ranked, tools)
        return CompleteInput(request=self._request, understanding=understanding, retrieval=ranked, tools=tools)

    async def _compose(self, given: CompleteInput) -> None:
        composed: ComposedAnswer = await workflow.execute_local_activity_method(
            AnswerActivities.compose_answer,
            given,
            summary=complete_line(given.understanding, given.retrieval, given.tools),
            **call_options.DECIDE.as_kwargs(),
        )
        self._so_far = self._so_far.with_envelopes(composed.envelopes)

    async def _redact(self, given: CompleteInput) -> Answer:
        redacted: CompletedAnswer = await workflow.execute_local_activity_method(
            AnswerActivities.redact_answer,
            given,
            summary="Hide what the policy hides, and look for denied topics",
            **call_options.DECIDE.as_kwargs(),
        )
        self._so_far = self._so_far.with_envelopes(redacted.envelopes)
        return redacted.answer

    async def _execute_tools(self, understanding: Understanding) -> tuple[ToolExecution, ...]:
        calls = enumerate(understanding.tool_plan.calls, start=1)
        return tuple(
            await asyncio.gather(*(self._execute(number, call, understanding.policy) for number, call in calls))
        )

    async def _execute(self, number: int, call: PlannedCall, policy: PinnedPolicy) -> ToolExecution:
        """One tool. However it fails, the turn goes on and says so."""
        try:
            return await workflow.execute_activity_method(
                ToolActivities.execute_tool,
                ExecuteToolInput(
                    tenant_id=self._request.tenant_id,
                    idempotency_key=f"{workflow.info().workflow_id}/tool/{number}",
                    call=call,
                    policy=policy,
                ),
                summary=tool_line(call),
                **call_options.EXECUTE_TOOL.as_kwargs(),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return failed_execution(call)

    async def _rerank(self, understanding: Understanding, retrieval: Retrieval | None) -> Retrieval | None:
        """By somebody else's service, which no turn depends on."""
        reranker = understanding.reranker
        if retrieval is None or not retrieval.awaits(reranker):
            return retrieval
        try:
            return await workflow.execute_activity_method(
                RetrievalActivities.rerank_passages,
                RerankInput(
                    tenant_id=self._request.tenant_id,
                    question=understanding.document_question or self._request.message,
                    reranker=reranker,
                    retrieval=retrieval,
                ),
                summary=rerank_line(reranker, retrieval),
                **call_options.RERANK.as_kwargs(),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return _left_in_fused_order(retrieval, reranker)

    async def _record(self, turn: RecordedTurn) -> RecordedTurn:
        recording: workflow.ActivityHandle[RecordTurnResult] = workflow.start_activity_method(
            ConversationActivities.record_turn,
            RecordTurnInput(request=self._request, turn=turn),
            summary=record_line(turn.answer, self._so_far),
            **call_options.RECORD.as_kwargs(),
        )
        try:
            recorded = await asyncio.shield(recording)
        except asyncio.CancelledError:
            # Too late: the answer stands in this history, so it is stored too.
            recorded = await recording
        return recorded.recorded_before or turn

    def _close(self, answer: Answer) -> RecordedTurn:
        return RecordedTurn(
            turn_id=self._request.turn_id,
            conversation_id=self._request.conversation_id,
            bot_id=self._request.bot_id,
            principal_id=self._request.principal.id,
            request_sha256=self._request.request_sha256,
            outcome=answer.outcome,
            answer=answer,
            received_at=self._request.received_at,
            closed_at=workflow.now(),
        )

    def _describe(self, answer: Answer) -> None:
        """Say in the Temporal UI what came of the turn."""
        outcome = search_attributes.OUTCOME.value_set(answer.outcome)
        lists = (
            (search_attributes.INTENT, self._so_far.intents),
            (search_attributes.PACK_ID, self._so_far.searched_packs),
            (search_attributes.DOCUMENT_ID, _cited_documents(answer)),
        )
        workflow.upsert_search_attributes([outcome, *(key.value_set(values) for key, values in lists if values)])
        workflow.set_current_details(turn_page(answer, self._so_far))

    def _elapsed_ms(self) -> float:
        now: datetime = workflow.now()
        return (now - self._request.received_at).total_seconds() * 1000


def _left_in_fused_order(retrieval: Retrieval, wanted: RerankerKind) -> Retrieval:
    """The step itself failed, which nobody but this workflow can count."""
    ordered = retrieval.in_fused_order(wanted)
    if ordered.rerank is not None:
        count_degraded(workflow.metric_meter(), ordered.rerank)
    return ordered


def _cited_documents(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(citation.document_id) for citation in answer.citations))
