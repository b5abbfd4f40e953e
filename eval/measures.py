"""Ranking measures, by trec_eval."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytrec_eval

_NAMES: Final = {"ndcg_cut_10": "ndcg@10", "recall_10": "recall@10", "recip_rank": "mrr"}


def measured(relevance: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Means over all judged questions of nDCG@10, Recall@10 and MRR; ``rankings`` lists document ids, best first.

    A question without a ranking counts as one to which nothing was found.
    """
    # trec_eval sorts by score and breaks ties by id: scores made of the places keep our order.
    runs = {
        question: {document: 1.0 / place for place, document in enumerate(dict.fromkeys(ranking), start=1)}
        for question, ranking in rankings.items()
        if ranking
    }
    judgements = {question: dict(grades) for question, grades in relevance.items()}
    evaluator = pytrec_eval.RelevanceEvaluator(judgements, {"ndcg_cut.10", "recall.10", "recip_rank"})
    found = evaluator.evaluate(runs)
    return {
        name: round(sum(values[key] for values in found.values()) / len(judgements), 4) for key, name in _NAMES.items()
    }
