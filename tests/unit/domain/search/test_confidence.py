"""How sure a search makes us that the answer is there at all."""

from uuid import UUID

import pytest

from domain.search.confidence import Evidence, confidence_of
from domain.search.retrieval import SearchMode, SearchResult
from tests.fixtures.passages import found_passage


def found(*scores: tuple[float | None, float | None], ceiling: float | None = 20.0) -> SearchResult:
    passages = tuple(
        found_passage(passage_id=UUID(int=number), dense=dense, lexical=lexical)
        for number, (dense, lexical) in enumerate(scores)
    )
    return SearchResult(
        passages=passages, mode=SearchMode.HYBRID, generation_id=None, model=None, lexical_ceiling=ceiling
    )


def test_nothing_found_is_no_confidence() -> None:
    assert confidence_of(Evidence.of(found())) == 0.0


def test_words_that_no_passage_holds_give_no_confidence_by_words_alone() -> None:
    assert confidence_of(Evidence(nearest=None, lexical=0.0)) == 0.0


def test_evidence_is_the_best_of_all_passages_not_of_the_first() -> None:
    evidence = Evidence.of(found((0.2, 5.0), (None, 10.0), (0.6, None)))
    assert evidence == Evidence(nearest=0.6, lexical=0.5)


@pytest.mark.parametrize("ceiling", [None, 0.0])
def test_without_a_ceiling_a_lexical_score_says_nothing(ceiling: float | None) -> None:
    assert Evidence.of(found((0.5, 3.0), ceiling=ceiling)).lexical is None


@pytest.mark.parametrize("lexical", [None, 0.0, 0.3, 1.0])
def test_a_nearer_passage_never_lowers_it(lexical: float | None) -> None:
    values = [confidence_of(Evidence(nearest=step / 50, lexical=lexical)) for step in range(-50, 51)]
    assert values == sorted(values)
    assert 0.0 <= values[0] < values[-1] <= 1.0


@pytest.mark.parametrize("nearest", [None, 0.0, 0.5, 1.0])
def test_a_better_match_by_words_never_lowers_it(nearest: float | None) -> None:
    values = [confidence_of(Evidence(nearest=nearest, lexical=step / 50)) for step in range(51)]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("nearest", "lexical", "least", "most"),
    [
        # A question about something else, a paraphrase, and the words of the document themselves.
        (0.18, 0.12, 0.0, 0.03),
        (0.51, 0.37, 0.3, 0.7),
        (0.78, 0.88, 0.95, 1.0),
    ],
)
def test_it_spreads_over_its_range(nearest: float, lexical: float, least: float, most: float) -> None:
    assert least <= confidence_of(Evidence(nearest=nearest, lexical=lexical)) <= most
