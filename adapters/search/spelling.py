"""Words that were probably meant by misspelt ones: rapidfuzz over the words of what was found."""

from collections.abc import Collection
from functools import cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from spellchecker import SpellChecker

_SHORTEST: Final = 4
_LONG: Final = 8
_MAX_WORDS: Final = 20_000


def closest_word(word: str, stem: str, vocabulary: Collection[str]) -> str | None:
    """The stem in ``vocabulary`` that is one slip away from ``stem``, two for long ones; None if there is none, and for
    a ``word`` that is English as it stands.

    Numbers and codes are what they are: a digit is never a slip.
    """
    if len(stem) < _SHORTEST or not stem.isalpha() or len(vocabulary) > _MAX_WORDS or word in english_words():
        return None
    slips = 2 if len(stem) >= _LONG else 1
    likely = [one for one in vocabulary if abs(len(one) - len(stem)) <= slips and one[:1] == stem[:1] and one.isalpha()]
    found = process.extractOne(stem, likely, scorer=DamerauLevenshtein.distance, score_cutoff=slips)
    return str(found[0]) if found else None


@cache
def english_words() -> frozenset[str]:
    """About 160,000; read once, in most of a second."""
    return frozenset(SpellChecker(language="en", distance=1).word_frequency.words())
