"""How the two legs of a search are scored and fused; every index uses these numbers.

BM25 with idf = ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative. Fused, in [0, 1]:
dense weight * (cos + 1) / (max cos + 1) + lexical weight * bm25 / max bm25; or, by ranks, the sum of
weight * (RRF_K + 1) / (RRF_K + rank). The collection (N, df, mean length) is what
the filters allow: a score says nothing about passages that the principal may not see.
"""

from typing import Final

from domain.search.retrieval import Fusion, LegWeights, SearchMode, SearchQuery

K1: Final = 1.5
B: Final = 0.75
RRF_K: Final = 60
_HYBRID: Final = {
    Fusion.CONVEX: LegWeights(dense=0.8, lexical=0.2),
    Fusion.RRF: LegWeights(dense=0.5, lexical=0.5),
}


def weights_of(query: SearchQuery, mode: SearchMode) -> LegWeights:
    """The legs' weights when ``query`` is answered in ``mode``."""
    match mode:
        case SearchMode.DENSE:
            return LegWeights(dense=1, lexical=0)
        case SearchMode.LEXICAL:
            return LegWeights(dense=0, lexical=1)
        case SearchMode.HYBRID:
            return query.weights or _HYBRID[query.fusion]
