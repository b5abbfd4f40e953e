"""Searches, and why their results rank where they do."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from answerable_sdk.model import Model, Notice
from answerable_sdk.transport.call import Call, Id, parse_as, without_none


class SearchOptions(TypedDict, total=False):
    """What a search may say besides its text. ``mode``: hybrid, dense or lexical; ``fusion``: convex or rrf;
    ``weights``: {"dense": …, "lexical": …}; ``reranker``: none, local or cohere; ``filters``: pack_ids, tags, tiers,
    languages, updated_from, updated_before, attributes."""

    bot_id: Id
    dataset_ids: Sequence[Id]
    filters: Mapping[str, Any]
    top_k: int
    mode: str
    fusion: str
    weights: Mapping[str, float]
    reranker: str
    keep_copies: bool


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


def search_call(query: str, options: SearchOptions) -> Call[Search]:
    return Call("POST", "/v1/search", parse_as(Search), json=_body(query, options))


def explain_call(query: str, options: SearchOptions) -> Call[ExplainedSearch]:
    return Call("POST", "/v1/search/debug", parse_as(ExplainedSearch), json=_body(query, options))


def _body(query: str, options: SearchOptions) -> dict[str, Any]:
    datasets = options.get("dataset_ids")
    narrowed = {"dataset_ids": [str(dataset) for dataset in datasets]} if datasets is not None else {}
    return {"query": query, **without_none(**options), **narrowed}
