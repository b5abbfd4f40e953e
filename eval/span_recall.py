"""How much of an answer lies in the first passages: judges the cutting and the ranking together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from domain.search.retrieval import RetrievedPassage
from eval.judged_folder import AnswerSpans, CorpusDocument, JudgedQuestion

DEPTHS: Final = (1, 5)


class AnswerPlaces:
    """Where answers stand in the texts as they were parsed, whose offsets the passages have."""

    def __init__(self, documents: Iterable[CorpusDocument], parsed: Mapping[str, str]) -> None:
        self._original = {one.document_id: one.text for one in documents if one.document_id in parsed}
        self._parsed = parsed

    def of(self, answer: AnswerSpans) -> list[tuple[int, int]]:
        """The ranges of an answer; those that the parsed text does not hold are left out."""
        original, parsed = self._original.get(answer.document_id, ""), self._parsed.get(answer.document_id, "")
        if original == parsed:
            return list(answer.ranges)
        places = []
        for start, end in answer.ranges:
            found = parsed.find(original[start:end])
            if found >= 0:
                places.append((found, found + end - start))
        return places


def span_recall(
    questions: Sequence[JudgedQuestion],
    places: AnswerPlaces,
    found: Mapping[str, Sequence[RetrievedPassage]],
) -> dict[str, float]:
    """The mean share of the answers' characters that the first passages hold, by depth."""
    judged = [(question, question.answer) for question in questions if question.answer]
    return {
        f"span_recall@{depth}": round(
            sum(_share(places.of(answer), answer, found[question.question_id][:depth]) for question, answer in judged)
            / len(judged),
            4,
        )
        for depth in DEPTHS
    }


def _share(ranges: Sequence[tuple[int, int]], answer: AnswerSpans, passages: Sequence[RetrievedPassage]) -> float:
    wanted = {position for start, end in ranges for position in range(start, end)}
    held = {
        position
        for passage in passages
        if passage.source == answer.document_id
        for position in wanted
        if passage.start <= position < passage.end
    }
    return len(held) / len(wanted) if wanted else 0.0
