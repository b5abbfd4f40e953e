"""What a search found, and why its results rank where they do."""

from typing import Any
from uuid import UUID

from answerable_sdk.models import Model, Notice


class SearchResult(Model):
    """A passage. ``score``, in [0, 1], is what it is ranked by; ``start`` and ``end`` are character offsets into the
    document's text. ``text`` is None when the passage was erased since, or withheld because it tries to give orders:
    ``suspicious`` names the rule."""

    rank: int
    passage_id: UUID
    document_id: UUID
    dataset_id: UUID
    pack_id: str
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None
    start: int
    end: int
    score: float
    text: str | None
    suspicious: str | None = None


class Search(Model):
    """Best first. ``confidence``, in [0, 1]: how sure the search is that the answer is in there at all. ``denied``: the
    rule by which policy refused the query."""

    search_id: UUID
    mode: str
    confidence: float
    results: tuple[SearchResult, ...]
    warnings: tuple[Notice, ...]
    denied: str | None = None


class Scores(Model):
    """``dense``: cosine of the best span; ``lexical``: BM25; ranks count from 1 in their leg; None: not found by it.
    ``fused`` times ``boost`` is the order that a reranker starts from."""

    dense: float | None
    dense_rank: int | None
    lexical: float | None
    lexical_rank: int | None
    fused: float
    boost: float
    reranked: float | None


class ExplainedResult(SearchResult):
    """A result with its scores and its best span, as offsets into the document's text."""

    span_start: int
    span_end: int
    scores: Scores


class Evidence(Model):
    """``nearest``: the highest cosine of a span; ``lexical``: the best BM25 score as a share of the highest
    possible one."""

    nearest: float | None
    lexical: float | None


class Reranking(Model):
    """Which reranker was wanted, which one ordered the passages, and, if it is another, why (``fault``)."""

    wanted: str
    used: str
    model: str | None
    candidates: int
    latency_ms: float
    fault: str | None


class Timings(Model):
    """Milliseconds: the question's embedding, the index, and everything after it."""

    embed_ms: float
    index_ms: float
    order_ms: float


class ExplainedSearch(Model):
    """A search with everything that decided its order. ``duplicates`` say the same as a better passage."""

    search_id: UUID
    mode: str
    fusion: str
    weights: dict[str, float] | None
    confidence: float
    evidence: Evidence
    index_generation: UUID | None
    embedding_model: str | None
    filters: dict[str, Any]
    rerank: Reranking
    duplicates: tuple[UUID, ...]
    timings: Timings
    results: tuple[ExplainedResult, ...]
    warnings: tuple[Notice, ...]
    denied: str | None = None
