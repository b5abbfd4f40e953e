"""The way of one document's versions into the index, one after another."""

import asyncio
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.ingest.registration import RegisterInput, RegistrationActivities, SettleInput
from activities.ingest.removal import RemovalActivities
from domain.base import Value
from domain.errors import Failure
from domain.knowledge.document import DELETED_MEANWHILE, DocumentRemoval, RemovedDocument
from domain.knowledge.ingest import Ingest, IngestState
from domain.knowledge.version import DocumentVersion
from workflows import call_options, search_attributes, version_steps
from workflows.failures import failure_of
from workflows.pages.ingest import IngestLog, removal_page, settle_line, unchanged_page
from workflows.pages.text import one_line


class IngestDocumentInput(Value):
    """What follows ``external_key`` carries the work that is left over when the workflow continues as new."""

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    external_key: str
    queued: tuple[Ingest, ...] = ()
    newest_started: int = 0
    left_over: tuple[UUID, ...] = ()


class IngestDocumentResult(Value):
    """How the last version that this run worked on ended; None if it was never given one.

    ``document_deleted``: the document was deleted in this run, and nothing came after that.
    """

    version_id: UUID | None
    state: IngestState | None
    failure: Failure | None = None
    document_deleted: bool = False


@workflow.defn(name="IngestDocument")
class IngestDocumentWorkflow:
    """A queue of versions. The newest one wins: versions that wait when a newer one comes end superseded.

    Deleting the document goes through the same workflow, so that it has its place between the versions.
    """

    @workflow.init
    def __init__(self, document: IngestDocumentInput) -> None:
        self._document = document
        self._queue: list[Ingest] = list(document.queued)
        self._known: set[UUID] = {ingest.version.version_id for ingest in document.queued}
        self._requests = len(document.queued) + len(document.left_over)
        self._newest_started = document.newest_started
        self._running: asyncio.Task[None] | None = None
        self._removed_up_to = 0
        self._newest_known = document.newest_started
        self._left_over: list[UUID] = list(document.left_over)
        self._last = IngestDocumentResult(version_id=None, state=None)
        self._log = IngestLog(document.external_key)

    @workflow.run
    async def run(self, _: IngestDocumentInput) -> IngestDocumentResult:
        try:
            await workflow.wait_condition(lambda: self._requests > 0, timeout=call_options.FIRST_VERSION_WAIT)
            await self._ingest_all()
        except TimeoutError:
            return self._last
        except (FailureError, asyncio.CancelledError) as error:
            if not is_cancelled_exception(error):
                raise
            # A request that is under way may still bring a version, whose row would wait for ever.
            await workflow.wait_condition(workflow.all_handlers_finished)
            # Cancelled between two versions: what is queued must not wait for ever.
            for ingest in sorted(self._queue, key=lambda ingest: ingest.version_number):
                await self._settle_queued(ingest, IngestState.CANCELLED, failure_of(error))
            await self._remove_left_over()
        return self._last.model_copy(update={"document_deleted": self._is_deleted()})

    @workflow.update
    async def submit(self, version: DocumentVersion) -> Ingest:
        """Register a version and queue it; unchanged content returns the ingest that already has it.

        An unfinished ingest that this run does not know belonged to a run that was ended by force: it is adopted.
        """
        self._requests += 1
        ingest: Ingest = await workflow.execute_local_activity_method(
            RegistrationActivities.register_version,
            RegisterInput(version=version),
            summary=one_line(f"Accept an upload of {version.external_key}"),
            **call_options.REGISTER.as_kwargs(),
        )
        self._newest_known = max(self._newest_known, ingest.version_number)
        is_known = ingest.version.version_id in self._known or ingest.version_number <= self._removed_up_to
        if not ingest.state.is_terminal and not is_known:
            self._known.add(ingest.version.version_id)
            self._queue.append(ingest)
        elif ingest.state.is_terminal and self._log.is_empty:
            self._describe_unchanged(ingest)
        return ingest

    @workflow.update
    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        """Delete the document. The database ends every version that came before, so that none can go live any more;
        what this run still does for them is stopped. A version that comes later revives the document.
        """
        self._requests += 1
        removed: RemovedDocument = await workflow.execute_activity_method(
            RemovalActivities.remove_document,
            removal,
            summary=one_line(f"Take {removal.external_key} out of the answers"),
            priority=workflow.info().priority,
            **call_options.REMOVE.as_kwargs(),
        )
        self._removed_up_to = max(self._removed_up_to, removed.last_version_number)
        self._queue = [ingest for ingest in self._queue if ingest.version_number > self._removed_up_to]
        self._left_over.extend(removed.left_over)
        if self._running is not None and self._newest_started <= self._removed_up_to:
            self._running.cancel()
        if self._is_deleted():
            self._describe_removal(removal)
        return removed

    def _is_deleted(self) -> bool:
        return self._removed_up_to > 0 and self._newest_known <= self._removed_up_to

    async def _ingest_all(self) -> None:
        while await self._has_work():
            if self._left_over:
                await self._remove_left_over()
            else:
                await self._ingest_newest()
            if self._queue and workflow.info().is_continue_as_new_suggested():
                await self._continue_as_new()

    async def _has_work(self) -> bool:
        """Wait until there is something to do, or until no request is under way that could bring it."""
        await workflow.wait_condition(lambda: self._has_task() or workflow.all_handlers_finished())
        return self._has_task()

    def _has_task(self) -> bool:
        return bool(self._queue or self._left_over)

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._has_task():
            return
        workflow.continue_as_new(
            self._document.model_copy(
                update={
                    "queued": tuple(self._queue),
                    "newest_started": self._newest_started,
                    "left_over": tuple(self._left_over),
                }
            )
        )

    async def _ingest_newest(self) -> None:
        *overtaken, newest = sorted(self._queue, key=lambda ingest: ingest.version_number)
        if newest.version_number < self._newest_started:
            overtaken.append(newest)
        for ingest in overtaken:
            await self._settle_queued(ingest, IngestState.SUPERSEDED, None)
        if newest not in self._queue:
            # It was overtaken, or the document was deleted meanwhile.
            return
        self._queue.remove(newest)
        self._newest_started = newest.version_number
        await self._run_to_its_end(newest)

    async def _run_to_its_end(self, ingest: Ingest) -> None:
        self._describe(ingest, IngestState.RUNNING, None)
        self._running = asyncio.create_task(self._ingest(ingest))
        try:
            await self._running
        except (ActivityError, asyncio.CancelledError) as error:
            failure = failure_of(error)
            state = IngestState.CANCELLED if failure.code == "cancelled" else IngestState.FAILED
            await self._settle(ingest, state, failure)
            self._leave_only_what_a_retry_needs(ingest)
        else:
            await self._succeed(ingest)
        if ingest.version_number <= self._removed_up_to:
            self._left_over.append(ingest.version.version_id)

    async def _succeed(self, ingest: Ingest) -> None:
        if ingest.version_number <= self._removed_up_to:
            # The document was deleted during the last step; only the database knows which of the two was first.
            await self._settle(ingest, IngestState.CANCELLED, DELETED_MEANWHILE)
            return
        self._last = IngestDocumentResult(version_id=ingest.version.version_id, state=IngestState.SUCCEEDED)
        self._describe(ingest, IngestState.SUCCEEDED, None)

    async def _ingest(self, ingest: Ingest) -> None:
        version = ingest.version
        await version_steps.publish(ingest, await version_steps.prepare(ingest))
        await version_steps.clean_up(version.tenant_id, version.version_id)

    async def _remove_left_over(self) -> None:
        version_ids, self._left_over = tuple(dict.fromkeys(self._left_over)), []
        if not version_ids:
            return
        try:
            await version_steps.clean_up(self._document.tenant_id, *version_ids)
        except ActivityError:
            self._left_over.extend(version_ids)
            raise

    def _leave_only_what_a_retry_needs(self, ingest: Ingest) -> None:
        if self._last.state is not IngestState.FAILED:
            self._left_over.append(ingest.version.version_id)

    async def _settle_queued(self, ingest: Ingest, state: IngestState, failure: Failure | None) -> None:
        await self._settle(ingest, state, failure)
        if ingest in self._queue:
            self._queue.remove(ingest)

    async def _settle(self, ingest: Ingest, state: IngestState, failure: Failure | None) -> None:
        version = ingest.version
        settling: workflow.ActivityHandle[Ingest] = workflow.start_activity_method(
            RegistrationActivities.settle_version,
            SettleInput(tenant_id=version.tenant_id, version_id=version.version_id, state=state, failure=failure),
            summary=settle_line(ingest, state, failure),
            priority=workflow.info().priority,
            **call_options.SETTLE.as_kwargs(),
        )
        try:
            self._note_end(await asyncio.shield(settling))
        except asyncio.CancelledError:
            # A cancellation that comes now is for what follows: no ingest sticks half-settled.
            self._note_end(await settling)
            raise

    def _note_end(self, ingest: Ingest) -> None:
        version = ingest.version
        self._last = IngestDocumentResult(version_id=version.version_id, state=ingest.state, failure=ingest.failure)
        if ingest.version_number > self._removed_up_to:
            self._describe(ingest, ingest.state, ingest.failure)

    def _describe(self, ingest: Ingest, state: IngestState, failure: Failure | None) -> None:
        """Say in the Temporal UI where the document stands."""
        self._log.note(ingest, state, failure)
        workflow.upsert_search_attributes([search_attributes.INGEST_STATE.value_set(state)])
        workflow.set_current_details(self._log.page())

    def _describe_unchanged(self, ingest: Ingest) -> None:
        workflow.upsert_search_attributes([search_attributes.INGEST_STATE.value_set("unchanged")])
        workflow.set_current_details(unchanged_page(ingest))

    def _describe_removal(self, removal: DocumentRemoval) -> None:
        workflow.upsert_search_attributes([search_attributes.INGEST_STATE.value_set("deleted")])
        workflow.set_current_details(removal_page(removal))
