"""Cut a parsed document into passages, and passages into spans."""

import asyncio

from temporalio import activity

from activities.artifacts import ArtifactReference, derived_key, load_value, store_value
from activities.heartbeat import heartbeating
from activities.progress import ProgressReport
from domain.base import Value
from domain.chunking import ChunkOptions, chunk
from domain.document import DocumentVersion, IngestStage, ParsedDocument
from domain.errors import EmptyDocumentError
from domain.ports import IngestRepository, ObjectStore


class ChunkInput(Value):
    version: DocumentVersion
    document: ArtifactReference


class Chunked(Value):
    passages: ArtifactReference
    passage_count: int
    span_count: int
    chunker: str


class ChunkingActivities:
    def __init__(self, store: ObjectStore, ingests: IngestRepository, options: ChunkOptions | None = None) -> None:
        self._store = store
        self._ingests = ingests
        self._options = options or ChunkOptions()

    @activity.defn
    async def chunk_document(self, given: ChunkInput) -> Chunked:
        """Raises EmptyDocumentError when the document holds no text."""
        version = given.version
        report = ProgressReport(self._ingests, version, IngestStage.CHUNK)
        async with heartbeating():
            await report.begin(1)
            document = await load_value(self._store, given.document, ParsedDocument)
            if version.title is not None:
                document = document.model_copy(update={"title": version.title})
            passages = await asyncio.to_thread(chunk, document, self._options)
            if not passages.passages:
                raise EmptyDocumentError("The document holds no text. Upload one that does.")
            key = derived_key(version.tenant_id, version.version_id, "passages.json")
            stored = await store_value(self._store, key, passages)
            await report.finish({"passages": key})
        return Chunked(
            passages=stored,
            passage_count=len(passages.passages),
            span_count=passages.span_count,
            chunker=passages.chunker,
        )
