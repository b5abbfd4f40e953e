"""What of a unit is quoted, and how it reads by itself: a sentence with its subject, a row as header and value."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.answers.evidence import SAID, Candidate
from domain.answers.question import Question
from domain.answers.units import Cell
from domain.answers.vocabulary import Vocabulary
from domain.text.synonyms import meaning_words

_MAX_CELLS: Final = 8
_NEARLY: Final = 0.9
_POINTS_BACK: Final = re.compile(
    r"(?:it|its|they|their|them|this|these|those|that|he|she|his|her|both|either|such|then|there|otherwise"
    r"|er|sie|es|dies\w*|il|elle|ils)\b",
    re.IGNORECASE,
)


class Quote(NamedTuple):
    """``text`` as it is shown, ``start`` and ``end`` of the unit in the passage with this number."""

    text: str
    number: int
    start: int
    end: int
    is_item: bool = False
    is_step: bool = False


class Quoting:
    """Of the units that answer one question."""

    def __init__(self, question: Question, vocabulary: Vocabulary) -> None:
        self._question = question
        self._vocabulary = vocabulary

    def alone(self, one: Candidate, *, is_item: bool = False) -> Quote:
        """The unit, with what it needs to be understood by itself."""
        unit = one.unit
        text = unit.text
        if unit.kind == "row":
            text = self._row(one)
        elif unit.kind == "code":
            text = f"{unit.lead}\n\n{unit.text}" if unit.lead else unit.text
        elif subject := self._subject(one):
            text = f"{subject} {text}"
        return Quote(text, one.passage.number, unit.start, unit.end, is_item)

    def _row(self, one: Candidate) -> str:
        """``Header: value`` of the cells that were asked for: those that name the row, and those under a header that
        the question names; of a question that names none, all."""
        cells = [cell for cell in one.unit.cells if cell.text]
        asked = [term.stem for term in self._question.terms]
        detailed = [cell for cell in cells[1:] if self._says_any(self._question.detail, cell.header)]
        keys = [cell for cell in cells[1:] if self._says_any(asked, cell.text)]
        named = self._named_by_header([cell for cell in cells[1:] if cell not in keys])
        if detailed:
            cells = [cells[0], *detailed]
        elif named:
            cells = [cells[0], *(cell for cell in cells[1:] if cell in named or cell in keys)]
        return "; ".join(map(_cell_text, cells[:_MAX_CELLS]))

    def _named_by_header(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those whose headers say most of the question: "low season" and not "high season"."""
        shares = [self._vocabulary.share_of(meaning_words(one.header)) for one in cells]
        most = max(shares, default=0.0)
        return [cell for cell, share in zip(cells, shares, strict=True) if share >= _NEARLY * most > 0]

    def _says_any(self, stems: Iterable[str], text: str) -> bool:
        words = meaning_words(text)
        return any(self._vocabulary.credit(stem, words) >= SAID for stem in stems)

    def _subject(self, one: Candidate) -> str:
        """What names the subject of a unit that does not itself: the question that it answers, the sentence before it,
        its lead, its heading."""
        unit, units = one.unit, one.section.units
        if unit.kind == "sentence":
            if unit.lead:
                return unit.lead
            if one.leads_page and points_back(unit.text):
                return f"**{one.passage.title}:**"
            if one.index and points_back(unit.text) and units[one.index - 1].group == unit.group:
                return units[one.index - 1].text
        unsaid = [stem for stem, credit in one.credits.items() if one.own[stem] < SAID <= credit]
        return next((shown for text, shown in _namers(one) if self._says_any(unsaid, text)), "")


def points_back(text: str) -> bool:
    """Whether a sentence goes on about what the one before it is about: "It includes five users."."""
    return _POINTS_BACK.match(text) is not None


def list_of(one: Candidate) -> list[Quote]:
    """The whole list that the unit is part of, in order."""
    return [
        Quote(unit.text, one.passage.number, unit.start, unit.end, is_item=True, is_step=unit.kind == "step")
        for unit in one.section.units
        if unit.group == one.unit.group
    ]


def _cell_text(cell: Cell) -> str:
    return f"{cell.header}: {cell.text}" if cell.header else cell.text


def _namers(one: Candidate) -> Iterator[tuple[str, str]]:
    if one.unit.lead:
        yield one.unit.lead, one.unit.lead
    if one.section.headings and one.section.level > 1:
        heading = one.section.headings[-1]
        yield heading, f"**{heading}**" if heading.endswith("?") else f"**{heading}:**"
