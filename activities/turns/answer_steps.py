"""Compose an answer, and redact it: two local steps, between which the draft stays in the worker."""

from temporalio import activity

from activities.turns.answer_completer import AnswerCompleter
from activities.turns.drafts import ComposeInput
from activities.turns.guarding import GuardInput
from activities.turns.retrieval import Retrieval, RetrieveInput
from activities.turns.tool_execution import ToolExecution
from activities.turns.tools import untold_envelopes
from activities.turns.understanding import Understanding
from domain.answers.answer import Answer, Outcome, RetrievalMeta
from domain.audit.envelope import Envelope
from domain.base import Value
from domain.conversations.turn import TurnRequest
from domain.identity.principal import Reader


class CompleteInput(Value):
    """A question, and everything that its answer is made of."""

    request: TurnRequest
    understanding: Understanding
    retrieval: Retrieval | None
    tools: tuple[ToolExecution, ...] = ()


class CompletedAnswer(Value):
    answer: Answer
    envelopes: tuple[Envelope, ...]


class ComposedAnswer(Value):
    """What came of composing; the draft itself is in no history, for nothing is hidden in it yet."""

    outcome: Outcome
    envelopes: tuple[Envelope, ...]


class AnswerActivities:
    def __init__(self, completer: AnswerCompleter) -> None:
        self._completer = completer

    @activity.defn
    async def compose_answer(self, given: CompleteInput) -> ComposedAnswer:
        """Compose the answer from what was found and what tools brought. Raises TextTooCostlyError,
        DatabaseUnavailableError and TextProcessUnavailableError (both retryable)."""
        untold = untold_envelopes(given.tools, given.understanding.policy)
        composition = await self._completer.compose(to_compose(given), given.request.turn_id)
        return ComposedAnswer(outcome=composition.outcome, envelopes=(*untold, *composition.envelopes))

    @activity.defn
    async def redact_answer(self, given: CompleteInput) -> CompletedAnswer:
        """Hide what the policy hides, and withhold an answer that tells of a denied topic. Raises the same, and
        BotNotFoundError if the bot was deleted since."""
        guarded = await self._completer.guard(to_compose(given), to_guard(given), given.request.bot_id)
        return CompletedAnswer(answer=guarded.answer, envelopes=guarded.envelopes)


def to_retrieve(request: TurnRequest, understanding: Understanding) -> RetrieveInput:
    return RetrieveInput(
        tenant_id=request.tenant_id,
        dataset_ids=understanding.dataset_ids,
        visibilities=request.principal.visibilities,
        roles=request.principal.roles,
        question=understanding.document_question or request.message,
        reranker=understanding.reranker,
        policy=understanding.policy,
    )


def to_compose(given: CompleteInput) -> ComposeInput:
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
        reader=Reader(
            principal_id=given.request.principal.id,
            visibilities=given.request.principal.visibilities,
            roles=given.request.principal.roles,
            packs=understanding.available_pack_ids,
        ),
        dataset_ids=understanding.dataset_ids,
    )


def to_guard(given: CompleteInput) -> GuardInput:
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
