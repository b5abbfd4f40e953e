"""Words scored in the plainest way: what the index in PostgreSQL has to agree with."""

from collections.abc import Mapping, Sequence
from math import log

from rank_bm25 import BM25Okapi

from adapters.search.ranking import K1, B


class Bm25(BM25Okapi):  # type: ignore[misc] # published without types
    """rank-bm25 with the idf that never goes below zero, in place of its floor for frequent terms."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        super().__init__(documents, k1=K1, b=B)

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        self.idf = {term: log(1 + (self.corpus_size - n + 0.5) / (n + 0.5)) for term, n in nd.items()}
