"""Publish a version: from one moment to the next, answers come from it."""

from typing import Final
from uuid import UUID

from temporalio import activity

from activities.heartbeat import heartbeating
from activities.ingest.artifacts import ArtifactReference, derived_key, load_bytes, load_passages
from activities.ingest.long_steps import LongSteps
from activities.ingest.progress import ProgressReport
from domain.base import Value
from domain.knowledge.ingest import IngestStage
from domain.knowledge.ports import IngestRepository, ObjectStore
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion
from domain.limits.fair_slots import FairSlots
from domain.search.ports import PassageIndex

PUBLICATIONS_AT_ONCE: Final = 4
"""Each holds a connection for as long as its transaction takes, of the ten or so that all steps of a worker share."""
PUBLICATIONS_OF_TENANT: Final = 2


class PublishInput(Value):
    version: DocumentVersion
    passages: ArtifactReference
    embeddings: tuple[ArtifactReference, ...]
    model: str
    dimension: int


class CleanUpInput(Value):
    """Versions whose ingest is over."""

    tenant_id: UUID
    version_ids: tuple[UUID, ...]


class IndexingActivities:
    def __init__(self, store: ObjectStore, index: PassageIndex, ingests: IngestRepository, steps: LongSteps) -> None:
        self._steps = steps
        self._publications = FairSlots(PUBLICATIONS_AT_ONCE, per_owner=PUBLICATIONS_OF_TENANT)
        self._store = store
        self._index = index
        self._ingests = ingests

    @activity.defn
    async def publish_version(self, given: PublishInput) -> PublishReceipt:
        """Swap the version in and mark its ingest succeeded, in one transaction. Idempotent.

        Raises EmbeddingModelChangedError when the dataset's live index was built by another model.
        """
        report = ProgressReport(self._ingests, given.version, IngestStage.PUBLISH)
        async with heartbeating(), self._steps.step(given.version.tenant_id):
            passages = await load_passages(self._store, given.passages)
            await report.begin(len(passages.passages))
            embeddings = b"".join([await load_bytes(self._store, part) for part in given.embeddings])
            publication = Publication(
                version=given.version,
                passages=passages,
                model=given.model,
                dimension=given.dimension,
                embeddings=embeddings,
            )
            async with self._publications.slot(str(given.version.tenant_id)):
                receipt = await self._index.ingest(publication)
                # The version answers already; what it left to tidy up is done while this worker has the index in hand.
                await self._index.tend(given.version.tenant_id, receipt.generation_id)
            return receipt

    @activity.defn
    async def remove_temporary_artifacts(self, given: CleanUpInput) -> None:
        """Remove what only the ingests needed, by earlier attempts too; source artifacts stay for citations."""
        async with heartbeating():
            for version_id in given.version_ids:
                prefix = derived_key(given.tenant_id, version_id, "")
                await self._store.delete([key async for key in self._store.list(prefix)])
