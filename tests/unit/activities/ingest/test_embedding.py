"""Embedding a version: in parts, so that the next attempt goes on where the one before ended."""

import dataclasses

from temporalio.testing import ActivityEnvironment

from activities.ingest import embedding
from activities.ingest.artifacts import load_bytes, store_value
from activities.ingest.embedding import Embedded, EmbeddingActivities, EmbedInput
from activities.ingest.long_steps import LongSteps
from domain.knowledge.ingest import IngestStage
from domain.knowledge.passage import Passage, PassageSet, Span
from tests.unit.activities.fakes import HashedEmbedder, MemoryIngests, MemoryObjectStore, version_of

VERSION = version_of(b"# Keys")


async def many_spans(store: MemoryObjectStore, count: int) -> EmbedInput:
    """A passage set that takes several parts to embed."""
    spans = tuple(Span(start=number, end=number + 1, text=f"span {number}") for number in range(count))
    passage = Passage(ordinal=0, start=0, end=count, section_heading="", text="x" * count, spans=spans)
    passages = PassageSet(title="t", chunker="c", passages=(passage,))
    return EmbedInput(version=VERSION, passages=await store_value(store, "passages", passages))


async def test_spans_are_embedded_in_order_in_parts(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    embedder = HashedEmbedder()
    count = embedding.SPANS_PER_PART + 3
    embedded: Embedded = await step.run(
        EmbeddingActivities(store, embedder, ingests, LongSteps()).embed_spans, await many_spans(store, count)
    )
    assert embedder.embedded == [f"span {number}" for number in range(count)]
    assert (embedded.spans, embedded.model, embedded.dimension) == (count, "hashed-4", 4)
    sizes = [len(await load_bytes(store, part)) for part in embedded.parts]
    assert sizes == [embedding.SPANS_PER_PART * 16, 3 * 16]


async def test_the_next_attempt_embeds_only_the_parts_that_are_missing(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    count = embedding.SPANS_PER_PART + 3
    given = await many_spans(store, count)
    first = await step.run(EmbeddingActivities(store, HashedEmbedder(), ingests, LongSteps()).embed_spans, given)
    embedder = HashedEmbedder()
    step.info = dataclasses.replace(step.info, heartbeat_details=[1], attempt=2)
    again = await step.run(EmbeddingActivities(store, embedder, ingests, LongSteps()).embed_spans, given)
    assert embedder.embedded == [f"span {number}" for number in range(embedding.SPANS_PER_PART, count)]
    assert again == first


async def test_parts_of_another_model_are_embedded_anew(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    given = await many_spans(store, 3)
    await step.run(EmbeddingActivities(store, HashedEmbedder(), ingests, LongSteps()).embed_spans, given)
    embedder = HashedEmbedder()
    embedder.model = "hashed-4b"
    step.info = dataclasses.replace(step.info, heartbeat_details=[1], attempt=2)
    await step.run(EmbeddingActivities(store, embedder, ingests, LongSteps()).embed_spans, given)
    assert len(embedder.embedded) == 3


async def test_each_stored_part_is_told_to_the_next_attempt(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    beats: list[int] = []
    step.on_heartbeat = beats.append
    given = await many_spans(store, embedding.SPANS_PER_PART + 3)
    await step.run(EmbeddingActivities(store, HashedEmbedder(), ingests, LongSteps()).embed_spans, given)
    assert 1 in beats
    assert beats[-1] == 2


async def test_progress_runs_from_nothing_to_all_and_names_stage_and_attempt(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    step.info = dataclasses.replace(step.info, attempt=3)
    given = await many_spans(store, embedding.SPANS_PER_BATCH * 2)
    await step.run(EmbeddingActivities(store, HashedEmbedder(), ingests, LongSteps()).embed_spans, given)
    progress = [report for report, _ in ingests.reports]
    assert {(report.stage, report.total, report.attempt) for report in progress} == {
        (IngestStage.EMBED, embedding.SPANS_PER_BATCH * 2, 3)
    }
    assert [report.done for report in progress] == [0, 128, 256, 256]
