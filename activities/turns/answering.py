"""Answer a question: what is decided without waiting for anybody else is decided in one step.

Each local step costs a round trip between the worker and its core, and none of them is kept before the workflow task
ends; so parts that nothing outside comes between are one step. What each part decided stands in its own envelope.
"""

from typing import TypeVar

from temporalio import activity

from activities.envelopes import collected_envelopes, milliseconds_since
from activities.turns.answer_completer import AnswerCompleter
from activities.turns.composing import ComposeInput
from activities.turns.guarding import GuardInput
from activities.turns.question_reader import QuestionReader
from activities.turns.retrieval import Retrieval, RetrievalActivities, RetrieveInput
from activities.turns.tool_execution import ToolExecution
from activities.turns.tools import untold_envelopes
from activities.turns.understanding import Understanding
from domain.answers.answer import Answer, RetrievalMeta, denied_answer
from domain.audit.envelope import Envelope
from domain.base import Value
from domain.conversations.turn import TurnRequest

Part = TypeVar("Part", Understanding, Retrieval)


class Answering(Value):
    """What was decided of a question.

    ``answer`` is None while a tool or an outside reranker has to be asked first. ``retrieval`` names its passages only
    then: afterwards they stand in its envelope, and once is enough for a history.
    """

    understanding: Understanding
    retrieval: Retrieval | None = None
    answer: Answer | None = None
    envelopes: tuple[Envelope, ...]


class CompleteInput(Value):
    """A question, and everything that its answer is made of."""

    request: TurnRequest
    understanding: Understanding
    retrieval: Retrieval | None
    tools: tuple[ToolExecution, ...] = ()


class CompletedAnswer(Value):
    answer: Answer
    envelopes: tuple[Envelope, ...]


class AnsweringActivities:
    """The parts, and the order in which a question goes through them."""

    def __init__(
        self,
        reader: QuestionReader,
        retrieval: RetrievalActivities,
        completer: AnswerCompleter,
    ) -> None:
        self._reader = reader
        self._retrieval = retrieval
        self._completer = completer

    @activity.defn
    async def answer_question(self, request: TurnRequest) -> Answering:
        """Admit, understand and search; answer too, unless a tool or an outside reranker has to be asked first.

        Raises BotNotFoundError if the bot was deleted since the request, DatabaseUnavailableError (retryable).
        """
        with collected_envelopes() as envelopes:
            understanding = _moved(await self._reader.read(request), envelopes)
            if not understanding.admission.admitted:
                answer = _denied(request, understanding)
                return Answering(understanding=understanding, answer=answer, envelopes=tuple(envelopes))
            retrieval = await self._retrieve(request, understanding, envelopes)
            if understanding.tool_plan.calls or (retrieval and retrieval.awaits(understanding.reranker)):
                return Answering(understanding=understanding, retrieval=retrieval, envelopes=tuple(envelopes))
            whole = CompleteInput(request=request, understanding=understanding, retrieval=retrieval)
            answer = await self._complete(whole, envelopes)
            named = retrieval and retrieval.model_copy(update={"passages": ()})
            return Answering(understanding=understanding, retrieval=named, answer=answer, envelopes=tuple(envelopes))

    @activity.defn
    async def complete_answer(self, given: CompleteInput) -> CompletedAnswer:
        """Compose the answer from what was found and what tools brought, and guard it. Raises
        DatabaseUnavailableError (retryable)."""
        with collected_envelopes() as envelopes:
            envelopes.extend(untold_envelopes(given.tools, given.understanding.policy))
            answer = await self._complete(given, envelopes)
            return CompletedAnswer(answer=answer, envelopes=tuple(envelopes))

    async def _complete(self, given: CompleteInput, envelopes: list[Envelope]) -> Answer:
        completion = await self._completer.complete(_to_compose(given), _to_guard(given), given.request.bot_id)
        envelopes.extend(completion.envelopes)
        return completion.answer

    async def _retrieve(
        self, request: TurnRequest, understanding: Understanding, envelopes: list[Envelope]
    ) -> Retrieval | None:
        if not understanding.needs_retrieval:
            return None
        retrieval = await self._retrieval.retrieve_passages(
            RetrieveInput(
                tenant_id=request.tenant_id,
                dataset_ids=understanding.dataset_ids,
                visibilities=request.principal.visibilities,
                roles=request.principal.roles,
                question=understanding.document_question or request.message,
                reranker=understanding.reranker,
                policy=understanding.policy,
            )
        )
        return _moved(retrieval, envelopes)


def _moved(part: Part, envelopes: list[Envelope]) -> Part:
    """The part without its envelopes, which go to those of the step: a history holds them once."""
    envelopes.extend(part.envelopes)
    return part.model_copy(update={"envelopes": ()})


def _denied(request: TurnRequest, understanding: Understanding) -> Answer:
    admission = understanding.admission
    latency_ms = milliseconds_since(request.received_at)
    return denied_answer(request.turn_id, latency_ms, admission.reason, admission.rule_id)


def _to_compose(given: CompleteInput) -> ComposeInput:
    understanding, retrieval = given.understanding, given.retrieval
    return ComposeInput(
        tenant_id=given.request.tenant_id,
        question=understanding.document_question or given.request.message,
        intents=understanding.intents,
        roles=given.request.principal.roles,
        available_pack_ids=understanding.available_pack_ids,
        available_tools=understanding.available_tools,
        passages=retrieval.passages if retrieval else (),
        confidence=retrieval.confidence if retrieval else 0.0,
        minimum_confidence=understanding.minimum_confidence,
        refusal=understanding.refusal,
        policy=understanding.policy,
        askable_figures=understanding.askable_figures,
        tools=given.tools,
        tool_warnings=understanding.tool_plan.warnings,
        understood_as=understanding.understood_as,
    )


def _to_guard(given: CompleteInput) -> GuardInput:
    """Without what composing the answer brings."""
    retrieval = given.retrieval
    return GuardInput(
        trace_id=given.request.turn_id,
        received_at=given.request.received_at,
        warnings=retrieval.warnings if retrieval else (),
        intents=given.understanding.intents,
        packs_used=_used_packs(given),
        retrieval=_retrieval_meta(retrieval) if retrieval else None,
        actions=tuple(one.as_action(given.understanding.policy.redaction) for one in given.tools),
        policy=given.understanding.policy,
        understood_as=given.understanding.understood_as,
    )


def _used_packs(given: CompleteInput) -> tuple[str, ...]:
    """Those whose documents were searched and whose tools were called."""
    searched = given.understanding.pack_ids if given.retrieval else ()
    return tuple(dict.fromkeys((*searched, *(one.call.pack_id for one in given.tools))))


def _retrieval_meta(retrieval: Retrieval) -> RetrievalMeta:
    return RetrievalMeta(
        mode=retrieval.mode,
        passages=len(retrieval.passages),
        confidence=retrieval.confidence,
        index_generation=retrieval.generation_id,
        embedding_model=retrieval.model,
    )
