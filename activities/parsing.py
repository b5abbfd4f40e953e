"""Turn the bytes of a document into text and structure."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio import activity

from activities.artifacts import ArtifactReference, derived_key, load_file, store_value
from activities.heartbeat import heartbeating
from activities.progress import ProgressReport
from domain.base import Value
from domain.document import DocumentVersion, IngestStage
from domain.ports import IngestRepository, ObjectStore, Parser


class ParseInput(Value):
    version: DocumentVersion
    source: ArtifactReference


class Parsed(Value):
    document: ArtifactReference
    parser: str
    characters: int
    blocks: int


class ParsingActivities:
    def __init__(self, store: ObjectStore, parser: Parser, ingests: IngestRepository) -> None:
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
            with TemporaryDirectory(prefix=f"answerable-parse-{os.getpid()}-") as folder:
                source = Path(folder, "source")
                await load_file(self._store, given.source, source)
                parsed = await self._parser.parse(source, version.artifact.media_type, version.external_key)
            key = derived_key(version.tenant_id, version.version_id, "parsed.json")
            stored = await store_value(self._store, key, parsed)
            await report.finish({"parsed": key})
        return Parsed(document=stored, parser=parsed.parser, characters=len(parsed.text), blocks=len(parsed.blocks))
