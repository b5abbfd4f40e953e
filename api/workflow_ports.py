"""The workflows that routes start and read. ``api.gateways`` reaches them in Temporal; unit tests fake them.

Every method raises WorkflowServiceUnavailableError within seconds when the workflow service does not answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.audit.projection import RecordedEvent
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.errors import Failure
from domain.feedback.feedback import Tuning
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest
from domain.knowledge.sweep import SweepReport
from domain.knowledge.version import DocumentVersion
from workflows.search_passages import SearchFound, SearchInput
from workflows.sweep_tenant import SweepTenantInput
from workflows.tune_feedback import TuneFeedbackInput


class TurnRun(NamedTuple):
    """The workflow of a turn: whose it is, and whether it runs."""

    principal_id: str
    is_running: bool


class TurnWorkflows(Protocol):
    async def start(self, request: TurnRequest) -> None:
        """Start the turn, or join the one of the same id.

        Raises IdempotencyConflictError when another request started that one.
        """
        ...

    async def result(self, tenant_id: UUID, turn_id: str, wait: timedelta) -> RecordedTurn | None:
        """How the turn ended; None if it still runs after ``wait``.

        Raises TurnFailedError when its workflow was terminated or cancelled before it had an answer.
        """
        ...

    async def find(self, tenant_id: UUID, turn_id: str) -> TurnRun | None:
        """The turn's workflow; None if there is none, or none any more."""
        ...

    async def history(self, tenant_id: UUID, turn_id: str) -> list[RecordedEvent] | None:
        """The history recorded so far; None if there is none, or none any more."""
        ...


class DocumentWorkflows(Protocol):
    async def submit(self, version: DocumentVersion) -> Ingest:
        """Hand a version to its document's ingest workflow; returns once the version is in the database."""
        ...

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        """Delete a document; returns once no answer uses it. Raises NotFoundError."""
        ...

    async def wait_until_idle(self, tenant_id: UUID, document_id: UUID, wait: timedelta) -> None:
        """Return when the document's ingest workflow has nothing left to do, or after ``wait``."""
        ...


class SearchWorkflows(Protocol):
    async def search(self, search: SearchInput, search_id: UUID) -> SearchFound:
        """Raises the domain error that the search failed with, or DependencyUnavailableError when it took too long."""
        ...


class TuningWorkflows(Protocol):
    async def schedule(self, tenant_id: UUID) -> None:
        """Tune the tenant's searches daily from now on. Does nothing when that is so already."""
        ...

    async def tune(self, given: TuneFeedbackInput) -> Tuning:
        """Tune now, or go back to a version; returns the active version. Raises AlreadyRunningError."""
        ...


class SweepWorkflows(Protocol):
    async def start(self, sweep: SweepTenantInput, key: str | None) -> None:
        """Start a sweep, or find the one that ``key`` started. Raises AlreadyRunningError."""
        ...

    async def outcome(self, tenant_id: UUID, *, wait: bool) -> SweepReport | Failure | None:
        """How the tenant's last sweep ended; None while it runs. Raises NotFoundError when there was none."""
        ...


class WorkflowService(Protocol):
    async def check(self) -> None:
        """Raises WorkflowServiceUnavailableError unless the workflow service answers."""
        ...

    async def worker_warnings(self) -> Sequence[str]:
        """A sentence for each layer of confinement that a worker lacks."""
        ...


@dataclass(frozen=True)
class Workflows:
    """All of them, by what they are about."""

    turns: TurnWorkflows
    documents: DocumentWorkflows
    searches: SearchWorkflows
    tunings: TuningWorkflows
    sweeps: SweepWorkflows
    service: WorkflowService
