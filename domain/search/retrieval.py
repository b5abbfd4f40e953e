"""Searching the passages of a tenant's datasets."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field

from domain.base import Value
from domain.identity.principal import Visibility
from domain.knowledge.attributes import MAX_ATTRIBUTES, AttributeFilter, Label, Tags


class SearchMode(StrEnum):
    DENSE = "dense"
    LEXICAL = "lexical"
    HYBRID = "hybrid"


class SearchFilters(Value):
    """What may be found at all. Applied in the index, before anything is ranked.

    Tenant, datasets, visibilities and roles say what the principal may see; BM25 counts words over that, in the packs
    that are searched. The others narrow it to what was asked for: tiers and languages by any of those given, tags by
    all of them, time from the first moment up to the last, without it. Empty and None narrow nothing.
    """

    tenant_id: UUID
    dataset_ids: tuple[UUID, ...]
    visibilities: tuple[Visibility, ...]
    roles: tuple[str, ...] = ()
    pack_ids: tuple[str, ...] = ()
    tags: Tags = ()
    tiers: tuple[Label, ...] = ()
    languages: tuple[Label, ...] = ()
    updated_from: datetime | None = None
    updated_before: datetime | None = None
    attributes: Annotated[tuple[AttributeFilter, ...], Field(max_length=MAX_ATTRIBUTES)] = ()

    @property
    def narrows(self) -> bool:
        """Whether fewer passages are wanted than those of the packs that the principal may see."""
        times = self.updated_from is not None or self.updated_before is not None
        return bool(self.tags or self.tiers or self.languages or self.attributes) or times


class Fusion(StrEnum):
    """How the scores of the two legs become one: by their sizes, or by their ranks (reciprocal rank fusion)."""

    CONVEX = "convex"
    RRF = "rrf"


class LegWeights(Value):
    """What each leg counts in the fusion; the fused score is in [0, 1] when they add up to 1."""

    dense: float = Field(ge=0, le=1)
    lexical: float = Field(ge=0, le=1)


class SearchQuery(Value):
    """``vector`` is the normalised embedding of ``text`` by ``model``; None searches lexically only.

    ``candidates``: how many passages each leg hands to the fusion, about. ``weights`` count in the hybrid mode;
    None leaves them to the index.
    """

    text: str
    vector: tuple[float, ...] | None
    model: str | None
    mode: SearchMode = SearchMode.HYBRID
    candidates: int = Field(default=64, ge=1, le=1_000)
    fusion: Fusion = Fusion.CONVEX
    weights: LegWeights | None = None


class LegScores(Value):
    """Why a passage ranks where it does: cosine in [-1, 1], BM25 >= 0, fused in [0, 1]; None = not found by it.

    Ranks count from 1 among what was found by that leg. ``boost`` is the factor of its
    document. ``reranked``, in [0, 1], is what a reranker made of it; the
    passages that it looked at stand before all others, ordered by it.
    """

    dense: float | None
    lexical: float | None
    fused: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    boost: float = 1.0
    reranked: float | None = None

    @property
    def boosted(self) -> float:
        """What the passage is ranked by before anybody looks closer."""
        return self.fused * self.boost


MAX_LIKENESSES = 48
"""How many spans of a passage are compared with the question, from its beginning."""


class SpanLikeness(NamedTuple):
    """How like the question a span is: its cosine in [-1, 1]. Offsets are into the document's parsed text."""

    start: int
    end: int
    cosine: float


class RetrievedPassage(Value):
    """A passage by reference: its text is looked up by id and checked by hash, never carried in histories.

    ``start``/``end`` are the passage's character offsets in the document's parsed text, ``span_start``/
    ``span_end`` those of its best span. ``page`` counts from 1; None where the format has none. ``likenesses``: of its
    first MAX_LIKENESSES spans, in order; none when the search compared no vectors.
    """

    passage_id: UUID
    text_sha256: str
    document_id: UUID
    version_id: UUID
    dataset_id: UUID
    pack_id: str
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None = None
    start: int
    end: int
    span_start: int
    span_end: int
    scores: LegScores
    likenesses: tuple[SpanLikeness, ...] = ()


class PassageReference(Value):
    """A passage as envelopes name it: where it stood and why, never what it says."""

    passage_id: UUID
    version_id: UUID
    text_sha256: str
    title: str
    section_heading: str
    fused: float
    boost: float
    reranked: float | None
    dense: float | None
    lexical: float | None

    @classmethod
    def of(cls, passage: RetrievedPassage) -> "PassageReference":
        return cls.model_validate({**dict(passage), **dict(passage.scores)})


class SearchWarning(StrEnum):
    """What a search could not use: vectors of another model than the query's, words cut by an earlier analyser."""

    EMBEDDING_MODEL_DIFFERS = "embedding_model_differs"
    ANALYSER_DIFFERS = "analyser_differs"


class SearchResult(Value):
    """Best first. ``generation_id`` and ``model`` name the index generation that answered, None if all are empty.

    ``lexical_ceiling`` is the BM25 score that no passage can exceed, by the distinct words of the question and how rare
    they are among what the filters allow: what a lexical score is measured against. None when nothing was searched for
    by words.
    """

    passages: tuple[RetrievedPassage, ...]
    mode: SearchMode
    generation_id: UUID | None
    model: str | None
    lexical_ceiling: float | None = None
    warnings: tuple[SearchWarning, ...] = ()


class SearchTimings(Value):
    """Milliseconds: the question's embedding, the index (both legs and their fusion), copies dropped and the closer
    look."""

    embed_ms: float
    index_ms: float
    order_ms: float
