"""Make sure that the bytes of a version are in the object store, whole."""

from temporalio import activity

from activities.ingest.artifacts import ArtifactReference, stored_size
from activities.ingest.progress import ProgressReport
from domain.base import Value
from domain.knowledge.errors import ArtifactMissingError
from domain.knowledge.ingest import IngestStage
from domain.knowledge.ports import IngestRepository, ObjectStore
from domain.knowledge.version import DocumentVersion


class AcquireInput(Value):
    version: DocumentVersion


class Acquired(Value):
    source: ArtifactReference
    size_bytes: int


class AcquisitionActivities:
    def __init__(self, store: ObjectStore, ingests: IngestRepository) -> None:
        self._store = store
        self._ingests = ingests

    @activity.defn
    async def acquire_document(self, given: AcquireInput) -> Acquired:
        """Raises ArtifactMissingError when the upload is gone or has another size."""
        artifact = given.version.artifact
        report = ProgressReport(self._ingests, given.version, IngestStage.ACQUIRE)
        await report.begin(artifact.size_bytes)
        size = await stored_size(self._store, artifact.key)
        if size != artifact.size_bytes:
            raise ArtifactMissingError(
                "The uploaded bytes are no longer in the object store. Upload the document again.",
                key=artifact.key,
                expected_bytes=artifact.size_bytes,
                found_bytes=size,
            )
        await report.finish({"source": artifact.key})
        return Acquired(source=ArtifactReference(key=artifact.key, sha256=artifact.sha256), size_bytes=size)
