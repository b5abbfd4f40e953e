"""The steps of an ingest, from the uploaded bytes to the index."""

import asyncio
import dataclasses
from pathlib import Path
from uuid import UUID

import pytest
from temporalio.testing import ActivityEnvironment

from activities.heartbeat import heartbeating
from activities.ingest.acquisition import Acquired, AcquireInput, AcquisitionActivities
from activities.ingest.artifacts import ArtifactReference, load_passages, load_value, store_bytes, store_value
from activities.ingest.chunking import Chunked, ChunkingActivities, ChunkInput
from activities.ingest.embedding import EmbeddingActivities, EmbedInput
from activities.ingest.long_steps import LongSteps
from activities.ingest.parsing import Parsed, ParseInput, ParsingActivities
from activities.ingest.publishing import CleanUpInput, IndexingActivities, PublishInput
from activities.ingest.registration import RegisterInput, RegistrationActivities, SettleInput
from domain.errors import Failure
from domain.knowledge.errors import ArtifactMissingError, EmptyDocumentError, UnsupportedFormatError
from domain.knowledge.ingest import IngestState
from domain.knowledge.parsed import ParsedDocument
from domain.knowledge.passage import PassageSet
from tests.unit.activities.fake_parser import ParserHere
from tests.unit.activities.fakes import (
    TENANT,
    HashedEmbedder,
    ListedIndex,
    MemoryIngests,
    MemoryObjectStore,
    version_of,
)

CONTENT = b"# Keys\n\nRotate a key every 90 days.\n\n## Steps\n\n1. Open Settings.\n2. Press Rotate.\n"
VERSION = version_of(CONTENT)
SOURCE = ArtifactReference(key=VERSION.artifact.key, sha256=VERSION.artifact.sha256)


async def acquire(step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests) -> Acquired:
    return await step.run(AcquisitionActivities(store, ingests).acquire_document, AcquireInput(version=VERSION))


async def parse(step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests) -> Parsed:
    activities = ParsingActivities(store, ParserHere(), ingests, LongSteps())
    return await step.run(activities.parse_document, ParseInput(version=VERSION, source=SOURCE))


async def chunk(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests, title: str | None = None
) -> Chunked:
    parsed = await parse(step, store, ingests)
    given = ChunkInput(version=version_of(CONTENT, title=title), document=parsed.document)
    return await step.run(ChunkingActivities(store, ParserHere(), ingests, LongSteps()).chunk_document, given)


