"""A question in one step, or in two where somebody outside has to be asked in between."""

from typing import Any
from uuid import UUID

import pytest
from temporalio.testing import ActivityEnvironment

from activities.admission import Admissions
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import PassageFinder
from activities.search.reranking import Rerankers
from activities.turns.answer_completer import AnswerCompleter
from activities.turns.answer_steps import CompleteInput
from activities.turns.answering import Answering, AnsweringActivities
from activities.turns.completion import AnswerCompletion
from activities.turns.guarding import AnswerGuard
from activities.turns.question_reader import QuestionReader
from activities.turns.retrieval import RetrievalActivities
from activities.turns.understanding import QuestionReading
from domain.answers.answer import Outcome
from domain.audit.envelope import AuditKind, StoppedPartwayError
from domain.bots.errors import BotNotFoundError
from domain.errors import DatabaseUnavailableError
from domain.limits.text_work import Found, Given, TextStep, TextWork
from domain.search.reranking import RerankerKind
from domain.search.retrieval import SearchFilters, SearchQuery, SearchResult
from tests.unit.activities.fakes import (
    TENANT,
    HashedEmbedder,
    ListedIndex,
    ListedPacks,
    MemoryBots,
    MemoryTexts,
    bot_of,
    pack_of,
    passage_of,
)
from tests.unit.activities.requests import request_of

TEXT = "## Rotate an API key\n\n1. Open Settings.\n2. Press Rotate next to the API key.\n3. Copy the new key.\n"
PASSAGE = passage_of(TEXT)
QUESTION = "How do I rotate an API key?"
WHOLE = [
    AuditKind.INTENT_CLASSIFIED,
    AuditKind.PACKS_SELECTED,
    AuditKind.RETRIEVAL_PERFORMED,
    AuditKind.ANSWER_COMPOSED,
    AuditKind.OUTPUT_GUARDED,
]


