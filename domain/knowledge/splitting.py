"""Cutting a stretch of text into pieces of a bounded size, at the kindest places first."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.knowledge.parsed import BlockKind

ITEM_START: Final = re.compile(r"\n(?= {0,3}(?:[-*+]|\d{1,9}[.)])\s)")
LINE_END: Final = re.compile(r"\n++")
# A mark, what may close a quotation after it, and the space; full-width marks need none. Each alternative begins with a
# sign to look for, so that text without any costs next to nothing.
SENTENCE_END: Final = re.compile(
    r"[.!?…][\"'”’)\]*_]?\s++(?=[^\sa-z])|[。！？](?=[^\s”’」』）])"  # noqa: RUF001
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
    """Cut ``text[start:end]`` into ranges of at most ``limit`` characters that leave out only white space.

    Time is linear in the text, whatever it holds: each kind of cut looks at a stretch once.
    """
    return list(_split(text, start, end, limit, cuts))


def trimmed(text: str, start: int, end: int) -> Range:
    """The range without the white space at its ends."""
    part = text[start:end]
    stripped = part.strip()
    first = start + len(part) - len(part.lstrip())
    return Range(first, first + len(stripped)) if stripped else Range(start, start)


def _split(text: str, start: int, end: int, limit: int, cuts: Cuts) -> Iterator[Range]:
    whole = trimmed(text, start, end)
    if whole.size <= limit:
        yield from [whole] if whole.size else ()
    elif not cuts:
        steps = range(whole.start, whole.end, limit)
        parts = (trimmed(text, step, min(step + limit, whole.end)) for step in steps)
        yield from (part for part in parts if part.size)
    else:
        yield from _joined(text, whole, limit, cuts)


def _joined(text: str, whole: Range, limit: int, cuts: Cuts) -> Iterator[Range]:
    """The stretches between cuts, neighbours put together as long as they stay within ``limit``."""
    opened: int | None = None
    closed = before = whole.start
    for after in _ends(text, whole, cuts[0]):
        if opened is not None and after - opened <= limit:
            # By far the commonest: nothing has to be measured or made for it.
            closed = before = after
            continue
        for piece in _pieces(text, before, after, limit, cuts):
            if opened is None or piece.end - opened > limit:
                if opened is not None:
                    yield trimmed(text, opened, closed)
                opened = piece.start
            closed = piece.end
        before = after
    if opened is not None:
        yield trimmed(text, opened, closed)


def _ends(text: str, whole: Range, pattern: re.Pattern[str]) -> Iterator[int]:
    for found in pattern.finditer(text, whole.start, whole.end):
        yield found.end()
    yield whole.end


def _pieces(text: str, start: int, end: int, limit: int, cuts: Cuts) -> Iterable[Range]:
    """A stretch between two cuts, itself cut at less kind places if it is too long."""
    part = trimmed(text, start, end)
    if part.size > limit:
        return _split(text, part.start, part.end, limit, cuts[1:])
    return [part] if part.size else []
