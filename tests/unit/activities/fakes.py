"""Ports in memory, for unit tests of the steps."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from domain.bots.bot import Bot
from domain.bots.errors import BotNotFoundError
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import Failure
from domain.identity.principal import Reader
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import ArtifactMissingError
from domain.knowledge.ingest import Ingest, IngestStage, IngestState, Progress
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion, SourceArtifact
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef
from domain.questions.follow_up import PastTurn
from domain.search.retrieval import (
    LegScores,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchQuery,
    SearchResult,
    SearchWarning,
)

TENANT, DATASET, BOT, GENERATION = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class MemoryObjectStore:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: list[str] = []

    async def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content
        self.written.append(key)

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        await self.put(key, await asyncio.to_thread(path.read_bytes))

    async def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise ArtifactMissingError("There is no such object.", key=key)
        return self.objects[key]

    async def get_file(self, key: str, path: Path) -> None:
        await asyncio.to_thread(path.write_bytes, await self.get(key))

    async def size(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)

    async def list(self, prefix: str) -> AsyncIterator[str]:
        for key in sorted(self.objects):
            if key.startswith(prefix):
                yield key

    def uri(self, key: str) -> str:
        return f"memory://{key}"


class MemoryIngests:
    """Keeps every report; nothing is ever unchanged."""

    def __init__(self) -> None:
        self.reports: list[tuple[Progress, dict[str, str]]] = []
        self.settled: list[tuple[UUID, IngestState, Failure | None]] = []
        self.registered: list[DocumentVersion] = []

    async def register(self, version: DocumentVersion) -> Ingest:
        self.registered.append(version)
        return ingest_of(version, number=len(self.registered))

    async def get(self, tenant_id: UUID, version_id: UUID, reader: Reader | None = None) -> Ingest | None:
        return None

    async def list(
        self,
        tenant_id: UUID,
        reader: Reader | None,
        *,
        dataset_id: UUID | None = None,
        state: IngestState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[Ingest, ...]:
        return ()

    async def advance(
        self, tenant_id: UUID, version_id: UUID, progress: Progress, artifacts: Mapping[str, str]
    ) -> None:
        self.reports.append((progress, dict(artifacts)))

    async def settle(self, tenant_id: UUID, version_id: UUID, state: IngestState, failure: Failure | None) -> Ingest:
        self.settled.append((version_id, state, failure))
        return ingest_of(version_of(b""), state=state)


class HashedEmbedder:
    """Vectors of four numbers that depend on the text alone."""

    model = "hashed-4"
    dimension = 4

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return (1.0, 0.0, 0.0, 0.0)

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        self.embedded.extend(texts)
        return b"".join(hashlib.sha256(text.encode()).digest()[:16] for text in texts)


class ListedIndex:
    """Finds what it was given."""

    def __init__(self, *found: RetrievedPassage) -> None:
        self.found = found
        self.warnings: tuple[SearchWarning, ...] = ()
        self.searches: list[tuple[SearchQuery, SearchFilters, int]] = []
        self.published: list[Publication] = []
        self.tended: list[UUID] = []

    async def tend(self, tenant_id: UUID, generation_id: UUID) -> None:
        self.tended.append(generation_id)

    async def ingest(self, publication: Publication) -> PublishReceipt:
        self.published.append(publication)
        passages = publication.passages
        return PublishReceipt(
            generation_id=GENERATION,
            passages=len(passages.passages),
            spans=passages.span_count,
            replaced_version_id=None,
        )

    async def search(self, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
        self.searches.append((query, filters, top_k))
        return SearchResult(
            passages=self.found,
            mode=SearchMode.HYBRID,
            generation_id=GENERATION if self.found else None,
            model="hashed-4" if self.found else None,
            warnings=self.warnings,
        )


class MemoryTexts:
    def __init__(self, texts: Mapping[UUID, str]) -> None:
        self.texts = dict(texts)
        self.queries: list[list[UUID]] = []

    async def passage_texts(self, tenant_id: UUID, passage_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        self.queries.append(list(passage_ids))
        return {wanted: self.texts[wanted] for wanted in passage_ids if wanted in self.texts}


class MemoryBots:
    def __init__(self, *bots: Bot) -> None:
        self._bots = {(bot.tenant_id, bot.bot_id): bot for bot in bots}

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        if (tenant_id, bot_id) not in self._bots:
            raise BotNotFoundError("There is no such bot.")
        return self._bots[tenant_id, bot_id]

    async def default(self, tenant_id: UUID) -> Bot:
        return next(bot for bot in self._bots.values() if bot.tenant_id == tenant_id)


class ListedTurns:
    """The turns before a question; ``read`` counts how often somebody looked."""

    def __init__(self, *past: PastTurn) -> None:
        self._past = past
        self.read = 0

    async def questions_before(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str, through: int, limit: int
    ) -> tuple[PastTurn, ...]:
        self.read += 1
        return tuple(turn for turn in self._past if turn.sequence <= through)[:limit]


class ListedPacks:
    def __init__(self, *packs: PackSummary, tools: tuple[ToolDef, ...] = ()) -> None:
        self._packs = packs
        self._tools = tools
        self.noticed: set[str] = set()

    def notice(self, pack_ids: Iterable[str]) -> None:
        self.noticed.update(pack_ids)

    def missing(self) -> tuple[str, ...]:
        return tuple(sorted(self.noticed - {pack.pack_id for pack in self.summaries()}))

    def summaries(self) -> tuple[PackSummary, ...]:
        return self._packs

    def tools(self) -> tuple[ToolDef, ...]:
        return self._tools


class MemoryTurns:
    def __init__(self) -> None:
        self.rows: dict[str, RecordedTurn] = {}

    async def find(self, tenant_id: UUID, turn_id: str, *, of_principal: str | None = None) -> RecordedTurn | None:
        return self.rows.get(turn_id)

    async def is_recorded(self, tenant_id: UUID, turn_id: str) -> bool:
        return turn_id in self.rows

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        return self.rows.setdefault(turn.turn_id, turn)


def bot_of(*pack_ids: str, deny: tuple[str, ...] = ()) -> Bot:
    datasets = tuple(
        Dataset(dataset_id=uuid5(DATASET, pack_id), tenant_id=TENANT, pack_id=pack_id, name=pack_id)
        for pack_id in pack_ids
    )
    return Bot(bot_id=BOT, tenant_id=TENANT, name="Bot", version=7, datasets=datasets, deny_patterns=deny)


def pack_of(pack_id: str, *keywords: str) -> PackSummary:
    return PackSummary(
        pack_id=pack_id,
        display_name=pack_id,
        description=pack_id,
        routing_keywords=keywords,
        digest=f"digest-of-{pack_id}",
    )


def version_of(content: bytes, *, name: str = "keys.md", title: str | None = None) -> DocumentVersion:
    sha256 = hashlib.sha256(content).hexdigest()
    return DocumentVersion(
        tenant_id=TENANT,
        dataset_id=DATASET,
        document_id=UUID(int=5),
        version_id=UUID(int=6),
        external_key=name,
        title=title,
        artifact=SourceArtifact(
            key=f"{TENANT}/{sha256}/source", sha256=sha256, size_bytes=len(content), media_type="text/markdown"
        ),
        submitted_at=NOON,
        submitted_by="ada",
    )


def ingest_of(version: DocumentVersion, *, number: int = 1, state: IngestState = IngestState.QUEUED) -> Ingest:
    progress = Progress(stage=IngestStage.REGISTER, done=0, total=1)
    return Ingest(version=version, version_number=number, state=state, progress=progress, updated_at=NOON)


def passage_of(text: str, number: int = 1, *, dense: float | None = 0.6, title: str = "Keys") -> RetrievedPassage:
    return RetrievedPassage(
        passage_id=UUID(int=100 + number),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        document_id=UUID(int=5),
        version_id=UUID(int=6),
        dataset_id=DATASET,
        pack_id="support",
        title=title,
        url=None,
        source="keys.md",
        section_heading="Rotate",
        start=0,
        end=len(text),
        span_start=0,
        span_end=len(text),
        scores=LegScores(dense=dense, lexical=1.5, fused=0.8),
    )
