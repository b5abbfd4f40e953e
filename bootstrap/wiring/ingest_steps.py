"""What an ingest worker serves ingests, sweeps and tunings with."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from activities.feedback.tuning import TuningActivities
from activities.ingest.acquisition import AcquisitionActivities
from activities.ingest.chunking import ChunkingActivities
from activities.ingest.embedding import EmbeddingActivities
from activities.ingest.long_steps import LongSteps
from activities.ingest.parsing import ParsingActivities
from activities.ingest.publishing import IndexingActivities
from activities.ingest.registration import RegistrationActivities
from activities.ingest.removal import RemovalActivities
from activities.ingest.sweeping import SweepingActivities
from adapters.document_processes.isolated import IsolatedParser
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.feedback import PostgresFeedback
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.sweeping import PostgresSweep
from adapters.temporal.workflow_runs import TemporalWorkflowRuns
from bootstrap.confinement import required_layers
from bootstrap.settings import Settings
from bootstrap.wiring.clients import WorkerSteps, open_database, open_object_store, open_temporal, step_interceptors
from bootstrap.wiring.embedders import open_embedder


@asynccontextmanager
async def open_ingest_steps(settings: Settings) -> AsyncIterator[WorkerSteps]:
    """Open what ingesting needs. Raises WorkflowServiceUnavailableError when Temporal does not answer."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        parser = await stack.enter_async_context(IsolatedParser(required=required_layers(settings)))
        embedder = await stack.enter_async_context(open_embedder(settings, for_bulk=True))
        store = open_object_store(settings)
        ingests = PostgresIngests(database)
        registration = RegistrationActivities(ingests)
        steps = LongSteps()
        indexing = IndexingActivities(store, PostgresPassageIndex(database), ingests, steps)
        tuning = TuningActivities(PostgresFeedback(database))
        client = await open_temporal(settings)
        yield WorkerSteps(
            client=client,
            activities=(
                registration.register_version,
                registration.settle_version,
                RemovalActivities(PostgresDocuments(database)).remove_document,
                AcquisitionActivities(store, ingests).acquire_document,
                ParsingActivities(store, parser, ingests, steps).parse_document,
                ChunkingActivities(store, parser, ingests, steps).chunk_document,
                EmbeddingActivities(store, embedder, ingests, steps, _batches_at_once(settings)).embed_spans,
                indexing.publish_version,
                indexing.remove_temporary_artifacts,
                tuning.learn_from_feedback,
                tuning.activate_tuning,
                *_sweeping(SweepingActivities(store, PostgresSweep(database), ingests, TemporalWorkflowRuns(client))),
            ),
            interceptors=step_interceptors(settings),
        )


def _batches_at_once(settings: Settings) -> int:
    """A service embeds several batches at a time; a model here computes one, and has the next in hand."""
    return 8 if settings.embedder == "openai" else 2


def _sweeping(sweeping: SweepingActivities) -> tuple[Callable[..., Any], ...]:
    return (
        sweeping.find_unfinished_ingests,
        sweeping.sweep_interrupted_ingests,
        sweeping.sweep_rows,
        sweeping.sweep_objects,
    )
