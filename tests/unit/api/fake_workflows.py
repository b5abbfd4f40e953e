"""The workflows behind the HTTP edge, faked."""

from datetime import timedelta
from uuid import UUID

from api.edge.idempotency import conflict
from api.workflow_ports import TurnRun
from domain.answers.answer import Answer, AnswerMeta, Citation, Intent, Outcome
from domain.audit.projection import RecordedEvent
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import AlreadyRunningError, AnswerableError, Failure, NotFoundError
from domain.feedback.feedback import DocumentBoost, Tuning
from domain.guardrails.hidden_text import HiddenSpan
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest, IngestState
from domain.knowledge.sweep import SweepReport
from domain.knowledge.version import DocumentVersion
from domain.policy.admission import Admission
from domain.search.confidence import Evidence
from domain.search.reranking import RerankerKind, RerankProvenance
from domain.search.retrieval import RetrievedPassage, SearchTimings, SearchWarning
from tests.unit.api.fake_ports import (
    NOW,
    Documents,
    Ingests,
)
from tests.unit.api.fake_turns import Turns
from workflows.search_passages import SearchFound, SearchInput
from workflows.sweep_tenant import SweepTenantInput
from workflows.tune_feedback import TuneFeedbackInput


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


class TurnRuns:
    """Turns close at once unless ``running``; ``cause`` makes them fail."""

    def __init__(self, turns: Turns) -> None:
        self.started: dict[str, TurnRequest] = {}
        self.running = False
        self.sought: list[str] = []
        self.cause: Failure | None = None
        self.understood_as: str | None = None
        self.text: str | None = None
        self.failure: AnswerableError | None = None
        self.recorded: list[RecordedEvent] | None = None
        self._turns = turns

    async def start(self, request: TurnRequest) -> None:
        if self.failure:
            raise self.failure
        known = self.started.setdefault(request.turn_id, request)
        if known.request_sha256 != request.request_sha256:
            raise conflict(request.turn_id)

    async def result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        if self.running:
            return None
        request = self.started[turn_id]
        outcome = Outcome.FAILED if self.cause else Outcome.ANSWERED
        turn = answered(request, outcome, self.cause)
        meta = turn.answer.meta.model_copy(update={"understood_as": self.understood_as})
        answer = turn.answer.model_copy(update={"meta": meta, "text": self.text or turn.answer.text})
        return await self._turns.record(request, turn.model_copy(update={"answer": answer}))

    async def find(self, tenant_id: UUID, turn_id: str) -> TurnRun | None:
        self.sought.append(turn_id)
        request = self.started.get(turn_id)
        if request is None or request.tenant_id != tenant_id:
            return None
        return TurnRun(principal_id=request.principal.id, is_running=self.running)

    async def history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        return self.recorded


class DocumentRuns:
    """Ingests end when somebody waits for them, as ``state`` says, or ``at_once``."""

    def __init__(self, ingests: Ingests, documents: Documents) -> None:
        self.state = IngestState.SUCCEEDED
        self.cause: Failure | None = None
        self.at_once = False
        self.failure: AnswerableError | None = None
        self.removed: list[DocumentRemoval] = []
        self._ingests = ingests
        self._documents = documents

    async def submit(self, version: DocumentVersion) -> Ingest:
        ingest = await self._ingests.register(version)
        if self.at_once and not ingest.state.is_terminal:
            await self.wait_until_idle(version.tenant_id, version.document_id, timedelta(0))
        return ingest

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        if self.failure:
            raise self.failure
        self.removed.append(removal)
        return await self._documents.remove(removal)

    async def wait_until_idle(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        for ingest in tuple(self._ingests.rows.values()):
            if ingest.version.document_id == document_id:
                await self._ingests.settle(tenant_id, ingest.version.version_id, self.state, self.cause)


class Service:
    """Answers, and its workers lack nothing, unless told otherwise."""

    def __init__(self) -> None:
        self.checks = 0
        self.failure: AnswerableError | None = None
        self.warnings: tuple[str, ...] = ()

    async def check(self) -> None:
        self.checks += 1
        if self.failure:
            raise self.failure

    async def worker_warnings(self) -> tuple[str, ...]:
        if self.failure:
            raise self.failure
        return self.warnings


class Sweeps:
    """None was ever started."""

    async def start(self, sweep: SweepTenantInput, key: str | None) -> None:
        raise AlreadyRunningError("A sweep of this tenant is already running.")

    async def outcome(self, tenant_id: UUID, *, wait: bool) -> SweepReport | Failure | None:
        raise NotFoundError("There was no sweep.")


class Searches:
    """Finds one passage, or nothing in a dataset that is not the bot's."""

    def __init__(self) -> None:
        self.asked: list[SearchInput] = []
        self.suspicious: dict[UUID, str] = {}
        self.failure: AnswerableError | None = None
        self.found: tuple[RetrievedPassage, ...] = ()
        self.rerank = RerankProvenance(wanted=RerankerKind.NONE, used=RerankerKind.NONE)
        self.warnings: tuple[SearchWarning, ...] = ()
        self.hidden: dict[UUID, tuple[HiddenSpan, ...]] = {}
        self.admission = Admission(admitted=True)

    async def search(self, search: SearchInput, search_id: UUID) -> SearchFound:
        if self.failure:
            raise self.failure
        self.asked.append(search)
        return SearchFound(
            passages=self.found[: search.top_k],
            mode=search.mode,
            generation_id=UUID(int=9),
            model="hash-256",
            confidence=0.9,
            evidence=Evidence(nearest=0.8, lexical=0.5),
            duplicates=(),
            rerank=self.rerank,
            timings=SearchTimings(embed_ms=1.0, index_ms=2.0, order_ms=0.5),
            suspicious=self.suspicious,
            hidden=self.hidden,
            admission=self.admission,
            warnings=self.warnings,
            envelopes=(),
        )


class Tunings:
    """Learns nothing, and remembers what was asked for."""

    def __init__(self) -> None:
        self.scheduled: list[UUID] = []
        self.asked: list[TuneFeedbackInput] = []
        self.failure: AnswerableError | None = None

    async def schedule(self, tenant_id: UUID) -> None:
        self.scheduled.append(tenant_id)

    async def tune(self, given: TuneFeedbackInput) -> Tuning:
        if self.failure:
            raise self.failure
        self.asked.append(given)
        return tuning_of(given.activate if given.activate is not None else 1)


def tuning_of(version: int) -> Tuning:
    boost = DocumentBoost(document_id=UUID(int=2), boost=1.05, ups=1, downs=0)
    return Tuning(version=version, feedback=1, boosts=(boost,), created_at=NOW, created_by="key-1", is_active=True)
