"""Cutting a stretch of text into pieces of a bounded size, at the kindest places first."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from domain.document import BlockKind

ITEM_START: Final = re.compile(r"\n(?= {0,3}(?:[-*+]|\d{1,9}[.)])\s)")
LINE_END: Final = re.compile(r"\n++")
# Also the full-width marks of Chinese and Japanese, which no space follows.
SENTENCE_END: Final = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]*_]))\s++(?=[^\sa-z])|(?<=[。！？])(?=[^\s”’」』）])"  # noqa: RUF001
)
WORD_END: Final = re.compile(r"\s++")

Cuts = Sequence[re.Pattern[str]]
_PROSE: Final[Cuts] = (SENTENCE_END, LINE_END, WORD_END)
_LINES: Final[Cuts] = (LINE_END, SENTENCE_END, WORD_END)
_ITEMS: Final[Cuts] = (ITEM_START, LINE_END, SENTENCE_END, WORD_END)


class Range(NamedTuple):
    """``text[start:end]``, with no white space at either end."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


def cuts_for(kind: BlockKind) -> Cuts:
    """Where blocks of a kind may be cut, the kindest places first; characters come last everywhere."""
    if kind == "list":
        return _ITEMS
    return _LINES if kind in ("table", "code") else _PROSE


def split(text: str, start: int, end: int, limit: int, cuts: Cuts) -> list[Range]:
    """Cut ``text[start:end]`` into ranges of at most ``limit`` characters that leave out only white space."""
    whole = trimmed(text, start, end)
    if whole.size <= limit:
        return [whole] if whole.size else []
    if not cuts:
        steps = range(whole.start, whole.end, limit)
        parts = (trimmed(text, step, min(step + limit, whole.end)) for step in steps)
        return [part for part in parts if part.size]
    pieces: list[Range] = []
    for part in _cut(text, whole, cuts[0]):
        if part.size > limit:
            pieces.extend(split(text, part.start, part.end, limit, cuts[1:]))
        else:
            pieces.append(part)
    return _joined(pieces, limit)


def trimmed(text: str, start: int, end: int) -> Range:
    """The range without the white space at its ends."""
    part = text[start:end]
    stripped = part.strip()
    first = start + len(part) - len(part.lstrip())
    return Range(first, first + len(stripped)) if stripped else Range(start, start)


def _cut(text: str, whole: Range, pattern: re.Pattern[str]) -> Iterable[Range]:
    start = whole.start
    for found in pattern.finditer(text, whole.start, whole.end):
        part = trimmed(text, start, found.end())
        if part.size:
            yield part
        start = found.end()
    rest = trimmed(text, start, whole.end)
    if rest.size:
        yield rest


def _joined(pieces: Iterable[Range], limit: int) -> list[Range]:
    """Neighbours put together as long as they stay within ``limit``."""
    joined: list[Range] = []
    for piece in pieces:
        if joined and piece.end - joined[-1].start <= limit:
            joined[-1] = Range(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined
