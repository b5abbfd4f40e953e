"""The steps of one version's way into the index, in order. Called by a workflow; each is a durable activity."""

import asyncio
from typing import NamedTuple
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.ingest.acquisition import Acquired, AcquireInput, AcquisitionActivities
from activities.ingest.chunking import Chunked, ChunkingActivities, ChunkInput
from activities.ingest.embedding import Embedded, EmbeddingActivities, EmbedInput
from activities.ingest.parsing import Parsed, ParseInput, ParsingActivities
from activities.ingest.publishing import CleanUpInput, IndexingActivities, PublishInput
from domain.knowledge.ingest import Ingest
from domain.knowledge.publication import PublishReceipt
from workflows import call_options
from workflows.pages.ingest import step_line
from workflows.pages.text import count


class Prepared(NamedTuple):
    """Everything that a publication is made of, by reference."""

    parsed: Parsed
    chunked: Chunked
    embedded: Embedded


async def prepare(ingest: Ingest) -> Prepared:
    """Read, cut and embed a version. Raises ActivityError, or CancelledError between two steps."""
    version, number = ingest.version, ingest.version_number
    acquired: Acquired = await workflow.execute_local_activity_method(
        AcquisitionActivities.acquire_document,
        AcquireInput(version=version),
        summary=step_line(number, "check that the uploaded bytes are all there"),
        **call_options.ACQUIRE.as_kwargs(),
    )
    _stop_if_cancelled()
    parsed: Parsed = await workflow.execute_activity_method(
        ParsingActivities.parse_document,
        ParseInput(version=version, source=acquired.source),
        summary=step_line(number, f"read {version.artifact.media_type}, {count(version.artifact.size_bytes, 'byte')}"),
        priority=workflow.info().priority,
        **call_options.PROCESS.as_kwargs(),
    )
    _stop_if_cancelled()
    chunked: Chunked = await workflow.execute_activity_method(
        ChunkingActivities.chunk_document,
        ChunkInput(version=version, document=parsed.document),
        summary=step_line(number, f"cut {count(parsed.characters, 'character')} into passages"),
        priority=workflow.info().priority,
        **call_options.PROCESS.as_kwargs(),
    )
    _stop_if_cancelled()
    embedded: Embedded = await workflow.execute_activity_method(
        EmbeddingActivities.embed_spans,
        EmbedInput(version=version, passages=chunked.passages),
        summary=step_line(
            number, f"embed {count(chunked.span_count, 'span')} of {count(chunked.passage_count, 'passage')}"
        ),
        priority=workflow.info().priority,
        **call_options.PROCESS.as_kwargs(),
    )
    _stop_if_cancelled()
    return Prepared(parsed, chunked, embedded)


async def publish(ingest: Ingest, prepared: Prepared) -> None:
    """Let answers come from the version, unless it was ended meanwhile."""
    receipt: PublishReceipt = await workflow.execute_activity_method(
        IndexingActivities.publish_version,
        PublishInput(
            version=ingest.version,
            passages=prepared.chunked.passages,
            embeddings=prepared.embedded.parts,
            model=prepared.embedded.model,
            dimension=prepared.embedded.dimension,
        ),
        summary=step_line(ingest.version_number, f"publish {count(prepared.chunked.passage_count, 'passage')}"),
        priority=workflow.info().priority,
        **call_options.PROCESS.as_kwargs(),
    )
    workflow.logger.info("version published", extra={"generation_id": str(receipt.generation_id)})


async def clean_up(tenant_id: UUID, *version_ids: UUID) -> None:
    """Remove the intermediate results of versions. Given up after a while: how they ended stands in the database.

    Raises ActivityError when it is cancelled, and only then.
    """
    try:
        await workflow.execute_activity_method(
            IndexingActivities.remove_temporary_artifacts,
            CleanUpInput(tenant_id=tenant_id, version_ids=version_ids),
            summary="Remove temporary files",
            **call_options.TIDY.as_kwargs(),
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        # What is left over is only space.
        workflow.logger.warning("temporary artifacts were left behind")


def _stop_if_cancelled() -> None:
    """Raise when the step before was cancelled and ended well all the same: the next one must not begin."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
