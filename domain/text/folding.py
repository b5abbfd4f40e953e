"""Texts as a reader sees them, so that no spelling of a word hides it from a rule.

Two foldings, from harmless to eager. ``normalise`` keeps every letter what it is; ``skeleton`` makes letters that
look alike the same one, so it is only for comparing.
"""

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from domain.text.lookalikes import STROKED_TO_PLAIN, TO_LATIN

# What shows nothing and is neither a format nor a control character: joiners, fillers, variation selectors.
_BLANK: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_FORMAT: Final = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
)
_CONTROL: Final = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
HIDDEN: Final = re.compile(f"[{_BLANK}{_FORMAT}{_CONTROL}]+")
_MARKS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
# Signs that are read as the letter only where they stand inside a word: "payr0ll", but not "10".
_CAPITAL_I_IN_WORD: Final = re.compile(r"(?<=[a-z])I+(?=[a-zI]|\b)")
# A run that is no word's is taken once and whole: tried from each of its signs, a row of bars would take for ever.
_SIGN_IN_WORD: Final = re.compile(r"(?<=[^\W\d_])[01|]+(?=[^\W\d_]|\b)|(?<![\w|])[01|]++(?=[^\W\d_]{2})")
_SIGNS: Final = str.maketrans("01|", "oll")

# One character that compatibility makes 18 or 8 of; here it stands for itself, in a place that normalises to nothing.
_PHRASES: Final = MappingProxyType({0xFDFA: "\ue0fa", 0xFDFB: "\ue0fb"})
_MAX_MARKS: Final = 16


def without_hidden(text: str) -> str:
    """The text without what shows nothing."""
    return text if text.isascii() and text.isprintable() else HIDDEN.sub("", text)


def normalise(text: str) -> str:
    """Fold case, width, compatibility forms and invisible characters; every run of white space becomes one space."""
    if text.isascii():
        return " ".join(without_hidden(text).lower().split())
    shown = _bounded(without_hidden(text))
    return " ".join(unicodedata.normalize("NFKC", shown).casefold().split())


def _bounded(text: str) -> str:
    """What normalisation cannot blow up: phrases in one character stay what they are, and of a heap of marks, which
    it would put in order one by one, only the lowest are kept."""
    pieces, heap = [], 0
    for sign in text.translate(_PHRASES):
        heap = heap + 1 if unicodedata.combining(sign) else 0
        if heap <= _MAX_MARKS:
            pieces.append(sign)
    return "".join(pieces)


def skeleton(text: str, *, keep_marks: bool = False) -> str:
    """What the text looks like in Latin letters: look-alikes of other alphabets, marks, digits within words folded.

    Compare it with the skeleton of what is looked for, never with plain words.
    """
    shown = _CAPITAL_I_IN_WORD.sub(lambda found: "l" * len(found.group()), without_hidden(text))
    folded = normalise(shown)
    if not folded.isascii():
        folded = folded.translate(TO_LATIN) if keep_marks else _without_marks(folded).translate(TO_LATIN)
    return _SIGN_IN_WORD.sub(lambda found: found.group().translate(_SIGNS), folded)


def has_marks(text: str) -> bool:
    """Whether a text in its own right has marks or strokes on its letters, as "schön" has."""
    folded = normalise(text)
    return _without_marks(folded) != unicodedata.normalize("NFKD", folded)


def _without_marks(folded: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(STROKED_TO_PLAIN)
