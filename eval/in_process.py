"""Golden cases put to the real workflow in this process: no HTTP, no database, no object store.

The packs' documents are parsed, cut and embedded as ever, into the index in memory; the steps are the product's own;
Temporal is its time-skipping test server. Tools that query tables find none and say so.
"""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment

from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import PassageFinder
from activities.search.reranking import Rerankers
from adapters.packs.catalog import InstalledPack, InstalledPacks
from adapters.parsers.registry import ParserRegistry
from adapters.search.memory_index import MemoryIndex
from adapters.temporal.error_translation import ErrorTranslation
from adapters.temporal.history import recorded_events
from api.gateways.turns import TurnGateway
from bootstrap.demo import BOT_ID, TENANT_ID, demo_bot, demo_datasets
from bootstrap.errors import ConfigurationError
from bootstrap.settings import Settings
from bootstrap.temporal_setup import typed_attributes
from bootstrap.wiring.chat_steps import TurnParts, turn_steps
from bootstrap.wiring.embedders import open_embedder
from bootstrap.wiring.tools import open_tools
from domain.audit.projection import project
from domain.audit.search_attributes import SEARCH_ATTRIBUTES
from domain.bots.bot import Bot
from domain.bots.errors import BotNotFoundError
from domain.conversations.conversation import conversation_id_for
from domain.conversations.turn import RecordedTurn, TurnRequest, fingerprint
from domain.identity.principal import Principal
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.dataset import Dataset
from domain.knowledge.passage import PassageSet
from domain.knowledge.publication import Publication
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for
from domain.packs.pack import PackDocument
from domain.questions.follow_up import PastTurn
from domain.search.ports import Embedder
from eval.golden import ASKERS, GoldenCase
from eval.replies import NoAuditError, Reply, Unanswered, reply_from
from workers.runtime import WorkerPlan, build_worker
from workflows.chat_turn import ChatTurnWorkflow
from workflows.ids import CHAT_QUEUE, turn_workflow_id

_MEDIA_TYPE: Final = "text/markdown"


