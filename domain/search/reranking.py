"""A second, closer look at the passages that a search found."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.base import Value
from domain.search.retrieval import RetrievedPassage


class RerankerKind(StrEnum):
    """Who looks again. Cohere is an outside service that is paid by the call."""

    NONE = "none"
    LOCAL = "local"
    COHERE = "cohere"

    @property
    def is_outside(self) -> bool:
        """Whether asking it is a call to somebody else's service."""
        return self is RerankerKind.COHERE


class RerankFault(StrEnum):
    """Why a reranker's order could not be used."""

    NOT_CONFIGURED = "not_configured"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    PROVIDER_FAILED = "provider_failed"
    REJECTED = "rejected"
    INVALID_RESPONSE = "invalid_response"
    CIRCUIT_OPEN = "circuit_open"


class RerankCandidate(NamedTuple):
    """A passage with its text, which is why candidates never stand in a history."""

    passage: RetrievedPassage
    text: str


class RerankProvenance(Value):
    """Which reranker was wanted, which one ordered the passages, and why if it is not the same.

    ``used`` none means the fused order. ``fault`` is what befell ``wanted``.
    """

    wanted: RerankerKind
    used: RerankerKind
    model: str | None = None
    candidates: int = 0
    latency_ms: float = 0.0
    fault: RerankFault | None = None

    @property
    def is_degraded(self) -> bool:
        return self.fault is not None


def reordered(
    ranked: Sequence[RetrievedPassage], candidates: Sequence[RerankCandidate], scores: Sequence[float]
) -> list[RetrievedPassage]:
    """The candidates by their scores, equal ones as they were ranked, then the rest of ``ranked`` as it was."""
    by_id = {one.passage.passage_id: score for one, score in zip(candidates, scores, strict=True)}
    looked_at = [_scored(passage, by_id[passage.passage_id]) for passage in ranked if passage.passage_id in by_id]
    rest = [passage for passage in ranked if passage.passage_id not in by_id]
    return [*sorted(looked_at, key=lambda passage: -(passage.scores.reranked or 0.0)), *rest]


def _scored(passage: RetrievedPassage, score: float) -> RetrievedPassage:
    return passage.model_copy(update={"scores": passage.scores.model_copy(update={"reranked": score})})
