"""Questions put to the real ChatTurnWorkflow in this process, over the index of a shelf.

The steps are those of a chat worker; Temporal is its time-skipping test server. Tools that query tables find none.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from temporalio.client import Client, WorkflowHandle

from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import FindOptions, PassageFinder
from activities.search.reranking import Rerankers
from adapters.packs.catalog import ENTRY_POINTS, InstalledPacks
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.temporal.error_translation import ErrorTranslation
from adapters.temporal.history import recorded_events
from api.gateways.turns import TurnGateway
from bootstrap.demo import TENANT_ID
from bootstrap.settings import Settings
from bootstrap.wiring.chat_steps import TurnParts, turn_steps
from bootstrap.wiring.tools import open_tools
from domain.audit.envelope import AuditKind
from domain.audit.projection import project
from domain.bots.bot import Bot
from domain.bots.errors import BotNotFoundError
from domain.conversations.conversation import conversation_id_for
from domain.conversations.turn import RecordedTurn, TurnRequest, fingerprint
from domain.identity.principal import Principal
from domain.knowledge.dataset import Dataset
from domain.search.ports import Embedder
from domain.search.retrieval import SearchFilters
from eval.answers.judge import GivenAnswer, Source
from eval.answers.shelf import Shelf
from eval.golden import ASKERS
from eval.in_process import TurnsInMemory, time_skipping_temporal
from workers.runtime import WorkerPlan, build_worker
from workflows.chat_turn import ChatTurnWorkflow
from workflows.ids import CHAT_QUEUE, turn_workflow_id

_OWN_PACKS: Final = ("HANDBOOKS", "PROJECT", "LANGUAGES", "CASES")


@dataclass
class BotsInMemory:
    """Implements BotLookup."""

    bots: dict[UUID, Bot] = field(default_factory=dict)

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        bot = self.bots.get(bot_id)
        if bot is None or bot.tenant_id != tenant_id:
            raise BotNotFoundError("There is no such bot.")
        return bot

    async def default(self, tenant_id: UUID) -> Bot:
        """Raises BotNotFoundError."""
        return await self.get(tenant_id, next(iter(self.bots)))


class Assistants:
    """One bot for each name, over the datasets it was given."""

    def __init__(self, client: Client, bots: BotsInMemory, finder: PassageFinder, texts: PassageTextCache) -> None:
        self._client = client
        self._bots = bots
        self._gateway = TurnGateway(client, lambda workflow_id: recorded_events(client, workflow_id))
        self._finder = finder
        self._texts = texts

    def add(self, name: str, datasets: Sequence[Dataset]) -> UUID:
        """Return the id of the bot."""
        bot_id = uuid5(TENANT_ID, f"answers/bot/{name}")
        self._bots.bots[bot_id] = Bot(
            bot_id=bot_id, tenant_id=TENANT_ID, name=name, version=1, datasets=tuple(datasets), is_default=True
        )
        return bot_id

    async def ask(self, bot_id: UUID, message: str, conversation_id: UUID | None = None, said: int = 0) -> GivenAnswer:
        """``said``: how many messages of the asker there were before in the conversation."""
        request = _request(bot_id, message, conversation_id or new_conversation(), said)
        began = time.perf_counter()
        await self._gateway.start(request)
        workflow_id = turn_workflow_id(request.tenant_id, request.turn_id)
        handle: WorkflowHandle[Any, RecordedTurn] = self._client.get_workflow_handle(
            workflow_id, result_type=RecordedTurn
        )
        answer = (await handle.result()).answer
        seconds = time.perf_counter() - began
        retrieval = answer.meta.retrieval
        return GivenAnswer(
            outcome=answer.outcome,
            text=answer.text,
            sources=tuple(Source(name=one.source, heading=one.section_heading) for one in answer.citations),
            confidence=answer.meta.confidence,
            passages=retrieval.passages if retrieval else 0,
            seconds=seconds,
            composing_ms=await self._composing_ms(request.turn_id, workflow_id),
            warnings=tuple(one.code for one in answer.warnings),
            intents=tuple(answer.meta.intents),
        )

    async def search(self, dataset: Dataset, query: str, top_k: int) -> str:
        """The texts found, best first."""
        filters = SearchFilters(
            tenant_id=TENANT_ID, dataset_ids=(dataset.dataset_id,), visibilities=("external", "internal")
        )
        found = await self._finder.find(query, filters, FindOptions(top_k=top_k))
        texts = await self._texts.texts(TENANT_ID, found.passages)
        return "\n".join(texts[one.passage_id] for one in found.passages if one.passage_id in texts)

    async def _composing_ms(self, turn_id: str, workflow_id: str) -> float | None:
        for event in project(turn_id, await recorded_events(self._client, workflow_id)):
            duration = event.data.get("duration_ms")
            if event.kind == AuditKind.ANSWER_COMPOSED and isinstance(duration, int | float):
                return float(duration)
        return None


def new_conversation() -> UUID:
    return conversation_id_for(TENANT_ID, uuid4().hex)


def _request(bot_id: UUID, message: str, conversation_id: UUID, said: int) -> TurnRequest:
    asker = ASKERS["staff"]
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
        bot_id=bot_id,
        message=message,
        request_sha256=fingerprint({"message": message}),
        received_at=datetime.now(UTC),
        # Each turn before has a message of its user and one of the assistant.
        history_through=2 * said,
    )


@asynccontextmanager
async def open_assistants(settings: Settings, shelf: Shelf, embedder: Embedder) -> AsyncIterator[Assistants]:
    """Serve turns over the shelf."""
    # Nothing of the installation's own: a database of its settings would be asked for figures.
    settings = settings.model_copy(update={"database_url": None, "database_reader_url": None, "reranker": "none"})
    own = tuple(EntryPoint(name.lower(), f"eval.answers.packs:{name}", ENTRY_POINTS) for name in _OWN_PACKS)
    packs = InstalledPacks(announced=own)
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(open_tools(settings, packs))
        client = await stack.enter_async_context(time_skipping_temporal())
        bots, turns = BotsInMemory(), TurnsInMemory()
        texts = PassageTextCache(PostgresPassageTexts(shelf.database))
        finder = PassageFinder(embedder, shelf.index, texts, Rerankers())
        parts = TurnParts(
            bots=bots,
            turns=turns,
            conversations=turns,
            packs=packs,
            finder=finder,
            texts=texts,
            tools=tools,
            documents=PostgresDocuments(shelf.database),
        )
        plan = WorkerPlan(CHAT_QUEUE, [ChatTurnWorkflow], turn_steps(settings, parts))
        await stack.enter_async_context(build_worker(client, plan, (ErrorTranslation(),)))
        yield Assistants(client, bots, finder, texts)