@dataclass
class OneBot:
    """The demo tenant's bot. Implements BotLookup."""

    bot: Bot

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        if (tenant_id, bot_id) != (self.bot.tenant_id, self.bot.bot_id):
            raise BotNotFoundError("There is no such bot.")
        return self.bot

    async def default(self, tenant_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        return await self.get(tenant_id, self.bot.bot_id)


@dataclass
class TurnsInMemory:
    """Implements TurnRepository and PastQuestions. A conversation's turns come one after another."""

    turns: dict[tuple[UUID, str], RecordedTurn] = field(default_factory=dict)
    said: dict[UUID, list[TurnRequest]] = field(default_factory=dict)

    async def find(self, tenant_id: UUID, turn_id: str, *, of_principal: str | None = None) -> RecordedTurn | None:
        found = self.turns.get((tenant_id, turn_id))
        return found if found and of_principal in (None, found.principal_id) else None

    async def is_recorded(self, tenant_id: UUID, turn_id: str) -> bool:
        return (tenant_id, turn_id) in self.turns

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        if (request.tenant_id, turn.turn_id) not in self.turns:
            self.said.setdefault(request.conversation_id, []).append(request)
        return self.turns.setdefault((request.tenant_id, turn.turn_id), turn)

    async def questions_before(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str, through: int, limit: int
    ) -> tuple[PastTurn, ...]:
        past = [
            self._past(2 * number + 1, request)
            for number, request in enumerate(self.said.get(conversation_id, ()))
            if (request.tenant_id, request.principal.id) == (tenant_id, of_principal) and 2 * number + 1 <= through
        ]
        return tuple(reversed(past))[:limit]

    def _past(self, sequence: int, request: TurnRequest) -> PastTurn:
        answer = self.turns[request.tenant_id, request.turn_id].answer
        return PastTurn(
            sequence=sequence,
            turn_id=request.turn_id,
            question=answer.meta.understood_as or request.message,
            outcome=answer.outcome,
            intents=answer.meta.intents,
        )


class InProcessTarget:
    """Implements GoldenTarget."""

    name = "the workflow in this process, with an index in memory"
    has_tables = False

    def __init__(self, client: Client) -> None:
        self._client = client
        self._gateway = TurnGateway(client, lambda workflow_id: recorded_events(client, workflow_id))

    async def ask(self, case: GoldenCase) -> Reply | Unanswered:
        """Every case is a conversation of its own."""
        conversation_id = conversation_id_for(TENANT_ID, uuid4().hex)
        for number, message in enumerate(case.conversation):
            await self._turn(_request(case, message, conversation_id, said=number))
        request = _request(case, case.question, conversation_id, said=len(case.conversation))
        turn = await self._turn(request)
        if turn.answer.failure is not None:
            return Unanswered(why=str(turn.answer.failure), trace_id=turn.turn_id)
        history = await recorded_events(self._client, turn_workflow_id(TENANT_ID, turn.turn_id))
        try:
            return reply_from(turn.answer, turn.answer.text, project(turn.turn_id, history))
        except NoAuditError as error:
            return Unanswered(why=str(error), trace_id=turn.turn_id)

    async def _turn(self, request: TurnRequest) -> RecordedTurn:
        await self._gateway.start(request)
        workflow_id = turn_workflow_id(request.tenant_id, request.turn_id)
        # By its id alone: whether mypy infers a typed handle depends on the order in which it reads files.
        handle: WorkflowHandle[Any, RecordedTurn] = self._client.get_workflow_handle(
            workflow_id, result_type=RecordedTurn
        )
        return await handle.result()


def _request(case: GoldenCase, message: str, conversation_id: UUID, *, said: int) -> TurnRequest:
    asker = ASKERS[case.asker]
    return TurnRequest(
        tenant_id=TENANT_ID,
        turn_id=uuid4().hex,
        conversation_id=conversation_id,
        principal=Principal(
            tenant_id=TENANT_ID,
            kind="api_key",
            id=asker.name,
            name=asker.name,
            audience=asker.audience,
            roles=asker.roles,
        ),
        channel="api",
        bot_id=BOT_ID,
        message=message,
        pack_hint=case.pack_hint if message == case.question else None,
        request_sha256=fingerprint({"message": message}),
        received_at=datetime.now(UTC),
        # Each turn before has a message of its user and one of the assistant.
        history_through=2 * said,
    )


@asynccontextmanager
async def in_process_target(settings: Settings) -> AsyncIterator[InProcessTarget]:
    """Index the packs' documents and serve turns. Everything is gone afterwards."""
    # Nothing of the installation's own: a database of its settings would be asked for figures.
    settings = settings.model_copy(update={"database_url": None, "database_reader_url": None, "reranker": "none"})
    packs = InstalledPacks()
    datasets = demo_datasets(packs.installed())
    async with (
        open_embedder(settings, for_bulk=True) as embedder,
        open_tools(settings, packs) as tools,
        time_skipping_temporal() as client,
    ):
        index = await _indexed(packs.installed(), datasets, embedder)
        texts = PassageTextCache(index)
        turns = TurnsInMemory()
        parts = TurnParts(
            bots=OneBot(demo_bot(datasets)),
            turns=turns,
            conversations=turns,
            packs=packs,
            finder=PassageFinder(embedder, index, texts, Rerankers()),
            texts=texts,
            tools=tools,
        )
        plan = WorkerPlan(CHAT_QUEUE, [ChatTurnWorkflow], turn_steps(settings, parts))
        async with build_worker(client, plan, (ErrorTranslation(),)):
            yield InProcessTarget(client)


@asynccontextmanager
async def time_skipping_temporal() -> AsyncIterator[Client]:
    """A client of Temporal's test server, which is gone afterwards. Raises ConfigurationError where it is not
    installed."""
    program = Path(sys.executable).parent / "temporal-test-server"
    if not program.is_file():
        raise ConfigurationError("Temporal's test server is not installed. Run `make setup-dev`, then ask again.")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program), data_converter=pydantic_data_converter, runtime=_quiet()
    ) as environment:
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace, search_attributes=typed_attributes(SEARCH_ATTRIBUTES)
            )
        )
        yield environment.client


def _quiet() -> Runtime:
    """The test server lacks what the core warns of at every start; nobody here needs that."""
    errors = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    return Runtime(telemetry=TelemetryConfig(logging=errors))


async def _indexed(packs: Sequence[InstalledPack], datasets: Sequence[Dataset], embedder: Embedder) -> MemoryIndex:
    index = MemoryIndex({dataset.dataset_id: dataset.pack_id for dataset in datasets})
    by_pack = {dataset.pack_id: dataset for dataset in datasets}
    parsers = ParserRegistry()
    cut: list[tuple[DocumentVersion, PassageSet]] = []
    for document in (each for pack in packs for each in pack.documents()):
        parsed = await asyncio.to_thread(parsers.parse, document.path, _MEDIA_TYPE, document.path.name)
        cut.append((_version(document, by_pack[document.pack_id]), chunk(parsed, ChunkOptions())))
    vectors = await embedder.embed_spans(
        [span.text for _, found in cut for passage in found.passages for span in passage.spans]
    )
    size, start = 4 * embedder.dimension, 0
    for version, found in cut:
        end = start + found.span_count * size
        await index.ingest(
            Publication(
                version=version,
                passages=found,
                model=embedder.model,
                dimension=embedder.dimension,
                embeddings=vectors[start:end],
            )
        )
        start = end
    return index


def _version(document: PackDocument, dataset: Dataset) -> DocumentVersion:
    content = document.path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return DocumentVersion(
        tenant_id=TENANT_ID,
        dataset_id=dataset.dataset_id,
        document_id=document_id_for(TENANT_ID, dataset.dataset_id, document.name),
        version_id=uuid4(),
        external_key=document.name,
        url=document.url,
        visibility=document.visibility,
        artifact=SourceArtifact(
            key=f"{TENANT_ID}/{sha256}/source", sha256=sha256, size_bytes=len(content), media_type=_MEDIA_TYPE
        ),
        submitted_at=datetime.now(UTC),
        submitted_by="eval",
    )
