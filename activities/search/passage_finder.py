"""The one way from a question to passages: both legs, boosts, copies dropped, a closer look."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import Field

from activities.envelopes import StepClock
from activities.search.passage_cache import PassageTextCache
from activities.search.reranking import Rerankers, report_degraded
from domain.base import Value
from domain.feedback.ports import DocumentBoosts
from domain.search import confidence
from domain.search.boosts import boosted
from domain.search.confidence import Evidence
from domain.search.near_duplicates import Sketch, sketch_of, without_near_duplicates
from domain.search.ports import Embedder, PassageIndex
from domain.search.reranking import RerankCandidate, RerankerKind, RerankProvenance, reordered
from domain.search.retrieval import (
    Fusion,
    LegWeights,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchQuery,
    SearchTimings,
    SearchWarning,
)

CANDIDATES: Final = 20
_SKETCHES: Final = 4_096


class FindOptions(Value):
    """``top_k`` passages are returned, of which the first ``candidates`` are looked at closer.

    ``boosts`` multiply the fused scores of documents, within the bounds of ``domain.search.boosts``. ``keeps_copies``:
    also return passages that say the same as a better one.
    """

    top_k: int
    candidates: int = CANDIDATES
    mode: SearchMode = SearchMode.HYBRID
    fusion: Fusion = Fusion.CONVEX
    weights: LegWeights | None = None
    reranker: RerankerKind = RerankerKind.NONE
    keeps_copies: bool = False
    boosts: dict[UUID, float] = Field(default_factory=dict)


class FoundPassages(Value):
    """Best first. ``duplicates`` are passages left out because a better one says the same; ``warnings`` say what the
    index could not use."""

    passages: tuple[RetrievedPassage, ...]
    mode: SearchMode
    generation_id: UUID | None
    model: str | None
    evidence: Evidence
    duplicates: tuple[UUID, ...]
    rerank: RerankProvenance
    timings: SearchTimings
    warnings: tuple[SearchWarning, ...] = ()

    @property
    def confidence(self) -> float:
        """How sure the search makes us that the answer is in there at all, in [0, 1]."""
        return round(confidence.confidence_of(self.evidence), 4)


class RankedPassages(NamedTuple):
    """At most ``top_k`` passages, best first."""

    passages: tuple[RetrievedPassage, ...]
    rerank: RerankProvenance


class PassageFinder:
    def __init__(
        self,
        embedder: Embedder,
        index: PassageIndex,
        texts: PassageTextCache,
        rerankers: Rerankers,
        boosts: DocumentBoosts | None = None,
    ) -> None:
        self._embedder = embedder
        self._index = index
        self._texts = texts
        self._rerankers = rerankers
        self._boosts = boosts
        self._sketches: OrderedDict[str, Sketch] = OrderedDict()

    def versions_of(self, found: FoundPassages) -> dict[str, str]:
        """What found, judged and ordered the passages, for the envelope of the step that asked."""
        return {
            "index_generation": str(found.generation_id),
            "query_embedding": self._embedder.model,
            "index_embedding": str(found.model),
            "confidence": confidence.VERSION,
            "reranker": str(found.rerank.model),
        }

    async def find(self, question: str, filters: SearchFilters, options: FindOptions) -> FoundPassages:
        """Search within ``filters``. Raises DatabaseUnavailableError (retryable)."""
        clock = StepClock()
        query = await self._query(question, options)
        embedded_ms = clock.elapsed_ms
        # Copies are dropped and boosts move passages: look at more than are asked for.
        found = await self._index.search(query, filters, max(options.candidates, options.top_k))
        searched_ms = clock.elapsed_ms
        ranked = boosted(found.passages, await self._factors(filters.tenant_id, options))
        copies: list[UUID] = []
        if not options.keeps_copies:
            ranked, copies = await self._without_copies(filters.tenant_id, ranked, options.candidates)
        looked_at = await self.look_closer(filters.tenant_id, question, ranked, options)
        return FoundPassages(
            passages=looked_at.passages,
            mode=found.mode,
            generation_id=found.generation_id,
            model=found.model,
            evidence=Evidence.of(found),
            duplicates=tuple(copies),
            rerank=looked_at.rerank,
            timings=SearchTimings(
                embed_ms=embedded_ms,
                index_ms=round(searched_ms - embedded_ms, 3),
                order_ms=round(clock.elapsed_ms - searched_ms, 3),
            ),
            warnings=found.warnings,
        )

    async def look_closer(
        self, tenant_id: UUID, question: str, ranked: Sequence[RetrievedPassage], options: FindOptions
    ) -> RankedPassages:
        """Order the first candidates anew; where that is not possible, all stay as they are ranked."""
        first = ranked[: options.candidates] if options.reranker is not RerankerKind.NONE else ()
        texts = await self._texts.texts(tenant_id, first)
        candidates = [RerankCandidate(one, texts[one.passage_id]) for one in first if one.passage_id in texts]
        scores, provenance = await self._rerankers.scored(options.reranker, question, candidates)
        report_degraded(provenance)
        ordered = ranked if scores is None else reordered(ranked, candidates, scores)
        return RankedPassages(passages=tuple(ordered[: options.top_k]), rerank=provenance)

    async def _factors(self, tenant_id: UUID, options: FindOptions) -> Mapping[UUID, float]:
        """What was learned from the tenant's feedback, unless other factors are given."""
        if options.boosts or self._boosts is None:
            return options.boosts
        return await self._boosts.active_boosts(tenant_id)

    async def _query(self, question: str, options: FindOptions) -> SearchQuery:
        is_lexical = options.mode is SearchMode.LEXICAL
        return SearchQuery(
            text=question,
            vector=None if is_lexical else await self._embedder.embed_query(question),
            model=None if is_lexical else self._embedder.model,
            mode=options.mode,
            fusion=options.fusion,
            weights=options.weights,
        )

    async def _without_copies(
        self, tenant_id: UUID, ranked: Sequence[RetrievedPassage], depth: int
    ) -> tuple[list[RetrievedPassage], list[UUID]]:
        texts = await self._texts.texts(tenant_id, ranked[:depth])
        sketches = {
            passage.passage_id: self._sketch(passage.text_sha256, texts[passage.passage_id])
            for passage in ranked[:depth]
            if passage.passage_id in texts
        }
        kept, dropped = without_near_duplicates([passage.passage_id for passage in ranked], sketches)
        keep = frozenset(kept)
        return [passage for passage in ranked if passage.passage_id in keep], dropped

    def _sketch(self, text_sha256: str, text: str) -> Sketch:
        sketch = self._sketches.pop(text_sha256, None) or sketch_of(text)
        self._sketches[text_sha256] = sketch
        if len(self._sketches) > _SKETCHES:
            self._sketches.popitem(last=False)
        return sketch
