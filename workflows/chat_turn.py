"""One user message and its answer."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.conversation import ConversationActivities, RecordTurnInput, RecordTurnResult
from activities.generation import ComposeInput, Composition, GenerationActivities
from activities.redaction import GuardedAnswer, GuardInput, RedactionActivities
from activities.reranking import count_degraded
from activities.retrieval import RerankInput, Retrieval, RetrievalActivities, RetrieveInput
from activities.tools import ExecuteToolInput, ToolActivities, ToolExecution, failed_execution
from activities.understanding import Understanding, UnderstandingActivities, UnderstandInput
from domain.answer import Answer, RetrievalMeta, denied_answer, failed_answer
from domain.conversation import RecordedTurn, TurnRequest
from domain.reranking import RerankerKind
from domain.tool import PlannedCall, ToolPlan
from workflows import call_options, search_attributes
from workflows.descriptions import (
    TurnSoFar,
    compose_line,
    guard_line,
    record_line,
    rerank_line,
    search_line,
    tool_line,
    turn_page,
)
from workflows.failures import failure_of


@workflow.defn(name="ChatTurn")
class ChatTurnWorkflow:
    """Understand, retrieve, compose, guard, then record: the answer stands in this history before it is stored."""

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
            answer = failed_answer(request.turn_id, self._elapsed_ms(), failure_of(error))
        self._describe(answer)
        return (await self._record(answer)).turn

    async def _answer(self) -> Answer:
        understanding = await self._understand()
        self._so_far = self._so_far._replace(understanding=understanding)
        if not understanding.admission.admitted:
            admission = understanding.admission
            return denied_answer(self._request.turn_id, self._elapsed_ms(), admission.reason, admission.rule_id)
        retrieval, tools = await asyncio.gather(
            self._retrieve(understanding), self._execute_tools(understanding.tool_plan)
        )
        self._so_far = self._so_far._replace(retrieval=retrieval, tools=tools)
        return await self._compose_and_guard(understanding, retrieval)

    async def _execute_tools(self, plan: ToolPlan) -> tuple[ToolExecution, ...]:
        return tuple(
            await asyncio.gather(*(self._execute(number, call) for number, call in enumerate(plan.calls, start=1)))
        )

    async def _execute(self, number: int, call: PlannedCall) -> ToolExecution:
        """One tool. However it fails, the turn goes on and says so."""
        try:
            return await workflow.execute_activity_method(
                ToolActivities.execute_tool,
                ExecuteToolInput(
                    tenant_id=self._request.tenant_id,
                    idempotency_key=f"{workflow.info().workflow_id}/tool/{number}",
                    call=call,
                ),
                summary=tool_line(call),
                **call_options.EXECUTE_TOOL.as_kwargs(),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return failed_execution(call)

    async def _understand(self) -> Understanding:
        return await workflow.execute_local_activity_method(
            UnderstandingActivities.understand_question,
            UnderstandInput(
                tenant_id=self._request.tenant_id,
                bot_id=self._request.bot_id,
                message=self._request.message,
                pack_hint=self._request.pack_hint,
                roles=self._request.principal.roles,
                received_at=self._request.received_at,
            ),
            summary="May this be answered? What is asked, and which packs know about it?",
            **call_options.DECIDE.as_kwargs(),
        )

    async def _retrieve(self, understanding: Understanding) -> Retrieval | None:
        if not understanding.needs_retrieval:
            return None
        principal = self._request.principal
        retrieval: Retrieval = await workflow.execute_local_activity_method(
            RetrievalActivities.retrieve_passages,
            RetrieveInput(
                tenant_id=self._request.tenant_id,
                dataset_ids=understanding.dataset_ids,
                visibilities=principal.visibilities,
                roles=principal.roles,
                question=self._document_question(understanding),
                reranker=understanding.reranker,
            ),
            summary=search_line(understanding),
            **call_options.DECIDE.as_kwargs(),
        )
        is_outside = understanding.reranker.is_outside and retrieval.passages
        return await self._rerank(understanding, retrieval) if is_outside else retrieval

    async def _rerank(self, understanding: Understanding, retrieval: Retrieval) -> Retrieval:
        """By somebody else's service, which no turn depends on."""
        reranker = understanding.reranker
        try:
            return await workflow.execute_activity_method(
                RetrievalActivities.rerank_passages,
                RerankInput(
                    tenant_id=self._request.tenant_id,
                    question=self._document_question(understanding),
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

    def _document_question(self, understanding: Understanding) -> str:
        return understanding.document_question or self._request.message

    async def _compose_and_guard(self, understanding: Understanding, retrieval: Retrieval | None) -> Answer:
        composition: Composition = await workflow.execute_local_activity_method(
            GenerationActivities.compose_answer,
            ComposeInput(
                tenant_id=self._request.tenant_id,
                question=self._document_question(understanding),
                intents=understanding.intents,
                roles=self._request.principal.roles,
                available_pack_ids=understanding.available_pack_ids,
                available_tools=understanding.available_tools,
                passages=retrieval.passages if retrieval else (),
                confidence=retrieval.confidence if retrieval else 0.0,
                minimum_confidence=understanding.minimum_confidence,
                refusal=understanding.refusal,
                tools=self._so_far.tools,
                tool_warnings=understanding.tool_plan.warnings,
            ),
            summary=compose_line(understanding, retrieval),
            **call_options.DECIDE.as_kwargs(),
        )
        self._so_far = self._so_far._replace(composition=composition)
        guarded: GuardedAnswer = await workflow.execute_local_activity_method(
            RedactionActivities.guard_answer,
            GuardInput(
                trace_id=self._request.turn_id,
                received_at=self._request.received_at,
                outcome=composition.outcome,
                text=composition.text,
                citations=composition.citations,
                warnings=(*(retrieval.warnings if retrieval else ()), *composition.warnings),
                intents=understanding.intents,
                packs_used=self._so_far.used_packs,
                retrieval=_retrieval_meta(retrieval),
                actions=tuple(one.action for one in self._so_far.tools),
            ),
            summary=guard_line(composition),
            **call_options.DECIDE.as_kwargs(),
        )
        return guarded.answer

    async def _record(self, answer: Answer) -> RecordTurnResult:
        recording: workflow.ActivityHandle[RecordTurnResult] = workflow.start_activity_method(
            ConversationActivities.record_turn,
            RecordTurnInput(request=self._request, turn=self._close(answer)),
            summary=record_line(answer, self._so_far),
            **call_options.RECORD.as_kwargs(),
        )
        try:
            return await asyncio.shield(recording)
        except asyncio.CancelledError:
            # Too late: the answer stands in this history, so it is stored too.
            return await recording

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


def _retrieval_meta(retrieval: Retrieval | None) -> RetrievalMeta | None:
    if retrieval is None:
        return None
    return RetrievalMeta(
        mode=retrieval.mode,
        passages=len(retrieval.passages),
        confidence=retrieval.confidence,
        index_generation=retrieval.generation_id,
        embedding_model=retrieval.model,
    )


def _cited_documents(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(citation.document_id) for citation in answer.citations))
