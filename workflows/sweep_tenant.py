"""A look at everything that one tenant's ingests may have left over, and its removal where that is asked for."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from pydantic import Field
from temporalio import workflow

from activities.ingest.sweeping import (
    PageInput,
    RowsInput,
    SuspectIngest,
    SuspectsInput,
    SweepingActivities,
    SweptPage,
    UnfinishedPage,
)
from domain.base import Value
from domain.knowledge.sweep import LeftOverKind, SweepReport, UnfinishedVersion
from workflows import call_options
from workflows.ids import ingest_workflow_id
from workflows.pages.sweep import sweep_page

DEFAULT_AGE_SECONDS: Final = 3_600
"""Long enough for any upload to come from its bytes to its workflow."""


class SweepStage(StrEnum):
    """What is looked at, in this order: a settled ingest may leave what the later stages find."""

    INGESTS = "ingests"
    PASSAGES = "passages"
    INDEX_ROWS = "index_rows"
    DOCUMENTS = "documents"
    OBJECTS = "objects"


class SweepPlace(Value):
    """How far a sweep has come: a stage, and what its next page continues behind."""

    stage: SweepStage = SweepStage.INGESTS
    after: str | None = None


class SweepTenantInput(Value):
    """Only what was last changed ``older_than_seconds`` ago can be left over. What follows it carries the work when
    the workflow continues as new."""

    tenant_id: UUID
    remove: bool = False
    older_than_seconds: int = Field(default=DEFAULT_AGE_SECONDS, ge=0)
    place: SweepPlace = SweepPlace()
    report: SweepReport = SweepReport()


Given = TypeVar("Given", bound=Value)
_STAGES: Final = tuple(SweepStage)
_KINDS: Final[Mapping[SweepStage, LeftOverKind]] = {
    SweepStage.PASSAGES: LeftOverKind.PASSAGES,
    SweepStage.INDEX_ROWS: LeftOverKind.INDEX_ROWS,
    SweepStage.DOCUMENTS: LeftOverKind.DOCUMENT,
}


@workflow.defn(name="SweepTenant")
class SweepTenantWorkflow:
    """Page by page through rows and objects; nothing is held but the report."""

    @workflow.init
    def __init__(self, sweep: SweepTenantInput) -> None:
        self._sweep = sweep
        self._report = sweep.report

    @workflow.run
    async def run(self, _: SweepTenantInput) -> SweepReport:
        place: SweepPlace | None = self._sweep.place
        while place:
            page = await self._look_at(place)
            self._report = self._report.adding(page.report)
            place = _following(place, page.next)
            self._describe(place)
            if place and workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self._sweep.model_copy(update={"place": place, "report": self._report}))
        return self._report

    async def _look_at(self, place: SweepPlace) -> SweptPage:
        if place.stage is SweepStage.INGESTS:
            return await self._ingests(self._page(place))
        if place.stage is SweepStage.OBJECTS:
            return await _run_step(SweepingActivities.sweep_objects, self._page(place), "Look at stored artifacts")
        return await _run_step(
            SweepingActivities.sweep_rows,
            RowsInput(**self._page(place).model_dump(), kind=_KINDS[place.stage]),
            f"Look at {place.stage.replace('_', ' ')}",
        )

    def _page(self, place: SweepPlace) -> PageInput:
        given = self._sweep.model_dump(include={"tenant_id", "older_than_seconds", "remove"})
        return PageInput(**given, after=place.after)

    async def _ingests(self, page: PageInput) -> SweptPage:
        found: UnfinishedPage = await workflow.execute_activity_method(
            SweepingActivities.find_unfinished_ingests,
            page,
            summary="Look at unfinished ingests",
            **call_options.SWEEP.as_kwargs(),
        )
        report = SweepReport(checked={LeftOverKind.INTERRUPTED_INGEST.checked_as: found.checked})
        if found.versions:
            suspects = tuple(self._suspect(version) for version in found.versions)
            swept = await _run_step(
                SweepingActivities.sweep_interrupted_ingests,
                SuspectsInput(tenant_id=page.tenant_id, remove=page.remove, suspects=suspects),
                f"Ask for the workflows of {len(suspects)} ingests",
            )
            report = report.adding(swept.report)
        return SweptPage(report=report, next=found.next)

    def _suspect(self, version: UnfinishedVersion) -> SuspectIngest:
        workflow_id = ingest_workflow_id(self._sweep.tenant_id, version.document_id)
        return SuspectIngest(version_id=version.version_id, workflow_id=workflow_id)

    def _describe(self, place: SweepPlace | None) -> None:
        looking_at = place.stage.replace("_", " ") if place else None
        workflow.set_current_details(sweep_page(looking_at, self._report))


async def _run_step(
    step: Callable[[SweepingActivities, Given], Awaitable[SweptPage]], given: Given, summary: str
) -> SweptPage:
    page: SweptPage = await workflow.execute_activity_method(
        step, given, summary=summary, **call_options.SWEEP.as_kwargs()
    )
    return page


def _following(place: SweepPlace, after: str | None) -> SweepPlace | None:
    """The next page of the stage, else the next stage; None behind the last one."""
    if after is not None:
        return SweepPlace(stage=place.stage, after=after)
    later = _STAGES[_STAGES.index(place.stage) + 1 :]
    return SweepPlace(stage=later[0]) if later else None
