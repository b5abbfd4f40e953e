"""Measuring the confidence on questions with and without their documents."""

from activities.search.passage_finder import FoundPassages
from domain.search.confidence import Evidence, confidence_of
from domain.search.reranking import RerankerKind, RerankProvenance
from domain.search.retrieval import RetrievedPassage, SearchMode, SearchTimings
from eval.confidence import Pair, figures, pairs
from eval.judged_folder import JudgedQuestion
from tests.fixtures.passages import found_passage


def passage(source: str, title: str, dense: float, lexical: float) -> RetrievedPassage:
    return found_passage(title=title, source=source, dense=dense, lexical=lexical)


def test_without_its_documents_a_question_is_judged_by_what_is_left() -> None:
    found = FoundPassages(
        passages=(
            passage("keys-1", "Keys", 0.8, 10.0),
            passage("keys-2", "Keys", 0.7, 9.0),
            passage("cats", "Cats", 0.2, 2.0),
        ),
        mode=SearchMode.HYBRID,
        generation_id=None,
        model=None,
        evidence=Evidence(nearest=0.8, lexical=0.5),
        duplicates=(),
        rerank=RerankProvenance(wanted=RerankerKind.NONE, used=RerankerKind.NONE),
        timings=SearchTimings(embed_ms=1, index_ms=1, order_ms=1),
    )
    question = JudgedQuestion("q", "?", {"keys-1": 1, "cats": 0}, None)
    (pair,) = pairs([question], {"q": found}, {"keys-1": "Keys", "keys-2": "Keys", "cats": "Cats"})
    assert pair.present == confidence_of(Evidence(nearest=0.8, lexical=0.5))
    assert pair.removed == confidence_of(Evidence(nearest=0.2, lexical=0.1))


def test_figures_are_those_worked_out_by_hand() -> None:
    found = figures([Pair(0.9, 0.05), Pair(0.5, 0.5), Pair(0.95, 0.02), Pair(0.3, 0.03)])
    # Of sixteen pairings one is lost, 0.3 against 0.5, and one is equal.
    assert found["auc"] == round(14.5 / 16, 4)
    assert found["thresholds"]["0.04"] == {"kept": 1.0, "refused": 0.5}
    assert found["thresholds"]["0.4"] == {"kept": 0.75, "refused": 0.75}
    assert found["reliability"][0] == {"questions": 3, "said": 0.033, "true": 0.0}
    assert found["reliability"][-1] == {"questions": 2, "said": 0.925, "true": 1.0}
