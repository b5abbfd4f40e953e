"""Progress of an ingest step, written where the API reads it."""

from collections.abc import Mapping

from temporalio import activity

from domain.knowledge.ingest import IngestStage, Progress
from domain.knowledge.ports import IngestRepository
from domain.knowledge.version import DocumentVersion


class ProgressReport:
    """Reports one stage of one version. ``attempt`` is the step's own."""

    def __init__(self, ingests: IngestRepository, version: DocumentVersion, stage: IngestStage) -> None:
        self._ingests = ingests
        self._version = version
        self._stage = stage
        self._total = 0

    async def begin(self, total: int) -> None:
        self._total = total
        await self._write(0, {})

    async def reach(self, done: int) -> None:
        await self._write(done, {})

    async def finish(self, artifacts: Mapping[str, str] | None = None) -> None:
        """Report the stage as done and add the keys of what it stored."""
        await self._write(self._total, artifacts or {})

    async def _write(self, done: int, artifacts: Mapping[str, str]) -> None:
        progress = Progress(stage=self._stage, done=done, total=self._total, attempt=activity.info().attempt)
        await self._ingests.advance(self._version.tenant_id, self._version.version_id, progress, artifacts)
