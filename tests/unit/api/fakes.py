"""Fakes of the ports behind the HTTP edge, in memory and per tenant."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from api.services import RunningTurn
from api.turns import conflict
from domain.access import Principal, Scope
from domain.answer import Answer, AnswerMeta, Citation, Intent, Outcome
from domain.audit import RecordedEvent
from domain.bot import Bot, Dataset, PackSummary
from domain.conversation import Conversation, RecordedTurn, TurnRequest
from domain.document import DocumentVersion, Ingest, IngestStage, IngestState, Progress
from domain.errors import (
    AnswerableError,
    BotNotFoundError,
    DatasetNotFoundError,
    Failure,
    SessionNotFoundError,
)

NOW = datetime(2025, 1, 31, 9, 30, tzinfo=UTC)
SECRET = "s" * 43


def key_text(tenant_id: UUID, prefix: str, secret: str = SECRET) -> str:
    return f"ans_{tenant_id.hex}_{prefix}_{secret}"


class Keys:
    def __init__(self) -> None:
        self.principals: dict[tuple[UUID, str, str], Principal] = {}
        self.failure: AnswerableError | None = None

    def add(self, principal: Principal, prefix: str) -> str:
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self.principals[principal.tenant_id, prefix, digest] = principal
        return key_text(principal.tenant_id, prefix)

    async def authenticate(self, tenant_id: UUID, prefix: str, secret_sha256: str) -> Principal | None:
        if self.failure:
            raise self.failure
        return self.principals.get((tenant_id, prefix, secret_sha256))


class Bots:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        if (tenant_id, bot_id) != (self._bot.tenant_id, self._bot.bot_id):
            raise BotNotFoundError("There is no such bot.", bot_id=str(bot_id))
        return self._bot

    async def default(self, tenant_id: UUID) -> Bot:
        return await self.get(tenant_id, self._bot.bot_id)


class Datasets:
    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.failure: Exception | None = None

    async def get(self, tenant_id: UUID, dataset_id: UUID) -> Dataset:
        if (tenant_id, dataset_id) != (self._dataset.tenant_id, self._dataset.dataset_id):
            raise DatasetNotFoundError("There is no such dataset.", dataset_id=str(dataset_id))
        return self._dataset

    async def list(self, tenant_id: UUID) -> tuple[Dataset, ...]:
        if self.failure:
            raise self.failure
        return (self._dataset,) if tenant_id == self._dataset.tenant_id else ()


class Turns:
    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, str], RecordedTurn] = {}

    async def find(self, tenant_id: UUID, turn_id: str) -> RecordedTurn | None:
        return self.rows.get((tenant_id, turn_id))

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        return self.rows.setdefault((request.tenant_id, turn.turn_id), turn)


class Conversations:
    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, UUID], Conversation] = {}

    async def get(self, tenant_id: UUID, conversation_id: UUID) -> Conversation:
        if (tenant_id, conversation_id) not in self.rows:
            raise SessionNotFoundError("There is no such session.", session_id=str(conversation_id))
        return self.rows[tenant_id, conversation_id]

    async def owner(self, tenant_id: UUID, conversation_id: UUID) -> tuple[str, UUID] | None:
        found = self.rows.get((tenant_id, conversation_id))
        return (found.principal_id, found.bot_id) if found else None

    async def recent(self, tenant_id: UUID, conversation_id: UUID, limit: int) -> tuple[()]:
        return ()


class Ingests:
    def __init__(self) -> None:
        self.rows: dict[UUID, Ingest] = {}

    async def register(self, version: DocumentVersion) -> Ingest:
        for known in self.rows.values():
            if known.version.document_id == version.document_id and (
                known.version.version_id == version.version_id or known.version.fingerprint == version.fingerprint
            ):
                return known
        ingest = Ingest(
            version=version,
            version_number=len(self.rows) + 1,
            state=IngestState.QUEUED,
            progress=Progress(stage=IngestStage.REGISTER, done=0, total=1),
            updated_at=NOW + timedelta(seconds=len(self.rows)),
        )
        return self.rows.setdefault(version.version_id, ingest)

    async def get(self, tenant_id: UUID, version_id: UUID) -> Ingest | None:
        found = self.rows.get(version_id)
        return found if found and found.version.tenant_id == tenant_id else None

    async def list(
        self,
        tenant_id: UUID,
        *,
        dataset_id: UUID | None = None,
        state: IngestState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[Ingest, ...]:
        found = [row for row in reversed(self.rows.values()) if row.version.tenant_id == tenant_id]
        ids = [row.version.version_id for row in found]
        start = ids.index(after) + 1 if after else 0
        return tuple(found[start : start + limit])

    async def advance(self, *_: object) -> None:
        raise NotImplementedError

    async def settle(self, tenant_id: UUID, version_id: UUID, state: IngestState, failure: Failure | None) -> Ingest:
        settled = self.rows[version_id].model_copy(update={"state": state, "failure": failure})
        self.rows[version_id] = settled
        return settled


class Objects:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        self.stored[key] = path.read_bytes()  # noqa: ASYNC240 - a test's small file

    async def put(self, key: str, content: bytes) -> None:
        self.stored[key] = content

    async def get(self, key: str) -> bytes:
        return self.stored[key]

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.stored.pop(key, None)

    async def list(self, prefix: str) -> AsyncIterator[str]:
        for key in self.stored:
            if key.startswith(prefix):
                yield key

    async def size(self, key: str) -> int | None:
        return len(self.stored[key]) if key in self.stored else None

    def uri(self, key: str) -> str:
        return f"s3://bucket/{key}"


class Packs:
    def summaries(self) -> tuple[PackSummary, ...]:
        return (PackSummary(pack_id="support", display_name="Support", description="Help.", digest="0"),)


def answered(request: TurnRequest, outcome: Outcome = Outcome.ANSWERED, failure: Failure | None = None) -> RecordedTurn:
    """The turn of ``request``, closed."""
    citation = Citation(
        number=1,
        passage_id=UUID(int=1),
        document_id=UUID(int=2),
        version_id=UUID(int=3),
        title="Rotate an API key",
        url=None,
        source="rotate.md",
        section_heading="Rotate",
        score=0.9,
        start=0,
        end=10,
    )
    answer = Answer(
        outcome=outcome,
        text="Open Settings. [1]",
        citations=(citation,),
        failure=failure,
        meta=AnswerMeta(
            trace_id=request.turn_id,
            intent=Intent.HOW_TO,
            intents=(Intent.HOW_TO,),
            packs_used=("support",),
            latency_ms=12.5,
            retrieval=None,
            tool_calls=(),
        ),
    )
    return RecordedTurn(
        turn_id=request.turn_id,
        conversation_id=request.conversation_id,
        bot_id=request.bot_id,
        principal_id=request.principal.id,
        request_sha256=request.request_sha256,
        outcome=outcome,
        answer=answer,
        received_at=request.received_at,
        closed_at=NOW,
    )


class Workflows:
    """Turns close at once unless ``running``; ``cause`` makes them fail."""

    def __init__(self, turns: Turns, ingests: Ingests) -> None:
        self.started: dict[str, TurnRequest] = {}
        self.running = False
        self.cause: Failure | None = None
        self.failure: AnswerableError | None = None
        self.history: list[RecordedEvent] | None = None
        self.ingest_state = IngestState.SUCCEEDED
        self.ingest_failure: Failure | None = None
        self.ingests_end_at_once = False
        self._turns = turns
        self._ingests = ingests

    async def start_turn(self, request: TurnRequest) -> None:
        if self.failure:
            raise self.failure
        known = self.started.setdefault(request.turn_id, request)
        if known.request_sha256 != request.request_sha256:
            raise conflict(request.turn_id)

    async def turn_result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        if self.running:
            return None
        request = self.started[turn_id]
        outcome = Outcome.FAILED if self.cause else Outcome.ANSWERED
        return await self._turns.record(request, answered(request, outcome, self.cause))

    async def find_turn(self, tenant_id: UUID, turn_id: str) -> RunningTurn | None:
        request = self.started.get(turn_id)
        if request is None or request.tenant_id != tenant_id:
            return None
        return RunningTurn(principal_id=request.principal.id, is_running=self.running)

    async def turn_history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        return self.history

    async def submit_version(self, version: DocumentVersion) -> Ingest:
        ingest = await self._ingests.register(version)
        if self.ingests_end_at_once and not ingest.state.is_terminal:
            await self.wait_for_ingest(version.tenant_id, version.document_id, timedelta(0))
        return ingest

    async def wait_for_ingest(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        for ingest in tuple(self._ingests.rows.values()):
            if ingest.version.document_id == document_id:
                await self._ingests.settle(tenant_id, ingest.version.version_id, self.ingest_state, self.ingest_failure)

    async def check(self) -> None:
        if self.failure:
            raise self.failure


@dataclass(frozen=True)
class Limits:
    max_request_bytes: int = 16_384
    max_upload_bytes: int = 1_000_000
    turn_wait_seconds: float = 1.0


def make_bot(dataset: Dataset) -> Bot:
    return Bot(bot_id=uuid4(), tenant_id=dataset.tenant_id, name="Bot", version=1, datasets=(dataset,), is_default=True)


def make_dataset() -> Dataset:
    return Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="support", name="Support")


@dataclass
class Backend:
    """Everything behind the edge, for one tenant with one bot and one dataset."""

    dataset: Dataset = field(default_factory=make_dataset)
    settings: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.tenant_id = self.dataset.tenant_id
        self.bot = make_bot(self.dataset)
        self.api_keys = Keys()
        self.bots = Bots(self.bot)
        self.datasets = Datasets(self.dataset)
        self.turns = Turns()
        self.conversations = Conversations()
        self.ingests = Ingests()
        self.object_store = Objects()
        self.packs = Packs()
        self.workflows = Workflows(self.turns, self.ingests)
        self._keys = 0

    def new_key(self, scopes: Sequence[Scope] = tuple(Scope), tenant_id: UUID | None = None) -> str:
        self._keys += 1
        principal = Principal(
            tenant_id=tenant_id or self.tenant_id,
            kind="api_key",
            id=f"key-{self._keys}",
            name="a key",
            scopes=tuple(scopes),
        )
        return self.api_keys.add(principal, f"{self._keys:012x}")
