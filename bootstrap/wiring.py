"""The composition root: which adapter stands behind which port, for each kind of process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.worker import Interceptor

from activities.acquisition import AcquisitionActivities
from activities.admission import Admissions
from activities.answer_completer import AnswerCompleter
from activities.answering import AnsweringActivities
from activities.chunking import ChunkingActivities
from activities.conversation import ConversationActivities
from activities.embedding import EmbeddingActivities
from activities.indexing import IndexingActivities
from activities.long_steps import LongSteps
from activities.parsing import ParsingActivities
from activities.passage_cache import PassageTextCache
from activities.passage_finder import PassageFinder
from activities.passage_guard import DeniedPassages, PassageGuard
from activities.passage_screening import PassageScreen
from activities.question_reader import QuestionReader
from activities.registration import RegistrationActivities
from activities.removal import RemovalActivities
from activities.retrieval import RetrievalActivities
from activities.searching import SearchingActivities
from activities.sweeping import SweepingActivities
from activities.tools import ToolActivities
from activities.tuning import TuningActivities
from adapters.object_store import MinioObjectStore
from adapters.pack_catalog import InstalledPacks
from adapters.parsers.isolated import IsolatedParser
from adapters.personal_data import NumberingPlanDetector
from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.bots import PostgresBots
from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.feedback import PostgresFeedback
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.passage_index import PostgresPassageIndex
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.sweeping import PostgresSweep
from adapters.postgres.tenants import PostgresTenants
from adapters.postgres.turns import PostgresTurns
from adapters.temporal.client import connect
from adapters.temporal.error_translation import ErrorTranslation
from adapters.temporal.history import recorded_events
from adapters.temporal.signing import SignatureCheck, SignedStarts
from adapters.temporal.workflow_runs import TemporalWorkflowRuns
from bootstrap.confinement import required_layers
from bootstrap.embedders import open_embedder
from bootstrap.retrieval import open_finder
from bootstrap.settings import Settings
from bootstrap.text_steps import TEXT_PROCESS, open_completion, open_reading, open_text_processes
from bootstrap.tools import open_tools
from domain.audit.projection import RecordedEvent
from domain.bots.ports import BotLookup
from domain.conversations.ports import PastQuestions, TurnRepository
from domain.limits.text_work import InlineTextWork, TextWork
from domain.search.reranking import RerankerKind


@dataclass(frozen=True)
class Services:
    """What the API needs."""

    settings: Settings
    database: Database
    api_keys: PostgresApiKeys
    bots: PostgresBots
    policies: PostgresPolicies
    tenants: PostgresTenants
    datasets: PostgresDatasets
    turns: PostgresTurns
    conversations: PostgresConversations
    ingests: PostgresIngests
    documents: PostgresDocuments
    object_store: MinioObjectStore
    passage_texts: PostgresPassageTexts
    feedback: PostgresFeedback
    packs: InstalledPacks
    detector: NumberingPlanDetector
    temporal: Client
    read_history: Callable[[str], Awaitable[list[RecordedEvent]]]


@dataclass(frozen=True)
class WorkerSteps:
    """What a worker serves its workflows with."""

    client: Client
    activities: Sequence[Callable[..., Any]]
    interceptors: Sequence[Interceptor]


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
    answering = AnsweringActivities(
        QuestionReader(
            parts.bots,
            parts.packs,
            open_reading(parts.admissions),
            RerankerKind(settings.reranker),
            settings.smallest_count,
            parts.conversations,
            parts.text,
        ),
        retrieval,
        AnswerCompleter(
            open_completion(parts.admissions), parts.texts, parts.bots, parts.admissions, parts.screen, parts.text
        ),
    )
    return (
        answering.answer_question,
        answering.complete_answer,
        retrieval.rerank_passages,
        parts.tools.execute_tool,
        ConversationActivities(parts.turns).record_turn,
    )


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the API's side of every outside system. None has to answer yet: the API itself says what does not."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        temporal = await open_temporal(settings, lazy=True)
        yield Services(
            settings=settings,
            database=database,
            api_keys=PostgresApiKeys(database),
            bots=PostgresBots(database),
            policies=PostgresPolicies(database),
            tenants=PostgresTenants(database),
            datasets=PostgresDatasets(database),
            turns=PostgresTurns(database),
            conversations=PostgresConversations(database),
            ingests=PostgresIngests(database),
            documents=PostgresDocuments(database),
            object_store=open_object_store(settings),
            passage_texts=PostgresPassageTexts(database),
            feedback=PostgresFeedback(database),
            packs=InstalledPacks(),
            detector=NumberingPlanDetector(),
            temporal=temporal,
            read_history=partial(recorded_events, temporal),
        )


@asynccontextmanager
async def open_chat_steps(settings: Settings, text_process: str = TEXT_PROCESS) -> AsyncIterator[WorkerSteps]:
    """Open what answering needs; ``text_process`` is the module of the processes that read texts. Raises
    WorkflowServiceUnavailableError when Temporal does not answer."""
    async with AsyncExitStack() as stack:
        # First, for they load while the rest is opened.
        text = await stack.enter_async_context(open_text_processes(text_process))
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
            text=text,
        )
        await text.started()
        yield WorkerSteps(
            client=await open_temporal(settings),
            activities=(*turn_steps(settings, turns), searching_steps(settings, turns).search_passages),
            interceptors=step_interceptors(settings),
        )


@asynccontextmanager
async def open_ingest_steps(settings: Settings) -> AsyncIterator[WorkerSteps]:
    """Open what ingesting needs. Raises WorkflowServiceUnavailableError when Temporal does not answer."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        parser = await stack.enter_async_context(IsolatedParser(required=required_layers(settings)))
        embedder = await stack.enter_async_context(open_embedder(settings, for_bulk=True))
        store = open_object_store(settings)
        ingests = PostgresIngests(database)
        registration = RegistrationActivities(ingests)
        steps = LongSteps()
        indexing = IndexingActivities(store, PostgresPassageIndex(database), ingests, steps)
        tuning = TuningActivities(PostgresFeedback(database))
        client = await open_temporal(settings)
        yield WorkerSteps(
            client=client,
            activities=(
                registration.register_version,
                registration.settle_version,
                RemovalActivities(PostgresDocuments(database)).remove_document,
                AcquisitionActivities(store, ingests).acquire_document,
                ParsingActivities(store, parser, ingests, steps).parse_document,
                ChunkingActivities(store, parser, ingests, steps).chunk_document,
                EmbeddingActivities(store, embedder, ingests, steps, _batches_at_once(settings)).embed_spans,
                indexing.publish_version,
                indexing.remove_temporary_artifacts,
                tuning.learn_from_feedback,
                tuning.activate_tuning,
                *_sweeping(SweepingActivities(store, PostgresSweep(database), ingests, TemporalWorkflowRuns(client))),
            ),
            interceptors=step_interceptors(settings),
        )


