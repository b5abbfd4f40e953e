"""What can be left over of ingests, and what a sweep of one tenant found of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import Field

from domain.base import Value
from domain.errors import Failure
from domain.knowledge.ingest import IngestState

INTERRUPTED: Final = Failure(
    code="ingest_interrupted",
    message="The workflow of this ingest was ended from outside before the document was in. Upload it again.",
)
"""Why an unfinished version whose workflow is closed or gone is settled as failed."""

MAX_REPORTED: Final = 1_000
"""How many left-overs a report names one by one; it counts all of them."""

_PUBLISHED: Final = frozenset({IngestState.SUCCEEDED, IngestState.PARTIAL})


class LeftOverKind(StrEnum):
    INTERRUPTED_INGEST = "interrupted_ingest"
    PASSAGES = "passages"
    INDEX_ROWS = "index_rows"
    DOCUMENT = "document"
    SOURCE_ARTIFACT = "source_artifact"
    DERIVED_ARTIFACT = "derived_artifact"

    @property
    def checked_as(self) -> str:
        """What is looked at to find left-overs of this kind, in the plural."""
        return "versions" if self is LeftOverKind.INTERRUPTED_INGEST else f"{self.removesuffix('s')}s"


class LeftOver(Value):
    """One thing that nothing needs any more. ``id``: an object key for artifacts, a document_id for documents, a
    version_id otherwise."""

    kind: LeftOverKind
    id: str
    reason: str
    removed: bool = False


class SweepReport(Value):
    """``checked``: how many of each thing were looked at. ``left_over`` names the first ``MAX_REPORTED``; ``found``
    and ``removed`` count all. An interrupted ingest is removed by settling it as failed."""

    checked: dict[str, int] = Field(default_factory=dict)
    left_over: tuple[LeftOver, ...] = ()
    found: int = 0
    removed: int = 0

    @property
    def truncated(self) -> bool:
        return self.found > len(self.left_over)

    def adding(self, other: "SweepReport") -> "SweepReport":
        """Both reports as one."""
        checked = {
            name: self.checked.get(name, 0) + other.checked.get(name, 0) for name in {**self.checked, **other.checked}
        }
        return SweepReport(
            checked=checked,
            left_over=(*self.left_over, *other.left_over)[:MAX_REPORTED],
            found=self.found + other.found,
            removed=self.removed + other.removed,
        )


def report_of(checked: Mapping[str, int], found: tuple[LeftOver, ...], most_named: int = MAX_REPORTED) -> SweepReport:
    """The report of one page, which names at most ``most_named`` of what it found."""
    return SweepReport(
        checked=dict(checked),
        left_over=found[:most_named],
        found=len(found),
        removed=sum(one.removed for one in found),
    )


class StoredObject(NamedTuple):
    """An object as a listing shows it."""

    key: str
    modified_at: datetime


class UnfinishedVersion(Value):
    """A version that the database has as queued or running."""

    version_id: UUID
    document_id: UUID


class VersionStanding(NamedTuple):
    """What decides whether a version's intermediate results are still needed."""

    state: IngestState
    document_deleted: bool

    @property
    def left_over_reason(self) -> str | None:
        """Why its intermediate results are left over; None while a run or a retry may still need them."""
        if not self.state.is_terminal:
            return None
        if self.state is not IngestState.FAILED:
            return f"its ingest ended {self.state}"
        return "its document was deleted" if self.document_deleted else None


class ArtifactKey(NamedTuple):
    """What a key of the object store names: the source of versions, or one version's intermediate result."""

    kind: LeftOverKind
    version_id: UUID | None


def parse_artifact_key(tenant_id: UUID, key: str) -> ArtifactKey | None:
    """None for what is no artifact of an ingest, which a sweep leaves alone."""
    match key.removeprefix(f"{tenant_id}/").split("/"):
        case ["derived", version_id, _]:
            return ArtifactKey(LeftOverKind.DERIVED_ARTIFACT, _uuid(version_id))
        case [sha256, "source"] if len(sha256) == 64:
            return ArtifactKey(LeftOverKind.SOURCE_ARTIFACT, None)
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def was_published(state: IngestState) -> bool:
    """Whether passages of a version in this state may be cited by old answers."""
    return state in _PUBLISHED