class AwayIndex(ListedIndex):
    async def search(self, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
        raise DatabaseUnavailableError("It did not answer.")


class ThroughJson:
    """Does the work of long texts as processes do: what is given and found crosses as JSON."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    async def run(self, step: TextStep[Given, Found], given: Given, tenant_id: UUID) -> Found:
        assert tenant_id == TENANT
        if not step.is_long(given):
            return step.work(given)
        self.steps.append(step.name)
        found = step.work(step.given.model_validate_json(given.model_dump_json()))
        return step.found.model_validate_json(found.model_dump_json())


def activities(
    index: ListedIndex,
    *,
    reranker: RerankerKind = RerankerKind.NONE,
    text: TextWork | None = None,
    stored: str = TEXT,
    deny: tuple[str, ...] = ("payroll",),
) -> AnsweringActivities:
    texts = PassageTextCache(MemoryTexts({PASSAGE.passage_id: stored}))
    finder = PassageFinder(HashedEmbedder(), index, texts, Rerankers())
    bots = MemoryBots(bot_of("support", deny=deny))
    admissions = Admissions()
    return AnsweringActivities(
        QuestionReader(
            bots, ListedPacks(pack_of("support")), QuestionReading(admissions=admissions), reranker, text=text
        ),
        RetrievalActivities(finder),
        AnswerCompleter(AnswerCompletion(AnswerGuard()), texts, bots, admissions, text=text),
    )


def kinds(answering: Answering) -> list[AuditKind]:
    return [envelope.kind for envelope in answering.envelopes]


async def test_a_question_for_documents_is_answered_in_one_step(step: ActivityEnvironment) -> None:
    answering = await step.run(activities(ListedIndex(PASSAGE)).answer_question, request_of(QUESTION))
    assert answering.answer is not None
    assert answering.answer.outcome is Outcome.ANSWERED
    assert "Press Rotate next to the API key." in answering.answer.text
    assert answering.answer.meta.packs_used == ("support",)
    assert kinds(answering) == WHOLE


async def test_what_stands_in_an_envelope_does_not_stand_in_the_result_again(step: ActivityEnvironment) -> None:
    answering = await step.run(activities(ListedIndex(PASSAGE)).answer_question, request_of(QUESTION))
    assert answering.retrieval is not None
    assert answering.retrieval.passages == ()
    assert answering.retrieval.envelopes == answering.understanding.envelopes == ()
    assert answering.model_dump_json().count(PASSAGE.text_sha256) == 1


async def test_an_outside_reranker_is_waited_for_with_the_passages_that_it_orders(step: ActivityEnvironment) -> None:
    waiting = activities(ListedIndex(PASSAGE), reranker=RerankerKind.COHERE)
    answering = await step.run(waiting.answer_question, request_of(QUESTION))
    assert answering.answer is None
    assert answering.retrieval is not None
    assert answering.retrieval.passages == (PASSAGE,)
    assert kinds(answering) == WHOLE[:3]
    given = CompleteInput(
        request=request_of(QUESTION), understanding=answering.understanding, retrieval=answering.retrieval
    )
    completed = await step.run(waiting.complete_answer, given)
    assert completed.answer.outcome is Outcome.ANSWERED
    assert [envelope.kind for envelope in completed.envelopes] == WHOLE[3:]


async def test_an_outside_reranker_with_nothing_to_order_is_not_waited_for(step: ActivityEnvironment) -> None:
    answering = await step.run(
        activities(ListedIndex(), reranker=RerankerKind.COHERE).answer_question, request_of(QUESTION)
    )
    assert answering.answer is not None
    assert answering.answer.outcome is Outcome.REFUSED


async def test_a_denied_question_is_answered_without_a_search(step: ActivityEnvironment) -> None:
    index = ListedIndex(PASSAGE)
    answering = await step.run(activities(index).answer_question, request_of("Show me the payroll"))
    assert answering.answer is not None
    assert answering.answer.outcome is Outcome.DENIED
    assert kinds(answering) == [AuditKind.DENIED]
    assert index.searches == []


async def test_what_was_decided_before_an_error_goes_along_with_it(step: ActivityEnvironment) -> None:
    with pytest.raises(StoppedPartwayError) as stopped:
        await step.run(activities(AwayIndex()).answer_question, request_of(QUESTION))
    assert isinstance(stopped.value.cause, DatabaseUnavailableError)
    assert [envelope.kind for envelope in stopped.value.envelopes] == WHOLE[:2]


async def test_an_error_before_any_decision_comes_as_it_is(step: ActivityEnvironment) -> None:
    with pytest.raises(BotNotFoundError):
        await step.run(activities(ListedIndex()).answer_question, request_of(QUESTION, bot_id=UUID(int=99)))


def comparable(answering: Answering) -> dict[str, Any]:
    """What is decided of texts, without times."""
    dumped = answering.model_dump(mode="json", exclude={"retrieval"})
    dumped["answer"]["meta"].pop("latency_ms")
    dumped["envelopes"] = [
        {name: envelope[name] for name in ("kind", "given", "decided", "versions")}
        for envelope in dumped["envelopes"]
        if envelope["kind"] != AuditKind.RETRIEVAL_PERFORMED
    ]
    return dumped


@pytest.mark.parametrize("message", [QUESTION, f"{QUESTION} {'We run many services. ' * 20}", "hello"])
async def test_what_another_process_finds_is_what_would_be_found_here(step: ActivityEnvironment, message: str) -> None:
    here = await step.run(activities(ListedIndex(PASSAGE)).answer_question, request_of(message))
    there = await step.run(activities(ListedIndex(PASSAGE), text=ThroughJson()).answer_question, request_of(message))
    assert comparable(there) == comparable(here)


async def test_long_texts_and_passages_are_read_elsewhere_and_short_texts_here(step: ActivityEnvironment) -> None:
    passage = passage_of(stored := TEXT.replace("Press", f"Press {'the large red ' * 12}button"))
    for message, elsewhere in (
        ("hello", []),
        (QUESTION, ["compose", "guard"]),
        (QUESTION * 20, ["understand", "compose", "guard"]),
    ):
        text = ThroughJson()
        await step.run(activities(ListedIndex(passage), text=text, stored=stored).answer_question, request_of(message))
        assert text.steps == elsewhere


async def test_a_passage_whose_text_is_not_what_was_found_is_not_answered_from(step: ActivityEnvironment) -> None:
    answering = await step.run(
        activities(ListedIndex(PASSAGE), stored=TEXT + "!").answer_question, request_of(QUESTION)
    )
    assert answering.answer is not None
    assert answering.answer.outcome is Outcome.REFUSED


async def test_an_answer_that_tells_of_a_denied_topic_is_withheld_by_a_worker_that_did_not_admit_its_question(
    step: ActivityEnvironment,
) -> None:
    waiting = activities(ListedIndex(PASSAGE), reranker=RerankerKind.COHERE, deny=())
    answering = await step.run(waiting.answer_question, request_of(QUESTION))
    given = CompleteInput(
        request=request_of(QUESTION), understanding=answering.understanding, retrieval=answering.retrieval
    )
    other = activities(ListedIndex(PASSAGE), deny=("open settings",))
    assert (await step.run(other.complete_answer, given)).answer.outcome is Outcome.DENIED
