"""How well the confidence tells questions whose answer is in the corpus from the same questions when it is not.

Each question counts twice: with all that was found, and without what is judged relevant to it and without everything of
the same title, as if the document had never been there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from activities.search.passage_finder import FoundPassages
from domain.search.confidence import Evidence, confidence_of
from domain.search.retrieval import SearchResult
from eval.judged_folder import JudgedQuestion

THRESHOLDS: Final = (0.04, 0.1, 0.2, 0.4)
_BINS: Final = 5


class Pair(NamedTuple):
    """The confidence in the same question, with its documents and without them."""

    present: float
    removed: float


def pairs(
    questions: Sequence[JudgedQuestion], found: Mapping[str, FoundPassages], titles: Mapping[str, str]
) -> list[Pair]:
    """Ask again, in thought, without the documents; what was found behind them moves up."""
    return [
        Pair(confidence_of(everything.evidence), confidence_of(_without(everything, question, titles)))
        for question in questions
        if (everything := found[question.question_id]).passages
    ]


def figures(measured: Sequence[Pair]) -> dict[str, Any]:
    """AUC, what each threshold keeps of the answerable and refuses of the others, and whether the figure is true."""
    present, removed = [pair.present for pair in measured], [pair.removed for pair in measured]
    return {
        "auc": round(_auc(present, removed), 4),
        "thresholds": {
            str(threshold): {
                "kept": round(sum(value >= threshold for value in present) / len(present), 4),
                "refused": round(sum(value < threshold for value in removed) / len(removed), 4),
            }
            for threshold in THRESHOLDS
        },
        "reliability": _reliability([(value, 1) for value in present] + [(value, 0) for value in removed]),
    }


def _without(found: FoundPassages, question: JudgedQuestion, titles: Mapping[str, str]) -> Evidence:
    gone = {document for document, grade in question.relevance.items() if grade > 0}
    gone_titles = {titles[document] for document in gone if titles.get(document)}
    kept = tuple(one for one in found.passages if one.source not in gone and one.title not in gone_titles)
    best = max((one.scores.lexical or 0.0 for one in found.passages), default=0.0)
    share = found.evidence.lexical
    result = SearchResult(
        passages=kept,
        mode=found.mode,
        generation_id=found.generation_id,
        model=found.model,
        lexical_ceiling=best / share if share else None,
    )
    return Evidence.of(result)


def _auc(present: Sequence[float], removed: Sequence[float]) -> float:
    """The chance that an answerable question gets the higher figure of two; equal ones count half."""
    wins = sum((one > other) + (one == other) / 2 for one in present for other in removed)
    return wins / (len(present) * len(removed))


def _reliability(told: Sequence[tuple[float, int]]) -> list[dict[str, float]]:
    rows = []
    for number in range(_BINS):
        inside = [one for one in told if min(_BINS - 1, int(one[0] * _BINS)) == number]
        if inside:
            said, true = (sum(one[column] for one in inside) / len(inside) for column in (0, 1))
            rows.append({"questions": len(inside), "said": round(said, 3), "true": round(true, 3)})
    return rows
