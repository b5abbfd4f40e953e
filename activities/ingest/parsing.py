"""Turn the bytes of a document into text and structure."""

from pathlib import Path

from temporalio import activity

from activities.heartbeat import heartbeating
from activities.ingest.artifacts import ArtifactReference, derived_key, load_file, store_file, working_folder
from activities.ingest.long_steps import LongSteps
from activities.ingest.progress import ProgressReport
from domain.base import Value
from domain.knowledge.ingest import IngestStage
from domain.knowledge.ports import IngestRepository, ObjectStore, Parser
from domain.knowledge.version import DocumentVersion


class ParseInput(Value):
    version: DocumentVersion
    source: ArtifactReference


class Parsed(Value):
    document: ArtifactReference
    parser: str
    characters: int
    blocks: int


class ParsingActivities:
    def __init__(self, store: ObjectStore, parser: Parser, ingests: IngestRepository, steps: LongSteps) -> None:
        self._steps = steps
        self._store = store
        self._parser = parser
        self._ingests = ingests

    @activity.defn
    async def parse_document(self, given: ParseInput) -> Parsed:
        """Raises the IngestError that says why a document cannot be parsed."""
        version = given.version
        report = ProgressReport(self._ingests, version, IngestStage.PARSE)
        async with heartbeating():
            await report.begin(version.artifact.size_bytes)
            key = derived_key(version.tenant_id, version.version_id, "parsed.json")
            async with self._steps.step(version.tenant_id):
                with working_folder() as folder:
                    source, target = Path(folder, "source"), Path(folder, "parsed")
                    await load_file(self._store, given.source, source)
                    parsed = await self._parser.parse_into(
                        target,
                        source,
                        version.artifact.media_type,
                        version.external_key,
                        tenant_id=version.tenant_id,
                    )
                    stored = await store_file(self._store, key, target)
            await report.finish({"parsed": key})
        return Parsed(document=stored, **parsed.model_dump())
