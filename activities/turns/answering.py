"""The two steps that turns had when one step made all decisions: turns of that time still end by them.

What each part decided stands in its own envelope.
"""

from typing import TypeVar

from temporalio import activity

from activities.envelopes import collected_envelopes, milliseconds_since
from activities.turns.answer_completer import AnswerCompleter
from activities.turns.answer_steps import CompletedAnswer, CompleteInput, to_compose, to_guard, to_retrieve
from activities.turns.question_reader import QuestionReader
from activities.turns.retrieval import Retrieval, RetrievalActivities
from activities.turns.tools import untold_envelopes
from activities.turns.understanding import Understanding
from domain.answers.answer import Answer, denied_answer
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
            understanding = _moved(await self._reader.understand_question(request), envelopes)
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
        composing = to_compose(given)
        composed = await self._completer.compose(composing, given.request.turn_id)
        envelopes.extend(composed.envelopes)
        guarded = await self._completer.guard(composing, to_guard(given), given.request.bot_id)
        envelopes.extend(guarded.envelopes)
        return guarded.answer

    async def _retrieve(
        self, request: TurnRequest, understanding: Understanding, envelopes: list[Envelope]
    ) -> Retrieval | None:
        if not understanding.needs_retrieval:
            return None
        retrieval = await self._retrieval.retrieve(to_retrieve(request, understanding))
        return _moved(retrieval, envelopes)


def _moved(part: Part, envelopes: list[Envelope]) -> Part:
    """The part without its envelopes, which go to those of the step: a history holds them once."""
    envelopes.extend(part.envelopes)
    return part.model_copy(update={"envelopes": ()})


def _denied(request: TurnRequest, understanding: Understanding) -> Answer:
    admission = understanding.admission
    latency_ms = milliseconds_since(request.received_at)
    return denied_answer(request.turn_id, latency_ms, admission.reason, admission.rule_id)
