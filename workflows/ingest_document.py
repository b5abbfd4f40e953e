"""The way of one document's versions into the index, one after another."""

import asyncio
from typing import NamedTuple
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.acquisition import Acquired, AcquireInput, AcquisitionActivities
from activities.chunking import Chunked, ChunkingActivities, ChunkInput
from activities.embedding import Embedded, EmbeddingActivities, EmbedInput
from activities.indexing import CleanUpInput, IndexingActivities, PublishInput
from activities.parsing import Parsed, ParseInput, ParsingActivities
from activities.registration import RegisterInput, RegistrationActivities, SettleInput
from domain.base import Value
from domain.document import DocumentVersion, Ingest, IngestState
from domain.errors import Failure
from domain.indexing import PublishReceipt
from workflows import call_options, search_attributes
from workflows.failures import failure_of


class IngestDocumentInput(Value):
    """``queued`` and ``newest_started`` carry the queue over when the workflow continues as new."""

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    external_key: str
    queued: tuple[Ingest, ...] = ()
    newest_started: int = 0


class IngestDocumentResult(Value):
    """How the last version that this run worked on ended; None if it was never given one."""

    version_id: UUID | None
    state: IngestState | None
    failure: Failure | None = None


class _Prepared(NamedTuple):
    parsed: Parsed
    chunked: Chunked
    embedded: Embedded


