"""Bodies of the explained search."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from api.edge.schema import ResponseBody, example
from api.knowledge.search_bodies import RESULT_EXAMPLE, SearchResultBody
from domain.answers.answer import AnswerWarning
from domain.identity.principal import Visibility
from domain.knowledge.attributes import (
    AttributeFilter,
)
from domain.search.confidence import Evidence
from domain.search.reranking import RerankProvenance
from domain.search.retrieval import Fusion, LegWeights, RetrievedPassage, SearchMode, SearchTimings
from workflows.search_passages import SearchFound, SearchInput

_SCORES: Final = {
    "dense": 0.81,
    "dense_rank": 1,
    "lexical": 11.2,
    "lexical_rank": 1,
    "fused": 1.0,
    "boost": 1.0,
    "reranked": 0.93,
}


class ScoresBody(ResponseBody):
    """Why a result ranks where it does. ``dense``: cosine of its best span; ``lexical``: BM25; ranks count from 1 in
    their leg; null: not found by it. ``fused`` times ``boost`` is the order that a reranker starts from."""

    model_config = example(**_SCORES)

    dense: float | None
    dense_rank: int | None
    lexical: float | None
    lexical_rank: int | None
    fused: float
    boost: float
    reranked: float | None


class ExplainedResult(SearchResultBody):
    """A result with its scores; the best span is ``text[span_start - start : span_end - start]``, unless something of
    the text is hidden."""

    model_config = example(
        **RESULT_EXAMPLE,
        span_start=0,
        span_end=412,
        scores=_SCORES,
    )

    span_start: int
    span_end: int
    scores: ScoresBody

    @classmethod
    def of(cls, rank: int, passage: RetrievedPassage, text: str | None, suspicious: str | None) -> Self:
        plain = SearchResultBody.of(rank, passage, text, suspicious)
        return cls(
            **plain.model_dump(),
            span_start=passage.span_start,
            span_end=passage.span_end,
            scores=ScoresBody(**passage.scores.model_dump()),
        )


class AppliedFilters(ResponseBody):
    """What could be found at all, by who asks and what was asked for."""

    dataset_ids: tuple[UUID, ...]
    visibilities: tuple[Visibility, ...]
    roles: tuple[str, ...]
    pack_ids: tuple[str, ...]
    tags: tuple[str, ...]
    tiers: tuple[str, ...]
    languages: tuple[str, ...]
    updated_from: datetime | None
    updated_before: datetime | None
    attributes: tuple[AttributeFilter, ...]


class ExplainedSearch(ResponseBody):
    """A search with everything that decided its order. ``duplicates`` were left out because a better passage says the
    same; ``fusion`` and ``weights`` are what was asked for; ``denied`` as of a search."""

    search_id: UUID
    mode: SearchMode
    fusion: Fusion
    weights: LegWeights | None
    confidence: float
    denied: str | None
    evidence: Evidence
    index_generation: UUID | None
    embedding_model: str | None
    filters: AppliedFilters
    rerank: RerankProvenance
    duplicates: tuple[UUID, ...]
    timings: SearchTimings
    results: tuple[ExplainedResult, ...]
    warnings: tuple[AnswerWarning, ...]

    @classmethod
    def of(cls, search_id: UUID, search: SearchInput, found: SearchFound, results: tuple[ExplainedResult, ...]) -> Self:
        return cls(
            search_id=search_id,
            fusion=search.fusion,
            weights=search.weights,
            denied=found.admission.rule_id,
            index_generation=found.generation_id,
            embedding_model=found.model,
            filters=AppliedFilters(**search.filters.model_dump(exclude={"tenant_id"})),
            results=results,
            warnings=found.told,
            **{
                name: getattr(found, name)
                for name in ("mode", "confidence", "evidence", "rerank", "duplicates", "timings")
            },
        )
