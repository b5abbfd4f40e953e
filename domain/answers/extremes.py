"""The row of a table that has most or least of what is asked: "in which year was the throughput highest"."""

import re
from collections.abc import Sequence
from typing import Final

from domain.answers.evidence import Candidate
from domain.answers.vocabulary import Vocabulary
from domain.text.synonyms import meaning_words

_MOST: Final = re.compile(
    r"\b(?:highest|most|largest|biggest|longest|maximum|greatest|heaviest|loudest|latest|fastest|strongest|tallest"
    r"|meiste[nrs]?|höchste[nrs]?|größte[nrs]?|längste[nrs]?|plus\s+(?:haute?|grande?|long(?:ue)?)|más\s+(?:alt[oa]|grande))\b"
)
_LEAST: Final = re.compile(
    r"\b(?:lowest|least|smallest|shortest|minimum|cheapest|fewest|lightest|quietest|earliest|slowest"
    r"|wenigste[nrs]?|niedrigste[nrs]?|kleinste[nrs]?|kürzeste[nrs]?|günstigste[nrs]?|moins\s+ch[eè]re?|más\s+(?:baj[oa]|barat[oa]))\b"
)
_HOURS: Final = re.compile(r"(\d{1,2})[:.](\d\d)\s*[-\u2013]\s*(\d{1,2})[:.](\d\d)")
_NUMBER: Final = re.compile(r"-?\d{1,3}(?:[,.' \u00a0]\d{3})+(?!\d)|-?\d{1,12}(?:[.,]\d{1,4})?")


def asks_for_extreme(question: str) -> int:
    """1 for the most, -1 for the least, 0 for neither."""
    folded = question.casefold()
    return int(_MOST.search(folded) is not None) - int(_LEAST.search(folded) is not None)


def extreme_row(rows: Sequence[Candidate], sign: int, vocabulary: Vocabulary) -> Candidate | None:
    """Of rows of one table, the one with the most (1) or the least (-1) in the column that the question names, or in
    the first one of numbers; None without such a column."""
    columns = range(1, min((len(one.unit.cells) for one in rows), default=0))
    numbers = {column: [_number(one.unit.cells[column].text) for one in rows] for column in columns}
    whole = [column for column in columns if all(value is not None for value in numbers[column])]
    if not whole:
        return None
    headers = {column: meaning_words(rows[0].unit.cells[column].header) for column in whole}
    named = max(whole, key=lambda column: (vocabulary.share_of(headers[column]), -column))
    values = [(sign * (value or 0.0), -place) for place, value in enumerate(numbers[named])]
    return rows[-max(values)[1]]


def _number(text: str) -> float | None:
    """Of a cell; of opening hours, how long they are."""
    if hours := _HOURS.search(text):
        opens, past, closes, after = map(int, hours.groups())
        return closes + after / 60 - opens - past / 60
    found = _NUMBER.search(text)
    if found is None:
        return None
    return float(re.sub(r"[,.' \u00a0](?=\d{3}(?!\d))", "", found.group()).replace(",", "."))
