"""The steps of a sweep: pages, ages, and what is asked before anything is removed."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from temporalio.testing import ActivityEnvironment

from activities.ingest.sweeping import PAGE, PageInput, RowsInput, SuspectIngest, SuspectsInput, SweepingActivities
from domain.knowledge.ingest import IngestState
from domain.knowledge.sweep import LeftOver, LeftOverKind, StoredObject, UnfinishedVersion, VersionStanding
from tests.unit.activities.fakes import TENANT, MemoryIngests

OLD = datetime.now(UTC) - timedelta(hours=2)


@dataclass
class Inventory:
    objects: dict[str, datetime] = field(default_factory=dict)

    async def page(self, prefix: str, after: str | None, limit: int) -> tuple[StoredObject, ...]:
        keys = [key for key in sorted(self.objects) if key.startswith(prefix) and key > (after or "")]
        return tuple(StoredObject(key, self.objects[key]) for key in keys[:limit])

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            del self.objects[key]


@dataclass
class Rows:
    """Everything is still left over when it is to be removed, except what is in ``needed_again``."""

    left_over: list[UUID] = field(default_factory=list)
    needed_again: set[UUID] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    versions: dict[UUID, VersionStanding] = field(default_factory=dict)
    pending: list[UUID] = field(default_factory=list)

    async def named_sources(self, tenant_id: UUID, keys: Sequence[str]) -> Set[str]:
        return self.named & set(keys)

    async def standings(self, tenant_id: UUID, version_ids: Sequence[UUID]) -> Mapping[UUID, VersionStanding]:
        return {one: self.versions[one] for one in version_ids if one in self.versions}

    async def unfinished(
        self, tenant_id: UUID, before: datetime, after: UUID | None, limit: int
    ) -> tuple[UnfinishedVersion, ...]:
        found = [one for one in sorted(self.pending) if after is None or one > after]
        return tuple(UnfinishedVersion(version_id=one, document_id=one) for one in found[:limit])

    async def count(self, tenant_id: UUID, kind: LeftOverKind) -> int:
        return len(self.left_over)

    async def left_over_rows(
        self, tenant_id: UUID, kind: LeftOverKind, before: datetime, after: UUID | None, limit: int
    ) -> tuple[LeftOver, ...]:
        found = [one for one in sorted(self.left_over) if after is None or one > after]
        return tuple(LeftOver(kind=kind, id=str(one), reason="nobody needs it") for one in found[:limit])

    async def remove_rows(self, tenant_id: UUID, kind: LeftOverKind, ids: Sequence[UUID]) -> Set[UUID]:
        gone = set(ids) - self.needed_again
        self.left_over = [one for one in self.left_over if one not in gone]
        return gone


@dataclass
class Runs:
    open: set[str] = field(default_factory=set)

    async def is_open(self, workflow_id: str) -> bool:
        return workflow_id in self.open


@dataclass
class Swept:
    inventory: Inventory = field(default_factory=Inventory)
    rows: Rows = field(default_factory=Rows)
    ingests: MemoryIngests = field(default_factory=MemoryIngests)
    runs: Runs = field(default_factory=Runs)

    @property
    def steps(self) -> SweepingActivities:
        return SweepingActivities(self.inventory, self.rows, self.ingests, self.runs)


@pytest.fixture
def swept() -> Swept:
    return Swept()


def page(*, remove: bool = False, after: str | None = None) -> PageInput:
    return PageInput(tenant_id=TENANT, older_than_seconds=3600, remove=remove, after=after)


def rows(*, remove: bool = False, after: str | None = None) -> RowsInput:
    return RowsInput(**page(remove=remove, after=after).model_dump(), kind=LeftOverKind.DOCUMENT)


def source(number: int) -> str:
    return f"{TENANT}/{number:064x}/source"


async def test_objects_are_looked_at_page_by_page(step: ActivityEnvironment, swept: Swept) -> None:
    swept.inventory.objects = {source(number): OLD for number in range(PAGE + 2)}
    swept.rows.named = set(list(swept.inventory.objects)[:-1])
    first = await step.run(swept.steps.sweep_objects, page())
    assert (first.report.checked, first.report.found, first.next) == ({"source_artifacts": PAGE}, 0, source(PAGE - 1))
    last = await step.run(swept.steps.sweep_objects, page(after=first.next))
    assert (last.report.checked, last.next) == ({"source_artifacts": 2}, None)
    assert [one.id for one in last.report.left_over] == [source(PAGE + 1)]


async def test_a_page_names_a_hundred_and_counts_all(step: ActivityEnvironment, swept: Swept) -> None:
    swept.inventory.objects = {source(number): OLD for number in range(150)}
    swept_page = await step.run(swept.steps.sweep_objects, page(remove=True))
    report = swept_page.report
    assert (report.found, report.removed, len(report.left_over)) == (150, 150, 100)
    assert swept.inventory.objects == {}


async def test_young_objects_and_those_of_others_stay(step: ActivityEnvironment, swept: Swept) -> None:
    young, other = source(1), f"{uuid4()}/{'a' * 64}/source"
    swept.inventory.objects = {young: datetime.now(UTC), other: OLD}
    swept_page = await step.run(swept.steps.sweep_objects, page(remove=True))
    assert (swept_page.report.found, swept_page.report.checked) == (0, {"source_artifacts": 1})
    assert set(swept.inventory.objects) == {young, other}


async def test_artifacts_of_a_version_go_with_the_end_of_its_ingest(step: ActivityEnvironment, swept: Swept) -> None:
    failed, superseded = uuid4(), uuid4()
    swept.rows.versions = {
        failed: VersionStanding(IngestState.FAILED, document_deleted=False),
        superseded: VersionStanding(IngestState.SUPERSEDED, document_deleted=False),
    }
    keys = {one: f"{TENANT}/derived/{one}/parsed.json" for one in (failed, superseded)}
    swept.inventory.objects = {**dict.fromkeys(keys.values(), OLD), f"{TENANT}/derived/nonsense/x": OLD}
    await step.run(swept.steps.sweep_objects, page(remove=True))
    assert list(swept.inventory.objects) == [keys[failed]]


async def test_rows_that_are_needed_again_are_not_removed(step: ActivityEnvironment, swept: Swept) -> None:
    gone, needed = UUID(int=1), UUID(int=2)
    swept.rows.left_over, swept.rows.needed_again = [gone, needed], {needed}
    report = (await step.run(swept.steps.sweep_rows, rows(remove=True))).report
    assert [(one.id, one.removed) for one in report.left_over] == [(str(gone), True), (str(needed), False)]
    assert swept.rows.left_over == [needed]


async def test_rows_are_counted_once(step: ActivityEnvironment, swept: Swept) -> None:
    swept.rows.left_over = [UUID(int=number) for number in range(PAGE + 1)]
    first = await step.run(swept.steps.sweep_rows, rows())
    last = await step.run(swept.steps.sweep_rows, rows(after=first.next))
    assert [one.report.checked["documents"] for one in (first, last)] == [PAGE + 1, 0]
    assert (first.report.found, last.report.found, last.next) == (PAGE, 1, None)


async def test_unfinished_ingests_come_page_by_page(step: ActivityEnvironment, swept: Swept) -> None:
    swept.rows.pending = [UUID(int=number) for number in range(101)]
    first = await step.run(swept.steps.find_unfinished_ingests, page())
    last = await step.run(swept.steps.find_unfinished_ingests, page(after=first.next))
    assert (len(first.versions), len(last.versions), last.next) == (100, 1, None)


@pytest.mark.parametrize("remove", [False, True])
async def test_an_ingest_that_nobody_works_on_is_settled_when_asked(
    step: ActivityEnvironment, swept: Swept, remove: bool
) -> None:
    suspects = tuple(SuspectIngest(version_id=uuid4(), workflow_id=name) for name in ("open", "closed"))
    swept.runs.open = {"open"}
    given = SuspectsInput(tenant_id=TENANT, remove=remove, suspects=suspects)
    report = (await step.run(swept.steps.sweep_interrupted_ingests, given)).report
    assert [(one.id, one.removed) for one in report.left_over] == [(str(suspects[1].version_id), remove)]
    settled = [(version_id, failure and failure.code) for version_id, _, failure in swept.ingests.settled]
    assert settled == ([(suspects[1].version_id, "ingest_interrupted")] if remove else [])
