"""Find the passages that may hold the answer."""

from typing import Final
from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock
from domain.access import Visibility
from domain.audit import AuditKind, Envelope
from domain.base import JsonValue, Value, sha256_of
from domain.ports import Embedder, PassageIndex
from domain.retrieval import (
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchQuery,
    SearchResult,
    confidence_of,
)

TOP_K: Final = 8


class RetrieveInput(Value):
    tenant_id: UUID
    dataset_ids: tuple[UUID, ...]
    visibilities: tuple[Visibility, ...]
    roles: tuple[str, ...]
    question: str


class Retrieval(Value):
    """Passages by reference, best first, with the confidence that they answer the question at all."""

    passages: tuple[RetrievedPassage, ...]
    mode: SearchMode
    generation_id: UUID | None
    model: str | None
    confidence: float
    envelopes: tuple[Envelope, ...]


class RetrievalActivities:
    def __init__(self, embedder: Embedder, index: PassageIndex) -> None:
        self._embedder = embedder
        self._index = index

    @activity.defn
    async def retrieve_passages(self, given: RetrieveInput) -> Retrieval:
        """Search both legs within what the principal may see. Raises DatabaseUnavailableError (retryable)."""
        clock = StepClock()
        vector = await self._embedder.embed_query(given.question)
        found = await self._index.search(
            SearchQuery(text=given.question, vector=vector, model=self._embedder.model),
            SearchFilters(
                tenant_id=given.tenant_id,
                dataset_ids=given.dataset_ids,
                visibilities=given.visibilities,
                roles=given.roles,
            ),
            TOP_K,
        )
        confidence = round(confidence_of(found), 4)
        return Retrieval(
            passages=found.passages,
            mode=found.mode,
            generation_id=found.generation_id,
            model=found.model,
            confidence=confidence,
            envelopes=(self._envelope(clock, given, found, confidence),),
        )

    def _envelope(self, clock: StepClock, given: RetrieveInput, found: SearchResult, confidence: float) -> Envelope:
        return clock.seal(
            AuditKind.RETRIEVAL_PERFORMED,
            given={
                "question_sha256": sha256_of(given.question),
                "datasets": [str(dataset) for dataset in given.dataset_ids],
                "visibilities": list(given.visibilities),
                "roles": list(given.roles),
                "top_k": TOP_K,
            },
            decided={
                "mode": found.mode,
                "confidence": confidence,
                "passages": [_reference(passage) for passage in found.passages],
            },
            versions={
                "index_generation": str(found.generation_id),
                "query_embedding": self._embedder.model,
                "index_embedding": str(found.model),
            },
        )


def _reference(passage: RetrievedPassage) -> JsonValue:
    return {
        "passage_id": str(passage.passage_id),
        "version_id": str(passage.version_id),
        "text_sha256": passage.text_sha256,
        "title": passage.title,
        "fused": passage.scores.fused,
        "dense": passage.scores.dense,
        "lexical": passage.scores.lexical,
    }
