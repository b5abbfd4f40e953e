"""The first and the last word about a version: registered as queued, settled in a terminal state."""

from uuid import UUID

from temporalio import activity

from domain.base import Value
from domain.errors import Failure
from domain.knowledge.ingest import Ingest, IngestState
from domain.knowledge.ports import IngestRepository
from domain.knowledge.version import DocumentVersion


class RegisterInput(Value):
    version: DocumentVersion


class SettleInput(Value):
    tenant_id: UUID
    version_id: UUID
    state: IngestState
    failure: Failure | None = None


class RegistrationActivities:
    def __init__(self, ingests: IngestRepository) -> None:
        self._ingests = ingests

    @activity.defn
    async def register_version(self, given: RegisterInput) -> Ingest:
        """Accept a version. Unchanged content returns the ingest that already has it."""
        return await self._ingests.register(given.version)

    @activity.defn
    async def settle_version(self, given: SettleInput) -> Ingest:
        """End a version's ingest. The first terminal state stands."""
        return await self._ingests.settle(given.tenant_id, given.version_id, given.state, given.failure)
