"""Words of a text, cut to the stems by which they are compared."""

import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_SIGNS: Final = (
    "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f"
)
"""Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese."""
_UNSPACED: Final = re.compile(f"[{_SIGNS}]")
_STRETCH: Final = re.compile(f"[{_SIGNS}]+|[^{_SIGNS}]+")


_STOP_WORDS: Final = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can cannot could did do
    does doing done for from get gets getting give go going got had happen happens has have having he help her
    here him his how i if in into is it its just know let like long make many may me mean means might more most
    much must my need needs no not now of off often on one only or other our out over own please s same shall she
    should show so some stay still such t tell than that the their them then there these they thing things this
    those through to too under until up us use used using very want was way ways we were what when where whether
    which while who whom whose why will with without work works would you your
    """.split()
)


_SUFFIXES: Final = ("ions", "ion", "ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


_MAX_WORD_CHARACTERS: Final = 64


_SHORTEST_STEM: Final = 3


def stems(text: str) -> list[str]:
    """The words that carry meaning, in order, cut to a rough stem. Scripts without spaces give pairs of signs."""
    words = [_stem(word[:_MAX_WORD_CHARACTERS]) for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS]
    if not has_unspaced(text):
        return words
    return [part for word in words for part in (pairs_of(word) if has_unspaced(word) else [word])]


def has_unspaced(text: str) -> bool:
    """Whether some of it is in a script without spaces between its words."""
    return _UNSPACED.search(text) is not None


def pairs_of(word: str) -> list[str]:
    """Neighbouring signs of the stretches that are written without spaces, and the rest of the word."""
    found = []
    for stretch in _STRETCH.findall(word):
        if _UNSPACED.match(stretch) and len(stretch) > 1:
            found += [stretch[at : at + 2] for at in range(len(stretch) - 1)]
        else:
            found.append(stretch)
    return found


@lru_cache(maxsize=1024)
def stem_set(text: str) -> frozenset[str]:
    """The distinct stems of a text. Remembered: the passages that answer questions are few, and come again."""
    return frozenset(stems(text))


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    if not word.isalpha():
        return word
    for suffix in _SUFFIXES:
        cut = word[: -len(suffix)]
        if word.endswith(suffix) and len(cut) >= _SHORTEST_STEM and not word.endswith("ss"):
            return _without_ending(cut, suffix)
    return word


def _without_ending(cut: str, suffix: str) -> str:
    if suffix in ("ing", "ings", "ed") and cut[-1] == cut[-2] and cut[-1] not in "ls":
        return cut[:-1]
    if cut.endswith("y") and len(cut) > _SHORTEST_STEM:
        return cut[:-1]
    # "verify", "verifies" and "verified" meet at "verif", "rotates" and "rotated" at "rotat".
    return cut
