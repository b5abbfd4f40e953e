"""Where the versions of a document stand in the database."""

from uuid import UUID

from domain.knowledge.ingest import IngestState
from domain.knowledge.version import DocumentVersion
from tests.fixtures.workflow_environment import Workbench


async def states(workbench: Workbench, *versions: DocumentVersion) -> list[IngestState]:
    return [(await workbench.ingest(version.version_id)).state for version in versions]


async def live(workbench: Workbench, *versions: DocumentVersion) -> list[UUID]:
    ingests = [await workbench.ingest(version.version_id) for version in versions]
    return [ingest.version.version_id for ingest in ingests if ingest.is_live]
