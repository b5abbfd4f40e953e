"""Whether a text says a fact: without case, marks and kinds of space, but never inside another word or number."""

import re
import unicodedata
from typing import Final

_MARKER: Final = re.compile(r"\[\d{1,3}\]")
_MARKS: Final = re.compile(r"[*_`|\\]")
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff"),
    }
)


def plain(text: str) -> str:
    """``text`` in one case, with single spaces, without Markdown's marks and citation numbers."""
    same = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    return " ".join(_MARKS.sub(" ", _MARKER.sub(" ", same)).split())


def says(text: str, fact: str) -> bool:
    """``text`` is plain. A fact that ends in ``*`` begins a word; ``4`` is not in ``40``, ``4.5`` or ``1,4``."""
    stem = fact.endswith("*")
    wanted = plain(fact.rstrip("*"))
    if not wanted:
        return False
    start = 0
    while (at := text.find(wanted, start)) >= 0:
        if _begins(text, at, wanted) and (stem or _ends(text, at + len(wanted), wanted)):
            return True
        start = at + 1
    return False


def _begins(text: str, at: int, wanted: str) -> bool:
    before = text[at - 1] if at else " "
    if not _joins(wanted[0]):
        return True
    if _joins(before):
        return False
    return not (wanted[0].isdigit() and before in ".," and at > 1 and text[at - 2].isdigit())


def _ends(text: str, at: int, wanted: str) -> bool:
    after = text[at] if at < len(text) else " "
    if not _joins(wanted[-1]):
        return True
    if _joins(after):
        return False
    return not (wanted[-1].isdigit() and after in ".,:" and at + 1 < len(text) and text[at + 1].isdigit())


def _joins(character: str) -> bool:
    # Chinese, Japanese and Thai write no spaces between words.
    return character.isalnum() and not "\u2e80" <= character <= "\u9fff"