@workflow.defn(name="IngestDocument")
class IngestDocumentWorkflow:
    """A queue of versions. The newest one wins: versions that wait when a newer one comes end superseded."""

    @workflow.init
    def __init__(self, document: IngestDocumentInput) -> None:
        self._document = document
        self._queue: list[Ingest] = list(document.queued)
        self._known: set[UUID] = {ingest.version.version_id for ingest in document.queued}
        self._submissions = len(document.queued)
        self._newest_started = document.newest_started
        self._last = IngestDocumentResult(version_id=None, state=None)

    @workflow.run
    async def run(self, _: IngestDocumentInput) -> IngestDocumentResult:
        try:
            await workflow.wait_condition(lambda: self._submissions > 0, timeout=call_options.FIRST_VERSION_WAIT)
        except TimeoutError:
            return self._last
        try:
            await self._ingest_all()
        except (FailureError, asyncio.CancelledError) as error:
            if not is_cancelled_exception(error):
                raise
            # Cancelled between two versions: what is queued must not wait for ever.
            for ingest in tuple(self._queue):
                await self._settle_queued(ingest, IngestState.CANCELLED, failure_of(error))
        return self._last

    @workflow.update
    async def submit(self, version: DocumentVersion) -> Ingest:
        """Register a version and queue it; unchanged content returns the ingest that already has it.

        An unfinished ingest that this run does not know belonged to a run that was ended by force: it is adopted.
        """
        self._submissions += 1
        ingest: Ingest = await workflow.execute_activity_method(
            RegistrationActivities.register_version,
            RegisterInput(version=version),
            summary=f"Accept a version of {version.external_key}",
            **call_options.REGISTER.as_kwargs(),
        )
        if not ingest.state.is_terminal and ingest.version.version_id not in self._known:
            self._known.add(ingest.version.version_id)
            self._queue.append(ingest)
        return ingest

    async def _ingest_all(self) -> None:
        while await self._has_work():
            await self._ingest_newest()
            if self._queue and workflow.info().is_continue_as_new_suggested():
                await self._continue_as_new()

    async def _has_work(self) -> bool:
        """Wait until a version is queued, or until no submission is under way and there is nothing to do."""
        await workflow.wait_condition(lambda: bool(self._queue) or workflow.all_handlers_finished())
        return bool(self._queue)

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            self._document.model_copy(update={"queued": tuple(self._queue), "newest_started": self._newest_started})
        )

    async def _ingest_newest(self) -> None:
        *overtaken, newest = sorted(self._queue, key=lambda ingest: ingest.version_number)
        if newest.version_number < self._newest_started:
            overtaken.append(newest)
        for ingest in overtaken:
            await self._settle_queued(ingest, IngestState.SUPERSEDED, None)
        if newest in overtaken:
            return
        self._queue.remove(newest)
        self._newest_started = newest.version_number
        await self._run_to_its_end(newest.version)

    async def _run_to_its_end(self, version: DocumentVersion) -> None:
        self._describe(version, IngestState.RUNNING, "")
        try:
            await self._ingest(version)
        except (ActivityError, asyncio.CancelledError) as error:
            failure = failure_of(error)
            state = IngestState.CANCELLED if failure.code == "cancelled" else IngestState.FAILED
            await self._settle(version, state, failure)
        else:
            self._last = IngestDocumentResult(version_id=version.version_id, state=IngestState.SUCCEEDED)
            self._describe(version, IngestState.SUCCEEDED, "")

    async def _ingest(self, version: DocumentVersion) -> None:
        prepared = await self._prepare(version)
        receipt: PublishReceipt = await workflow.execute_activity_method(
            IndexingActivities.publish_version,
            PublishInput(
                version=version,
                passages=prepared.chunked.passages,
                embeddings=prepared.embedded.parts,
                model=prepared.embedded.model,
                dimension=prepared.embedded.dimension,
            ),
            summary=f"Publish {prepared.chunked.passage_count} passages",
            **call_options.PROCESS.as_kwargs(),
        )
        workflow.logger.info("version published", extra={"generation_id": str(receipt.generation_id)})
        await self._clean_up(prepared)

    async def _prepare(self, version: DocumentVersion) -> _Prepared:
        acquired: Acquired = await workflow.execute_activity_method(
            AcquisitionActivities.acquire_document,
            AcquireInput(version=version),
            summary="Check the uploaded bytes",
            **call_options.PROCESS.as_kwargs(),
        )
        parsed: Parsed = await workflow.execute_activity_method(
            ParsingActivities.parse_document,
            ParseInput(version=version, source=acquired.source),
            summary=f"Read {version.artifact.size_bytes} bytes of {version.artifact.media_type}",
            **call_options.PROCESS.as_kwargs(),
        )
        chunked: Chunked = await workflow.execute_activity_method(
            ChunkingActivities.chunk_document,
            ChunkInput(version=version, document=parsed.document),
            summary=f"Cut {parsed.characters} characters into passages",
            **call_options.PROCESS.as_kwargs(),
        )
        embedded: Embedded = await workflow.execute_activity_method(
            EmbeddingActivities.embed_spans,
            EmbedInput(version=version, passages=chunked.passages),
            summary=f"Embed {chunked.span_count} spans",
            **call_options.PROCESS.as_kwargs(),
        )
        return _Prepared(parsed, chunked, embedded)

    async def _clean_up(self, prepared: _Prepared) -> None:
        artifacts = (prepared.parsed.document, prepared.chunked.passages, *prepared.embedded.parts)
        try:
            await workflow.execute_activity_method(
                IndexingActivities.remove_temporary_artifacts,
                CleanUpInput(keys=tuple(artifact.key for artifact in artifacts)),
                summary="Remove temporary files",
                **call_options.TIDY.as_kwargs(),
            )
        except ActivityError:
            # The version is live and its ingest succeeded; what is left over is only space.
            workflow.logger.warning("temporary artifacts were left behind")

    async def _settle_queued(self, ingest: Ingest, state: IngestState, failure: Failure | None) -> None:
        await self._settle(ingest.version, state, failure)
        self._queue.remove(ingest)

    async def _settle(self, version: DocumentVersion, state: IngestState, failure: Failure | None) -> None:
        settling: workflow.ActivityHandle[Ingest] = workflow.start_activity_method(
            RegistrationActivities.settle_version,
            SettleInput(tenant_id=version.tenant_id, version_id=version.version_id, state=state, failure=failure),
            summary=f"Record as {state}",
            **call_options.SETTLE.as_kwargs(),
        )
        try:
            self._ended(await asyncio.shield(settling))
        except asyncio.CancelledError:
            # A cancellation that comes now is for what follows: no ingest sticks half-settled.
            self._ended(await settling)
            raise

    def _ended(self, ingest: Ingest) -> None:
        version = ingest.version
        self._last = IngestDocumentResult(version_id=version.version_id, state=ingest.state, failure=ingest.failure)
        self._describe(version, ingest.state, ingest.failure.message if ingest.failure else "")

    def _describe(self, version: DocumentVersion, state: IngestState, reason: str) -> None:
        """Say in the Temporal UI where the document stands."""
        workflow.upsert_search_attributes([search_attributes.INGEST_STATE.value_set(state)])
        workflow.set_current_details(
            f"**{version.external_key}**, version `{version.version_id}`: **{state}**"
            + (f"\n\n{reason}" if reason else "")
        )
