"""What the product's rankings are compared with."""

from collections.abc import Sequence

import numpy as np
from rank_bm25 import BM25Okapi

from adapters.search.text_analysis import tokenise


class RankBm25:
    """The library rank-bm25 as it comes, over the terms under which the product indexes the same passages."""

    def __init__(self, terms: Sequence[Sequence[str]], document_ids: Sequence[str]) -> None:
        self._scorer = BM25Okapi(terms)
        self._document_ids = document_ids

    def ranking(self, question: str, depth: int) -> list[str]:
        """Ids of documents by their best passages, at most ``depth``, best first."""
        scores = self._scorer.get_scores(tokenise(question))
        ranked: dict[str, None] = {}
        for number in np.argsort(-scores, kind="stable"):
            if scores[number] <= 0 or len(ranked) == depth:
                break
            ranked.setdefault(self._document_ids[number])
        return list(ranked)
