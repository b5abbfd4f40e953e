"""What of a unit is quoted, and how it reads on its own: a sentence with its subject named, a row as header and value."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.answers.evidence import Candidate
from domain.answers.forms import Form
from domain.answers.question import Question
from domain.answers.units import Cell
from domain.answers.vocabulary import Vocabulary
from domain.text.synonyms import meaning_words

_MAX_CELLS: Final = 8
_SAYS: Final = 0.5
_POINTS_BACK: Final = re.compile(
    r"(?:it|its|they|their|them|this|these|those|that|he|she|his|her|both|either|such|then|there|otherwise|er|sie|es|dies\w*|il|elle|ils)\b",
    re.IGNORECASE,
)


class Quote(NamedTuple):
    """``text`` as it is shown, ``start`` and ``end`` in the passage with this number. ``block``: lines of its own, such
    as code; ``item``: part of a list."""

    text: str
    number: int
    start: int
    end: int
    is_item: bool = False
    is_step: bool = False


def quote_alone(one: Candidate, question: Question, vocabulary: Vocabulary) -> Quote:
    """The unit, with what it needs to be understood by itself."""
    unit = one.unit
    text = unit.text
    if unit.kind == "row":
        text = row_text(one, question, vocabulary)
    elif unit.kind == "code":
        text = f"{unit.lead}\n\n{unit.text}" if unit.lead else unit.text
    elif subject := _subject(one, vocabulary):
        text = f"{subject} {text}"
    return Quote(text, one.passage.number, unit.start, unit.end)


def row_text(one: Candidate, question: Question, vocabulary: Vocabulary) -> str:
    """``Header: value`` of the cells that were asked for: those that name the row, and those under a header that the
    question names; of a question that names none, all."""
    cells = [cell for cell in one.unit.cells if cell.text]
    asked = [cell for place, cell in enumerate(cells) if place == 0 or _names(cell, one, question, vocabulary)]
    if question.detail and any(_says_detail(cell, question, vocabulary) for cell in cells[1:]):
        asked = [cells[0], *(cell for cell in cells[1:] if _says_detail(cell, question, vocabulary))]
    elif len(asked) < 2 or not any(_header_named(cell, question, vocabulary) for cell in asked[1:]):
        asked = cells
    return "; ".join(map(_cell_text, asked[:_MAX_CELLS]))


def _cell_text(cell: Cell) -> str:
    return f"{cell.header}: {cell.text}" if cell.header else cell.text


def _names(cell: Cell, one: Candidate, question: Question, vocabulary: Vocabulary) -> bool:
    return _header_named(cell, question, vocabulary) or _says_any(cell.text, question, vocabulary)


def _says_detail(cell: Cell, question: Question, vocabulary: Vocabulary) -> bool:
    words = meaning_words(cell.header)
    return any(vocabulary.credit(stem, words) >= _SAYS for stem in question.detail)


def _header_named(cell: Cell, question: Question, vocabulary: Vocabulary) -> bool:
    return _says_any(cell.header, question, vocabulary)


def _says_any(text: str, question: Question, vocabulary: Vocabulary) -> bool:
    words = meaning_words(text)
    return any(vocabulary.credit(term.stem, words) >= _SAYS for term in question.terms)


def _subject(one: Candidate, vocabulary: Vocabulary) -> str:
    """What names the subject of a unit that does not itself: its question, its lead, the sentence before, its heading."""
    unit, section = one.unit, one.section
    if unit.lead and unit.kind == "sentence":
        return unit.lead
    lacking = [stem for stem, credit in one.credits.items() if one.own[stem] < _SAYS <= credit]
    if unit.kind == "sentence" and _POINTS_BACK.match(unit.text) and one.index:
        before = section.units[one.index - 1]
        if before.group == unit.group:
            return before.text
    for text, shown in _namers(one):
        words = meaning_words(text)
        if any(vocabulary.credit(stem, words) >= _SAYS for stem in lacking):
            return shown
    return ""


def _namers(one: Candidate) -> Sequence[tuple[str, str]]:
    found = []
    if one.unit.lead:
        found.append((one.unit.lead, one.unit.lead))
    if one.section.headings and one.section.level > 1:
        heading = one.section.headings[-1]
        found.append((heading, f"**{heading}**" if heading.endswith("?") else f"**{heading}:**"))
    return found


def steps_of(one: Candidate) -> list[Quote]:
    """The whole list that the unit is part of, in order."""
    return [
        Quote(unit.text, one.passage.number, unit.start, unit.end, is_item=True, is_step=unit.kind == "step")
        for unit in one.section.units
        if unit.group == one.unit.group
    ]


def wants_all_rows(question: Question) -> bool:
    return question.form in (Form.LIST, Form.COMPARE)
