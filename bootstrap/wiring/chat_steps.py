"""What a chat worker serves turns and searches with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from activities.admission import Admissions
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import PassageFinder
from activities.search.passage_guard import DeniedPassages, PassageGuard
from activities.search.passage_screening import PassageScreen
from activities.search.searching import SearchingActivities
from activities.turns.answer_completer import AnswerCompleter
from activities.turns.answer_steps import AnswerActivities
from activities.turns.answering import AnsweringActivities
from activities.turns.question_reader import QuestionReader
from activities.turns.recording import ConversationActivities
from activities.turns.retrieval import RetrievalActivities
from activities.turns.tools import ToolActivities
from adapters.packs.catalog import InstalledPacks
from adapters.personal_data import NumberingPlanDetector
from adapters.postgres.bots import PostgresBots
from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.postgres.turns import PostgresTurns
from adapters.search.spelling import english_words
from bootstrap.settings import Settings
from bootstrap.wiring.clients import WorkerSteps, open_database, open_temporal, step_interceptors
from bootstrap.wiring.embedders import open_embedder
from bootstrap.wiring.search import open_finder
from bootstrap.wiring.text_steps import TEXT_PROCESS, open_completion, open_reading, open_text_processes
from bootstrap.wiring.tools import open_tools
from domain.bots.ports import BotLookup
from domain.conversations.ports import PastQuestions, TurnRepository
from domain.knowledge.ports import DocumentTitles
from domain.limits.text_work import InlineTextWork, TextWork
from domain.search.reranking import RerankerKind


@dataclass(frozen=True)
class TurnParts:
    """What turns are answered with."""

    bots: BotLookup
    turns: TurnRepository
    conversations: PastQuestions
    packs: InstalledPacks
    finder: PassageFinder
    texts: PassageTextCache
    tools: ToolActivities
    documents: DocumentTitles | None = None
    """Without it, who asks for the documents is told of none."""
    screen: PassageScreen = field(default_factory=PassageScreen)
    admissions: Admissions = field(default_factory=Admissions)
    text: TextWork = field(default_factory=InlineTextWork)


def searching_steps(settings: Settings, parts: TurnParts) -> SearchingActivities:
    """The step of a search, which shows what a turn would."""
    guard = PassageGuard(parts.screen, parts.admissions, NumberingPlanDetector())
    reranker = RerankerKind(settings.reranker)
    return SearchingActivities(parts.finder, parts.texts, parts.bots, parts.packs, parts.admissions, guard, reranker)


def turn_steps(settings: Settings, parts: TurnParts) -> tuple[Callable[..., Any], ...]:
    """The steps of a turn: the same for workers and for whoever else runs turns."""
    retrieval = RetrievalActivities(parts.finder, DeniedPassages(parts.texts, parts.admissions))
    reader = QuestionReader(
        parts.bots,
        parts.packs,
        open_reading(parts.admissions),
        RerankerKind(settings.reranker),
        settings.smallest_count,
        parts.conversations,
        parts.text,
    )
    completer = AnswerCompleter(
        open_completion(parts.admissions),
        parts.texts,
        parts.bots,
        parts.admissions,
        parts.documents,
        parts.screen,
        parts.text,
    )
    answer, former = AnswerActivities(completer), AnsweringActivities(reader, retrieval, completer)
    return (
        reader.understand_question,
        retrieval.retrieve_passages,
        retrieval.rerank_passages,
        parts.tools.execute_tool,
        answer.compose_answer,
        answer.redact_answer,
        ConversationActivities(parts.turns).record_turn,
        former.answer_question,
        former.complete_answer,
    )


@asynccontextmanager
async def open_chat_steps(settings: Settings, text_process: str = TEXT_PROCESS) -> AsyncIterator[WorkerSteps]:
    """Open what answering needs; ``text_process`` is the module of the processes that read texts. Raises
    WorkflowServiceUnavailableError when Temporal does not answer."""
    async with AsyncExitStack() as stack:
        # First, for they load while the rest is opened.
        text = await stack.enter_async_context(open_text_processes(text_process))
        words = asyncio.get_running_loop().run_in_executor(None, english_words)
        database = await stack.enter_async_context(open_database(settings))
        embedder = await stack.enter_async_context(open_embedder(settings, for_bulk=False))
        cache = PassageTextCache(PostgresPassageTexts(database))
        finder = await stack.enter_async_context(open_finder(settings, database, embedder, cache))
        packs = InstalledPacks()
        turns = TurnParts(
            bots=PostgresBots(database),
            turns=PostgresTurns(database),
            conversations=PostgresConversations(database),
            packs=packs,
            finder=finder,
            texts=cache,
            tools=await stack.enter_async_context(open_tools(settings, packs)),
            documents=PostgresDocuments(database),
            text=text,
        )
        await asyncio.gather(text.started(), words)
        yield WorkerSteps(
            client=await open_temporal(settings),
            activities=(*turn_steps(settings, turns), searching_steps(settings, turns).search_passages),
            interceptors=step_interceptors(settings),
        )
