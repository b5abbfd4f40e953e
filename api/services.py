"""What the HTTP edge needs of the rest of the system. ``bootstrap.wiring.services`` provides it; unit tests fake it."""

import asyncio
from datetime import timedelta
from typing import Annotated, NamedTuple, Protocol, cast
from uuid import UUID

from fastapi import Depends, Request

from domain.audit.projection import RecordedEvent
from domain.bots.ports import BotRepository
from domain.conversations.ports import ConversationRepository, TurnRepository
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import Failure
from domain.feedback.feedback import Tuning
from domain.feedback.ports import FeedbackRepository
from domain.guardrails.ports import PiiDetector
from domain.identity.ports import ApiKeyRepository
from domain.identity.tenant import TenantRepository
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest
from domain.knowledge.ports import DatasetRepository, DocumentRepository, IngestRepository, ObjectStore
from domain.knowledge.sweep import SweepReport
from domain.knowledge.version import DocumentVersion
from domain.packs.ports import PackCatalog
from domain.policy.ports import PolicyRepository
from domain.search.ports import PassageTexts
from workflows.search_passages import SearchFound, SearchInput
from workflows.sweep_tenant import SweepTenantInput
from workflows.tune_feedback import TuneFeedbackInput


class Limits(Protocol):
    """The settings that bound a request: sizes in bytes, the wait for an answer in seconds, turns that are
    computed at once."""

    @property
    def max_request_bytes(self) -> int: ...

    @property
    def max_upload_bytes(self) -> int: ...

    @property
    def turn_wait_seconds(self) -> float: ...

    @property
    def turns_at_once(self) -> int: ...

    @property
    def refusals_per_second(self) -> float: ...


class Services(Protocol):
    """Repositories and stores that the routes read; every call takes the tenant."""

    @property
    def settings(self) -> Limits: ...

    @property
    def api_keys(self) -> ApiKeyRepository: ...

    @property
    def bots(self) -> BotRepository: ...

    @property
    def policies(self) -> PolicyRepository: ...

    @property
    def tenants(self) -> TenantRepository: ...

    @property
    def datasets(self) -> DatasetRepository: ...

    @property
    def turns(self) -> TurnRepository: ...

    @property
    def conversations(self) -> ConversationRepository: ...

    @property
    def ingests(self) -> IngestRepository: ...

    @property
    def documents(self) -> DocumentRepository: ...

    @property
    def object_store(self) -> ObjectStore: ...

    @property
    def passage_texts(self) -> PassageTexts: ...

    @property
    def feedback(self) -> FeedbackRepository: ...

    @property
    def packs(self) -> PackCatalog: ...

    @property
    def detector(self) -> PiiDetector:
        """The one that answers are guarded with."""
        ...


class RunningTurn(NamedTuple):
    """A turn whose row is not written yet, as the workflow service knows it."""

    principal_id: str
    is_running: bool


class Workflows(Protocol):
    """The workflows behind the routes. Every method raises WorkflowServiceUnavailableError within seconds when the
    workflow service does not answer."""

    async def start_turn(self, request: TurnRequest) -> None:
        """Start the turn, or join the one that its id names already.

        Raises IdempotencyConflictError when that one was started by another request.
        """
        ...

    async def turn_result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        """How the turn ended; None if it still runs after ``wait``.

        Raises TurnFailedError when it was ended from outside, without an answer.
        """
        ...

    async def find_turn(self, tenant_id: UUID, turn_id: str) -> RunningTurn | None:
        """The turn's workflow; None if there is none (any more)."""
        ...

    async def turn_history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        """The recorded history so far; None if there is none (any more)."""
        ...

    async def submit_version(self, version: DocumentVersion) -> Ingest:
        """Hand a version to its document's ingest workflow; returns once it stands in the database."""
        ...

    async def remove_document(self, removal: DocumentRemoval) -> RemovedDocument:
        """Delete a document; returns once it is out of the answers. Raises NotFoundError."""
        ...

    async def wait_for_ingest(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        """Return when the document's ingest workflow has nothing left to do, or after ``wait``."""
        ...

    async def check(self) -> None:
        """Raises WorkflowServiceUnavailableError unless the workflow service answers."""
        ...


def services_of(request: Request) -> Services:
    """The services that the application was built with."""
    return cast(Services, request.app.state.services)


def workflows_of(request: Request) -> Workflows:
    """The workflows that the application was built with."""
    return cast(Workflows, request.app.state.workflows)


def stopping_of(request: Request) -> asyncio.Event:
    """Set when the process was asked to stop."""
    return cast(asyncio.Event, request.app.state.stopping)


# Asynchronous only because the framework takes what is not to a thread.
async def _services(request: Request) -> Services:
    return services_of(request)


async def _workflows(request: Request) -> Workflows:
    return workflows_of(request)


ServicesDep = Annotated[Services, Depends(_services)]
WorkflowsDep = Annotated[Workflows, Depends(_workflows)]


class Tunings(Protocol):
    """The workflow behind these routes; each method raises WorkflowServiceUnavailableError."""

    async def schedule(self, tenant_id: UUID) -> None: ...

    async def tune(self, given: TuneFeedbackInput) -> Tuning: ...


async def _tunings(request: Request) -> Tunings:
    return cast(Tunings, request.app.state.tunings)


TuningsDep = Annotated[Tunings, Depends(_tunings)]


class Searches(Protocol):
    """The workflow behind these routes; raises WorkflowServiceUnavailableError."""

    async def search(self, search: SearchInput, search_id: UUID) -> SearchFound: ...


async def _searches(request: Request) -> Searches:
    return cast(Searches, request.app.state.searches)


SearchesDep = Annotated[Searches, Depends(_searches)]


class Sweeps(Protocol):
    """The workflows behind these routes; each method raises WorkflowServiceUnavailableError."""

    async def start(self, sweep: SweepTenantInput, key: str | None) -> None: ...

    async def outcome(self, tenant_id: UUID, *, wait: bool) -> SweepReport | Failure | None: ...


async def _sweeps(request: Request) -> Sweeps:
    return cast(Sweeps, request.app.state.sweeps)


SweepsDep = Annotated[Sweeps, Depends(_sweeps)]
