"""How the two legs of a search are scored and fused; every index uses these numbers.

BM25 with idf = ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative. Fused, in [0, 1]:
DENSE_WEIGHT * (cos + 1) / (max cos + 1) + LEXICAL_WEIGHT * bm25 / max bm25. The collection (N, df, mean length) is what
the filters allow: a score says nothing about passages that the principal may not see.
"""

from typing import Final

from domain.retrieval import SearchMode

K1: Final = 1.2
B: Final = 0.75
LEG_WEIGHTS: Final[dict[SearchMode, tuple[float, float]]] = {
    SearchMode.DENSE: (1.0, 0.0),
    SearchMode.LEXICAL: (0.0, 1.0),
    SearchMode.HYBRID: (0.8, 0.2),
}
"""(dense, lexical) by mode."""