def _batches_at_once(settings: Settings) -> int:
    """A service embeds several batches at a time; a model here computes one, and has the next in hand."""
    return 8 if settings.embedder == "openai" else 2


def step_interceptors(settings: Settings) -> tuple[Interceptor, ...]:
    """The outermost first: a refused step is told like any other error. Without a key nothing is checked."""
    keys = settings.signing_keys
    return (ErrorTranslation(), SignatureCheck(keys)) if keys else (ErrorTranslation(),)


def _sweeping(sweeping: SweepingActivities) -> tuple[Callable[..., Any], ...]:
    return (
        sweeping.find_unfinished_ingests,
        sweeping.sweep_interrupted_ingests,
        sweeping.sweep_rows,
        sweeping.sweep_objects,
    )


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    connection = settings.database
    database = Database(connection.url.get_secret_value(), pool_size=connection.pool_size)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def open_object_store(settings: Settings) -> MinioObjectStore:
    connection = settings.object_store
    return MinioObjectStore(
        endpoint=connection.endpoint,
        access_key=connection.access_key.get_secret_value(),
        secret_key=connection.secret_key.get_secret_value(),
        bucket=connection.bucket,
        secure=connection.secure,
        region=connection.region,
    )


async def open_temporal(settings: Settings, *, lazy: bool = False) -> Client:
    connection = settings.temporal
    return await connect(
        connection.address,
        connection.namespace,
        api_key=connection.api_key.get_secret_value() if connection.api_key else None,
        tls=connection.tls,
        lazy=lazy,
        interceptors=[SignedStarts(settings.signing_keys)] if settings.signing_keys else [],
    )