async def test_uploaded_bytes_of_the_promised_size_are_acquired(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    assert (await acquire(step, store, ingests)).source == SOURCE
    assert ingests.reports[-1][1] == {"source": SOURCE.key}


@pytest.mark.parametrize("found", [None, b"", CONTENT + b"!"])
async def test_bytes_that_are_gone_or_of_another_size_fail_the_ingest(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests, found: bytes | None
) -> None:
    if found is not None:
        await store.put(SOURCE.key, found)
    with pytest.raises(ArtifactMissingError):
        await acquire(step, store, ingests)


async def test_bytes_of_the_same_size_and_another_hash_are_not_parsed(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT[::-1])
    with pytest.raises(ArtifactMissingError):
        await parse(step, store, ingests)


async def test_the_parsed_document_is_stored_and_only_referenced(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    parsed = await parse(step, store, ingests)
    document = await load_value(store, parsed.document, ParsedDocument)
    assert "Rotate a key every 90 days." in document.text
    assert parsed.characters == len(document.text)
    assert parsed.document.key == f"{TENANT}/derived/{VERSION.version_id}/parsed.json"
    assert "Rotate" not in parsed.model_dump_json()


async def test_a_format_that_no_parser_knows_keeps_its_code(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    content = b"\x00\x01\x02"
    version = version_of(content, name="picture.png")
    artifact = version.artifact.model_copy(update={"media_type": "image/png"})
    await store.put(artifact.key, content)
    given = ParseInput(
        version=version.model_copy(update={"artifact": artifact}),
        source=ArtifactReference(key=artifact.key, sha256=artifact.sha256),
    )
    with pytest.raises(UnsupportedFormatError):
        await step.run(ParsingActivities(store, ParserHere(), ingests, LongSteps()).parse_document, given)


async def test_passages_are_stored_with_their_spans_and_only_counted(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    chunked = await chunk(step, store, ingests)
    passages = await load_passages(store, chunked.passages)
    assert (chunked.passage_count, chunked.span_count) == (len(passages.passages), passages.span_count)
    assert chunked.span_count >= 1
    assert "Rotate" not in chunked.model_dump_json()


async def test_the_title_that_was_given_wins_over_the_documents_own(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    own = await load_passages(store, (await chunk(step, store, ingests)).passages)
    given = await load_passages(store, (await chunk(step, store, ingests, title="Guide")).passages)
    assert (own.title, given.title) == ("Keys", "Guide")


async def test_a_document_without_text_fails_as_empty(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    blank = ParsedDocument(title=None, text=" \n ", blocks=(), media_type="text/plain", parser="p")
    given = ChunkInput(version=VERSION, document=await store_value(store, "blank", blank))
    with pytest.raises(EmptyDocumentError):
        await step.run(ChunkingActivities(store, ParserHere(), ingests, LongSteps()).chunk_document, given)


async def test_publishing_hands_the_whole_version_to_the_index(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    chunked = await chunk(step, store, ingests)
    embedded = await step.run(
        EmbeddingActivities(store, HashedEmbedder(), ingests, LongSteps()).embed_spans,
        EmbedInput(version=VERSION, passages=chunked.passages),
    )
    index = ListedIndex()
    given = PublishInput(
        version=VERSION,
        passages=chunked.passages,
        embeddings=embedded.parts,
        model=embedded.model,
        dimension=embedded.dimension,
    )
    receipt = await step.run(IndexingActivities(store, index, ingests, LongSteps()).publish_version, given)
    (publication,) = index.published
    assert publication.version == VERSION
    assert len(publication.embeddings) == publication.passages.span_count * 4 * 4
    assert receipt.passages == chunked.passage_count


async def test_vectors_that_changed_since_they_were_stored_are_not_published(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    passages = await store_value(store, "passages", PassageSet(title="t", chunker="c", passages=()))
    part = await store_bytes(store, "part", b"1234")
    await store.put("part", b"4321")
    index = ListedIndex()
    given = PublishInput(version=VERSION, passages=passages, embeddings=(part,), model="m", dimension=1)
    with pytest.raises(ArtifactMissingError):
        await step.run(IndexingActivities(store, index, ingests, LongSteps()).publish_version, given)
    assert index.published == []


async def test_cleaning_up_removes_temporary_artifacts_and_leaves_the_source(
    step: ActivityEnvironment, store: MemoryObjectStore, ingests: MemoryIngests
) -> None:
    await store.put(SOURCE.key, CONTENT)
    await parse(step, store, ingests)
    given = CleanUpInput(tenant_id=TENANT, version_ids=(VERSION.version_id, UUID(int=99)))
    await step.run(IndexingActivities(store, ListedIndex(), ingests, LongSteps()).remove_temporary_artifacts, given)
    assert list(store.objects) == [SOURCE.key]


async def test_a_version_is_registered_and_settled_through_the_repository(
    step: ActivityEnvironment, ingests: MemoryIngests
) -> None:
    registration = RegistrationActivities(ingests)
    registered = await step.run(registration.register_version, RegisterInput(version=VERSION))
    assert (registered.version, registered.state) == (VERSION, IngestState.QUEUED)
    failure = Failure(code="empty_document", message="Nothing in it.")
    given = SettleInput(tenant_id=TENANT, version_id=UUID(int=6), state=IngestState.FAILED, failure=failure)
    assert (await step.run(registration.settle_version, given)).state is IngestState.FAILED
    assert ingests.settled == [(UUID(int=6), IngestState.FAILED, failure)]


class SlowObjectStore(MemoryObjectStore):
    """Answers once the step has said that it still lives."""

    def __init__(self) -> None:
        super().__init__()
        self.beaten = asyncio.Event()

    async def get_file(self, key: str, path: Path) -> None:
        await self.beaten.wait()
        await super().get_file(key, path)


async def test_a_step_shows_that_it_lives_while_the_object_store_is_slow(
    step: ActivityEnvironment, ingests: MemoryIngests
) -> None:
    store = SlowObjectStore()
    step.on_heartbeat = lambda *_: store.beaten.set()
    await store.put(SOURCE.key, CONTENT)
    assert (await parse(step, store, ingests)).characters > 0


async def test_a_later_attempt_says_at_once_what_was_reached_before_it(step: ActivityEnvironment) -> None:
    step.info = dataclasses.replace(step.info, heartbeat_details=[3], attempt=2)
    beats: list[int] = []
    step.on_heartbeat = beats.append

    async def short_step() -> None:
        async with heartbeating():
            await asyncio.sleep(0)

    await step.run(short_step)
    assert beats == [3]


async def test_a_long_step_beats_until_it_ends(step: ActivityEnvironment) -> None:
    beat = asyncio.Event()
    step.on_heartbeat = lambda *_: beat.set()

    async def long_step() -> int:
        async with heartbeating() as heartbeat:
            await beat.wait()
            return heartbeat.reached

    assert await step.run(long_step) == 0


async def test_a_cancelled_step_stops_beating_and_stays_cancelled(step: ActivityEnvironment) -> None:
    beat = asyncio.Event()
    step.on_heartbeat = lambda *_: beat.set()

    async def endless_step() -> None:
        async with heartbeating():
            await asyncio.Event().wait()

    running = asyncio.create_task(step.run(endless_step))
    await beat.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
