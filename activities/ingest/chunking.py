"""Cut a parsed document into passages, and passages into spans."""

from pathlib import Path

from temporalio import activity

from activities.heartbeat import heartbeating
from activities.ingest.artifacts import ArtifactReference, derived_key, load_file, store_file, working_folder
from activities.ingest.long_steps import LongSteps
from activities.ingest.progress import ProgressReport
from domain.base import Value
from domain.knowledge.ingest import IngestStage
from domain.knowledge.ports import Chunker, IngestRepository, ObjectStore
from domain.knowledge.version import DocumentVersion


class ChunkInput(Value):
    version: DocumentVersion
    document: ArtifactReference


class Chunked(Value):
    passages: ArtifactReference
    passage_count: int
    span_count: int
    chunker: str


class ChunkingActivities:
    def __init__(self, store: ObjectStore, chunker: Chunker, ingests: IngestRepository, steps: LongSteps) -> None:
        self._store = store
        self._chunker = chunker
        self._ingests = ingests
        self._steps = steps

    @activity.defn
    async def chunk_document(self, given: ChunkInput) -> Chunked:
        """Raises EmptyDocumentError when the document holds no text, and the IngestError that says what became of the
        process that cut it: that is not tried again."""
        version = given.version
        report = ProgressReport(self._ingests, version, IngestStage.CHUNK)
        async with heartbeating():
            await report.begin(1)
            key = derived_key(version.tenant_id, version.version_id, "passages.json")
            async with self._steps.step(version.tenant_id):
                with working_folder() as folder:
                    source, target = Path(folder, "parsed"), Path(folder, "passages")
                    await load_file(self._store, given.document, source)
                    chunked = await self._chunker.chunk_into(
                        target, source, version.external_key, title=version.title, tenant_id=version.tenant_id
                    )
                    stored = await store_file(self._store, key, target)
            await report.finish({"passages": key})
        return Chunked(
            passages=stored,
            passage_count=chunked.passages,
            span_count=chunked.spans,
            chunker=chunked.chunker,
        )
