"""How sure a search makes us that the answer is in what it found at all.

A logistic curve over two figures of the search: how near the nearest span is, and how much of the rarest possible match
the best passage reaches by words. Fitted on questions asked twice, with the documents that answer them and without; how
well it tells the two apart stands in docs/adr (ADR on ranking). It reads a search and nothing else, so the same search
always gives the same figure.
"""

from math import exp
from typing import Final, NamedTuple

from domain.base import Value
from domain.search.retrieval import SearchResult

VERSION: Final = "logistic-1"


class Evidence(Value):
    """``nearest``: the highest cosine of a span, in [-1, 1]; ``lexical``: the best BM25 score as a share of the highest
    possible one, in [0, 1]. None where that leg found or searched nothing."""

    nearest: float | None
    lexical: float | None

    @classmethod
    def of(cls, found: SearchResult) -> "Evidence":
        cosines = [passage.scores.dense for passage in found.passages if passage.scores.dense is not None]
        bm25 = [passage.scores.lexical for passage in found.passages if passage.scores.lexical is not None]
        best = max(bm25, default=0.0)
        return cls(
            nearest=max(cosines, default=None),
            lexical=min(1.0, best / found.lexical_ceiling) if found.lexical_ceiling else None,
        )


class _Curve(NamedTuple):
    start: float
    nearest: float = 0.0
    lexical: float = 0.0


_BOTH: Final = _Curve(-7.77, nearest=12.25, lexical=3.79)
_NEAREST_ALONE: Final = _Curve(-7.78, nearest=15.49)
_LEXICAL_ALONE: Final = _Curve(-4.03, lexical=9.74)


def confidence_of(evidence: Evidence) -> float:
    """In [0, 1]; about the share of such questions whose answer was there. 0 when nothing was found."""
    nearest, lexical = evidence.nearest, evidence.lexical
    if nearest is None and not lexical:
        return 0.0
    known = _BOTH if lexical is not None else _NEAREST_ALONE
    curve = _LEXICAL_ALONE if nearest is None else known
    return 1 / (1 + exp(-(curve.start + curve.nearest * (nearest or 0.0) + curve.lexical * (lexical or 0.0))))
