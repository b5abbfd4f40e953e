"""Words that were probably meant by misspelt ones: rapidfuzz over the words of what was found."""

from collections.abc import Collection
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_SHORTEST: Final = 4
_LONG: Final = 8
_MAX_WORDS: Final = 20_000


def closest_word(word: str, vocabulary: Collection[str]) -> str | None:
    """The word of ``vocabulary`` that is one slip away from ``word``, two for long ones; None if there is none.

    Numbers and codes are what they are: a digit is never a slip.
    """
    if len(word) < _SHORTEST or not word.isalpha() or len(vocabulary) > _MAX_WORDS:
        return None
    slips = 2 if len(word) >= _LONG else 1
    likely = [one for one in vocabulary if abs(len(one) - len(word)) <= slips and one[:1] == word[:1] and one.isalpha()]
    found = process.extractOne(word, likely, scorer=DamerauLevenshtein.distance, score_cutoff=slips)
    return str(found[0]) if found else None
