"""How sure a search result makes us."""

from uuid import UUID

import pytest

from domain.retrieval import LegScores, RetrievedPassage, SearchMode, SearchResult, confidence_of


def result(*cosines: float | None) -> SearchResult:
    passages = tuple(
        RetrievedPassage(
            passage_id=UUID(int=number),
            text_sha256="",
            document_id=UUID(int=1),
            version_id=UUID(int=1),
            dataset_id=UUID(int=1),
            pack_id="p",
            title="t",
            url=None,
            source="s",
            section_heading="",
            start=0,
            end=1,
            span_start=0,
            span_end=1,
            scores=LegScores(dense=cosine, lexical=1.0, fused=0.5),
        )
        for number, cosine in enumerate(cosines)
    )
    return SearchResult(passages=passages, mode=SearchMode.HYBRID, generation_id=None, model=None)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence_of(result()) == 0.0


def test_words_alone_count_for_one_half() -> None:
    assert confidence_of(result(None, None)) == 0.5


@pytest.mark.parametrize(("cosine", "expected"), [(-1.0, 0.0), (0.15, 0.0), (0.425, 0.5), (0.7, 1.0), (1.0, 1.0)])
def test_the_cosine_is_stretched_from_unrelated_to_paraphrase(cosine: float, expected: float) -> None:
    assert confidence_of(result(cosine)) == pytest.approx(expected)


def test_the_nearest_passage_decides_wherever_it_ranks() -> None:
    assert confidence_of(result(0.2, None, 0.6)) == confidence_of(result(0.6))


def test_a_nearer_passage_never_lowers_the_confidence() -> None:
    values = [confidence_of(result(step / 50)) for step in range(-50, 51)]
    assert values == sorted(values)
    assert all(0.0 <= value <= 1.0 for value in values)
