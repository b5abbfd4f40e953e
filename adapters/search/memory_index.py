"""A passage index in memory, for unit tests: the same interface and the same scores, nothing kept.

Both legs are computed here in the plainest way (rank-bm25 over the passages that the filters allow, cosines in numpy),
so that the index in PostgreSQL has something independent to agree with.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from adapters.search.bm25 import Bm25
from adapters.search.ranking import K1, RRF_K, weights_of
from adapters.search.text_analysis import passage_terms, query_terms
from domain.knowledge.errors import EmbeddingModelChangedError
from domain.knowledge.passage import Passage, Span, passage_id_for
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion
from domain.search.retrieval import (
    MAX_LIKENESSES,
    Fusion,
    LegScores,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchQuery,
    SearchResult,
    SearchWarning,
    SpanLikeness,
)

_LITTLE_ENDIAN_FLOATS: Final = "<f4"


@dataclass(frozen=True)
class _Entry:
    version: DocumentVersion
    title: str
    passage: Passage
    terms: list[str]
    vectors: NDArray[np.float32]


class MemoryIndex:
    """Implements the ports PassageIndex and PassageTexts. ``pack_ids`` says which pack each dataset belongs to."""

    def __init__(self, pack_ids: Mapping[UUID, str]) -> None:
        self._pack_ids = pack_ids
        self._models: dict[UUID, tuple[str, int]] = {}
        self._live: dict[UUID, list[_Entry]] = {}
        self._receipts: dict[UUID, PublishReceipt] = {}
        self._texts: dict[tuple[UUID, UUID], str] = {}

    async def ingest(self, publication: Publication) -> PublishReceipt:
        """Swap a version in, in place of its document's live one. Idempotent. Raises EmbeddingModelChangedError."""
        version = publication.version
        if receipt := self._receipts.get(version.version_id):
            return receipt
        model = (publication.model, publication.dimension)
        if self._models.setdefault(version.dataset_id, model) != model:
            raise EmbeddingModelChangedError("This dataset's index was built with another embedding model.")
        entries = _entries(publication)
        replaced = self._live.get(version.document_id)
        self._live[version.document_id] = entries
        for entry in entries:
            self._texts[version.tenant_id, _id(entry)] = entry.passage.text
        receipt = PublishReceipt(
            generation_id=_generation(version.dataset_id),
            passages=len(entries),
            spans=publication.passages.span_count,
            replaced_version_id=replaced[0].version.version_id if replaced else None,
        )
        self._receipts[version.version_id] = receipt
        return receipt

    async def remove(self, tenant_id: UUID, document_id: UUID) -> bool:
        """Take a document out of the index; True if it was in it."""
        entries = self._live.get(document_id)
        if not entries or entries[0].version.tenant_id != tenant_id:
            return False
        del self._live[document_id]
        return True

    async def tend(self, tenant_id: UUID, generation_id: UUID) -> None:
        """There is nothing to tend."""

    async def passage_texts(self, tenant_id: UUID, passage_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The texts of passages that were ever ingested."""
        return {
            passage_id: self._texts[tenant_id, passage_id]
            for passage_id in passage_ids
            if (tenant_id, passage_id) in self._texts
        }

    async def search(self, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
        """Return at most ``top_k`` passages, best first, none outside ``filters``."""
        generations = [one for one in sorted(filters.dataset_ids) if one in self._models and self._in(one, filters)]
        mode = self._mode(query, generations)
        allowed = [entry for entries in self._live.values() for entry in entries if self._may_see(entry, filters)]
        found = _scored(query, mode, allowed, filters)
        ranked = sorted(found, key=lambda one: (-one[1].fused, _id(one[0])))
        asked = _halved(np.asarray(query.vector, np.float32)) if mode is not SearchMode.LEXICAL else None
        best = [
            self._retrieved(entry, scores, span, _likenesses(entry, asked))
            for entry, scores, span in ranked[: max(0, top_k)]
        ]
        answering = best[0].dataset_id if best else next(iter(generations), None)
        return SearchResult(
            passages=tuple(best),
            mode=mode,
            generation_id=_generation(answering) if answering else None,
            model=self._models[answering][0] if answering else None,
            lexical_ceiling=None if mode is SearchMode.DENSE or not allowed else _ceiling(query, allowed) or None,
            warnings=_warnings(query, mode),
        )

    def _in(self, dataset_id: UUID, filters: SearchFilters) -> bool:
        return not filters.pack_ids or self._pack_ids[dataset_id] in filters.pack_ids

    def _may_see(self, entry: _Entry, filters: SearchFilters) -> bool:
        version = entry.version
        return (
            version.tenant_id == filters.tenant_id
            and version.dataset_id in filters.dataset_ids
            and self._in(version.dataset_id, filters)
            and version.visibility in filters.visibilities
            and (not version.roles or bool(set(version.roles) & set(filters.roles)))
        )

    def _mode(self, query: SearchQuery, generations: Sequence[UUID]) -> SearchMode:
        if not query.vector:
            return SearchMode.LEXICAL
        asked = (query.model, len(query.vector))
        return query.mode if all(self._models[one] == asked for one in generations) else SearchMode.LEXICAL

    def _retrieved(
        self, entry: _Entry, scores: LegScores, span: Span | None, likenesses: tuple[SpanLikeness, ...]
    ) -> RetrievedPassage:
        version, passage = entry.version, entry.passage
        best: Span | Passage = span or passage
        return RetrievedPassage(
            passage_id=_id(entry),
            text_sha256=passage.text_sha256,
            document_id=version.document_id,
            version_id=version.version_id,
            dataset_id=version.dataset_id,
            pack_id=self._pack_ids[version.dataset_id],
            title=entry.title,
            url=version.url,
            source=version.external_key,
            section_heading=passage.section_heading,
            page=passage.page,
            start=passage.start,
            end=passage.end,
            span_start=best.start,
            span_end=best.end,
            scores=scores,
            likenesses=likenesses,
        )


def _warnings(query: SearchQuery, mode: SearchMode) -> tuple[SearchWarning, ...]:
    differs = bool(query.vector) and mode is SearchMode.LEXICAL and query.mode is not SearchMode.LEXICAL
    return (SearchWarning.EMBEDDING_MODEL_DIFFERS,) if differs else ()


def _entries(publication: Publication) -> list[_Entry]:
    version, found = publication.version, publication.passages
    title = version.title or found.title or version.external_key
    vectors = np.frombuffer(publication.embeddings, _LITTLE_ENDIAN_FLOATS).reshape(-1, publication.dimension)
    entries, position = [], 0
    for passage in found.passages:
        own = vectors[position : position + len(passage.spans)]
        position += len(passage.spans)
        terms = passage_terms(title, passage.section_heading, passage.text, passage.table_header)
        entries.append(_Entry(version, title, passage, terms, _halved(own)))
    return entries


def _scored(
    query: SearchQuery, mode: SearchMode, allowed: Sequence[_Entry], filters: SearchFilters
) -> list[tuple[_Entry, LegScores, Span | None]]:
    """Every wanted entry that a leg found, with its scores and, by the dense leg, its best span.

    Words are counted over all that the principal may see, wanted or not.
    """
    wanted = [n for n, entry in enumerate(allowed) if _is_wanted(entry, filters)]
    entries = [allowed[n] for n in wanted]
    counted = _lexical(query, allowed) if mode is not SearchMode.DENSE else [None] * len(allowed)
    lexical = [counted[n] for n in wanted]
    dense = _dense(query, entries) if mode is not SearchMode.LEXICAL else [(None, None)] * len(entries)
    dense_parts, dense_ranks = _parts(query, [cosine for cosine, _ in dense], 1.0, entries)
    lexical_parts, lexical_ranks = _parts(query, lexical, 0.0, entries)
    weights = weights_of(query, mode)
    scored = []
    for n, entry in enumerate(entries):
        cosine, span = dense[n]
        if lexical[n] is None and cosine is None:
            continue
        scores = LegScores(
            dense=cosine,
            lexical=lexical[n],
            fused=weights.dense * dense_parts[n] + weights.lexical * lexical_parts[n],
            dense_rank=dense_ranks.get(n),
            lexical_rank=lexical_ranks.get(n),
        )
        scored.append((entry, scores, span))
    return scored


def _parts(
    query: SearchQuery, scores: Sequence[float | None], lift: float, entries: Sequence[_Entry]
) -> tuple[list[float], dict[int, int]]:
    """What each score counts in the fusion, in [0, 1], and the rank of each that is not None."""
    found = [(-score, _id(entries[n]), n) for n, score in enumerate(scores) if score is not None]
    ranks = {n: rank for rank, (_, _, n) in enumerate(sorted(found), start=1)}
    if query.fusion is Fusion.RRF:
        return [(RRF_K + 1) / (RRF_K + ranks[n]) if n in ranks else 0.0 for n in range(len(scores))], ranks
    best = max((score for score in scores if score is not None), default=0.0) + lift
    return [(score + lift) / best if score is not None and best > 0 else 0.0 for score in scores], ranks


def _ceiling(query: SearchQuery, entries: Sequence[_Entry]) -> float:
    holders = Counter(term for entry in entries for term in set(entry.terms))
    asked = set(query_terms(query.text))
    return (K1 + 1) * sum(log(1 + (len(entries) - holders[term] + 0.5) / (holders[term] + 0.5)) for term in asked)


def _lexical(query: SearchQuery, entries: Sequence[_Entry]) -> list[float | None]:
    terms = query_terms(query.text)
    if not any(entry.terms for entry in entries):
        return [None] * len(entries)
    scores = Bm25([entry.terms for entry in entries]).get_scores(terms)
    return [
        float(score) if set(terms) & set(entry.terms) else None for entry, score in zip(entries, scores, strict=True)
    ]


def _dense(query: SearchQuery, entries: Sequence[_Entry]) -> list[tuple[float | None, Span | None]]:
    asked = _halved(np.asarray(query.vector, np.float32))
    legs: list[tuple[float | None, Span | None]] = []
    for entry in entries:
        cosines = _cosines(entry, asked)
        best = int(np.argmax(cosines)) if len(cosines) else -1
        known = best >= 0 and np.isfinite(cosines[best])
        legs.append((float(np.clip(cosines[best], -1, 1)), entry.passage.spans[best]) if known else (None, None))
    return legs


def _cosines(entry: _Entry, asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each span; minus infinity for one without a length."""
    lengths = np.linalg.norm(entry.vectors, axis=1) * np.linalg.norm(asked)
    unknown = np.full(len(lengths), -np.inf, np.float32)
    cosines: NDArray[np.float32] = np.divide(entry.vectors @ asked, lengths, out=unknown, where=lengths > 0)
    return cosines


def _likenesses(entry: _Entry, asked: NDArray[np.float32] | None) -> tuple[SpanLikeness, ...]:
    if asked is None:
        return ()
    cosines = zip(entry.passage.spans, np.clip(_cosines(entry, asked), -np.inf, 1), strict=True)
    known = [SpanLikeness(span.start, span.end, round(float(one), 4)) for span, one in cosines if np.isfinite(one)]
    return tuple(known[:MAX_LIKENESSES])


def _halved(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    # The index in PostgreSQL keeps half precision; ties must fall the same way here.
    return vectors.astype(np.float16).astype(np.float32)


def _is_wanted(entry: _Entry, filters: SearchFilters) -> bool:
    version = entry.version
    return (
        set(filters.tags) <= set(version.tags)
        and (not filters.tiers or version.tier in filters.tiers)
        and (not filters.languages or version.language in filters.languages)
        and (filters.updated_from is None or version.submitted_at >= filters.updated_from)
        and (filters.updated_before is None or version.submitted_at < filters.updated_before)
        and all(one.matches(version.attributes) for one in filters.attributes)
    )


def _id(entry: _Entry) -> UUID:
    return passage_id_for(entry.version.version_id, entry.passage.ordinal)


def _generation(dataset_id: UUID) -> UUID:
    return uuid5(dataset_id, "generation/1")
