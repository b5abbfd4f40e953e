"""Look for what ingests left over in the object store and the database of one tenant, page by page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from temporalio import activity

from activities.heartbeat import heartbeating
from domain.base import Value
from domain.knowledge.ingest import IngestState
from domain.knowledge.ports import IngestRepository, ObjectInventory, SweepRepository, WorkflowRuns
from domain.knowledge.sweep import (
    INTERRUPTED,
    LeftOver,
    LeftOverKind,
    StoredObject,
    SweepReport,
    UnfinishedVersion,
    parse_artifact_key,
    report_of,
)

PAGE: Final = 1_000
_RUNS_A_PAGE: Final = 100
# What one page names is written to history; what it counts is everything.
_NAMED_A_PAGE: Final = 100


class PageInput(Value):
    """One page. Only what was last changed ``older_than_seconds`` ago can be left over; ``after`` is the page
    before's ``next``."""

    tenant_id: UUID
    older_than_seconds: int
    remove: bool
    after: str | None = None


class RowsInput(PageInput):
    kind: LeftOverKind


class SweptPage(Value):
    """``next`` is None on the last page."""

    report: SweepReport
    next: str | None = None


class UnfinishedPage(Value):
    versions: tuple[UnfinishedVersion, ...]
    checked: int
    next: str | None = None


class SuspectIngest(Value):
    """An unfinished version and the workflow that ought to be working on it."""

    version_id: UUID
    workflow_id: str


class SuspectsInput(Value):
    tenant_id: UUID
    remove: bool
    suspects: tuple[SuspectIngest, ...]


class SweepingActivities:
    def __init__(
        self, inventory: ObjectInventory, rows: SweepRepository, ingests: IngestRepository, runs: WorkflowRuns
    ) -> None:
        self._inventory = inventory
        self._rows = rows
        self._ingests = ingests
        self._runs = runs

    @activity.defn
    async def find_unfinished_ingests(self, given: PageInput) -> UnfinishedPage:
        """The versions that are queued or running and did not move of late."""
        after = UUID(given.after) if given.after else None
        async with heartbeating():
            found = await self._rows.unfinished(given.tenant_id, _before(given), after, _RUNS_A_PAGE)
            is_first = given.after is None
            checked = await self._rows.count(given.tenant_id, LeftOverKind.INTERRUPTED_INGEST) if is_first else 0
        following = str(found[-1].version_id) if len(found) == _RUNS_A_PAGE else None
        return UnfinishedPage(versions=found, checked=checked, next=following)

    @activity.defn
    async def sweep_interrupted_ingests(self, given: SuspectsInput) -> SweptPage:
        """Those whose workflow is closed or gone; removing one settles it as failed. The first terminal state stands,
        so a run that begins just now loses nothing that it has published."""
        found = []
        async with heartbeating():
            for suspect in given.suspects:
                if await self._runs.is_open(suspect.workflow_id):
                    continue
                if given.remove:
                    await self._ingests.settle(given.tenant_id, suspect.version_id, IngestState.FAILED, INTERRUPTED)
                found.append(
                    LeftOver(
                        kind=LeftOverKind.INTERRUPTED_INGEST,
                        id=str(suspect.version_id),
                        reason="it is unfinished and no workflow works on it",
                        removed=given.remove,
                    )
                )
        return SweptPage(report=report_of({}, tuple(found)))

    @activity.defn
    async def sweep_rows(self, given: RowsInput) -> SweptPage:
        """Rows of the database that no answer and no ingest needs."""
        after = UUID(given.after) if given.after else None
        async with heartbeating():
            checked = await self._rows.count(given.tenant_id, given.kind) if given.after is None else 0
            found = await self._rows.left_over_rows(given.tenant_id, given.kind, _before(given), after, PAGE)
            following = found[-1].id if len(found) == PAGE else None
            if given.remove and found:
                ids = [UUID(one.id) for one in found]
                gone = await self._rows.remove_rows(given.tenant_id, given.kind, ids)
                found = tuple(one.model_copy(update={"removed": UUID(one.id) in gone}) for one in found)
        report = report_of({given.kind.checked_as: checked}, found, _NAMED_A_PAGE)
        return SweptPage(report=report, next=following)

    @activity.defn
    async def sweep_objects(self, given: PageInput) -> SweptPage:
        """Artifacts that no version needs. Objects of other kinds are counted and left alone."""
        async with heartbeating():
            page = await self._inventory.page(f"{given.tenant_id}/", given.after, PAGE)
            before = _before(given)
            old = [one.key for one in page if one.modified_at < before]
            found = (*await self._sources(given.tenant_id, old), *await self._derived(given.tenant_id, old))
            if given.remove:
                await self._inventory.delete([one.id for one in found])
                found = tuple(one.model_copy(update={"removed": True}) for one in found)
        following = page[-1].key if len(page) == PAGE else None
        return SweptPage(report=report_of(_checked(given.tenant_id, page), found, _NAMED_A_PAGE), next=following)

    async def _sources(self, tenant_id: UUID, keys: Sequence[str]) -> tuple[LeftOver, ...]:
        kind = LeftOverKind.SOURCE_ARTIFACT
        sources = [key for key in keys if (parsed := parse_artifact_key(tenant_id, key)) and parsed.kind is kind]
        named = await self._rows.named_sources(tenant_id, sources) if sources else frozenset[str]()
        return tuple(LeftOver(kind=kind, id=key, reason="no version names it") for key in sources if key not in named)

    async def _derived(self, tenant_id: UUID, keys: Sequence[str]) -> tuple[LeftOver, ...]:
        kind = LeftOverKind.DERIVED_ARTIFACT
        derived = {
            key: parsed.version_id
            for key in keys
            if (parsed := parse_artifact_key(tenant_id, key)) and parsed.kind is kind
        }
        wanted = sorted({version_id for version_id in derived.values() if version_id})
        standings = await self._rows.standings(tenant_id, wanted) if wanted else {}
        found = []
        for key, version_id in derived.items():
            standing = standings.get(version_id) if version_id else None
            reason = standing.left_over_reason if standing else "its version is unknown"
            if reason:
                found.append(LeftOver(kind=kind, id=key, reason=reason))
        return tuple(found)


def _before(given: PageInput) -> datetime:
    # By this machine's clock, as rows and objects are dated by theirs; a workflow's own time may stand elsewhere.
    return datetime.now(UTC) - timedelta(seconds=given.older_than_seconds)


def _checked(tenant_id: UUID, page: Sequence[StoredObject]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in page:
        parsed = parse_artifact_key(tenant_id, one.key)
        name = parsed.kind.checked_as if parsed else "other_objects"
        counted[name] = counted.get(name, 0) + 1
    return counted
