"""Embed the spans of a version, part by part, so that a crash costs one part and not the document."""

import hashlib
from typing import Final

from temporalio import activity

from activities.heartbeat import heartbeating
from activities.ingest.artifacts import ArtifactReference, derived_key, load_span_texts, reference_to, store_bytes
from activities.ingest.long_steps import LongSteps
from activities.ingest.progress import ProgressReport
from domain.base import Value
from domain.knowledge.errors import ArtifactMissingError
from domain.knowledge.ingest import IngestStage
from domain.knowledge.ports import IngestRepository, ObjectStore
from domain.knowledge.version import DocumentVersion
from domain.limits.fair_slots import FairSlots
from domain.search.ports import Embedder

SPANS_PER_PART: Final = 1_024
SPANS_PER_BATCH: Final = 128


class EmbedInput(Value):
    version: DocumentVersion
    passages: ArtifactReference


class Embedded(Value):
    """The vectors lie in ``parts`` in order, each of float32 numbers."""

    parts: tuple[ArtifactReference, ...]
    model: str
    dimension: int
    spans: int


class EmbeddingActivities:
    """``batches_at_once`` go to the embedder, of all tenants: a free place goes to the tenant that has the fewest."""

    def __init__(
        self,
        store: ObjectStore,
        embedder: Embedder,
        ingests: IngestRepository,
        steps: LongSteps,
        batches_at_once: int = 2,
    ) -> None:
        self._steps = steps
        self._batches = FairSlots(batches_at_once)
        self._store = store
        self._embedder = embedder
        self._ingests = ingests

    @activity.defn
    async def embed_spans(self, given: EmbedInput) -> Embedded:
        """Resumable: parts that an earlier attempt stored are read back instead of computed again."""
        version = given.version
        report = ProgressReport(self._ingests, version, IngestStage.EMBED)
        parts: list[ArtifactReference] = []
        async with heartbeating() as heartbeat, self._steps.step(version.tenant_id):
            texts = await load_span_texts(self._store, given.passages)
            await report.begin(len(texts))
            for start in range(0, len(texts), SPANS_PER_PART):
                number = start // SPANS_PER_PART
                key = derived_key(version.tenant_id, version.version_id, self._part_name(number))
                stored = await self._stored(key) if number < heartbeat.reached else None
                if stored is None:
                    wanted = texts[start : start + SPANS_PER_PART]
                    vectors = await self._embed(str(version.tenant_id), wanted, start, report)
                    stored = await store_bytes(self._store, key, vectors)
                parts.append(stored)
                heartbeat.reach(number + 1)
            await report.finish({f"embeddings-{number}": part.key for number, part in enumerate(parts)})
        return Embedded(
            parts=tuple(parts),
            model=self._embedder.model,
            dimension=self._embedder.dimension,
            spans=len(texts),
        )

    def _part_name(self, number: int) -> str:
        """Names the model too: a part of another model, left by an earlier attempt, is never taken for this one's."""
        model = hashlib.sha256(f"{self._embedder.model}/{self._embedder.dimension}".encode()).hexdigest()[:8]
        return f"embeddings-{model}-{number}.f32"

    async def _stored(self, key: str) -> ArtifactReference | None:
        """An earlier attempt's part; None if that attempt had another model."""
        try:
            return reference_to(key, await self._store.get(key))
        except ArtifactMissingError:
            return None

    async def _embed(self, tenant: str, texts: list[str], before: int, report: ProgressReport) -> bytes:
        vectors = bytearray()
        for start in range(0, len(texts), SPANS_PER_BATCH):
            batch = texts[start : start + SPANS_PER_BATCH]
            async with self._batches.slot(tenant):
                vectors += await self._embedder.embed_spans(batch)
            await report.reach(before + start + len(batch))
        return bytes(vectors)
