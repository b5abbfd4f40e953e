"""Headings, lists and paragraphs of a PDF, which has none of them: told from sizes, gaps and marks."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from adapters.parsers.pdf.lines import BROKEN_WORD, Line

_BULLET: Final = re.compile(r"[•‣▪●◦∙·–-]\s+(?=\S)")  # noqa: RUF001
_NUMBER: Final = re.compile(r"\d{1,3}[.)]\s+(?=\S)")
_SENTENCE_ENDS: Final = (".", "!", "?", ":", ";", "…")
_LARGER: Final = 1.15
_WIDE_GAP: Final = 1.4
_LONGEST_HEADING: Final = 200
_MOST_LEVELS: Final = 4


class Part(NamedTuple):
    kind: Literal["heading", "paragraph", "list"]
    text: str
    level: int = 0


class Sizes:
    """Which letters of a document are larger than those of its running text, and what level of heading that is."""

    def __init__(self, lines: Iterable[Line]) -> None:
        letters: Counter[float] = Counter()
        for line in lines:
            letters[line.height] += len(line.text)
        self._body = letters.most_common(1)[0][0] if letters else 0.0
        larger = sorted((size for size in letters if size > self._body * _LARGER), reverse=True)
        self._levels = {size: min(level, _MOST_LEVELS) for level, size in enumerate(larger, start=1)}

    def level(self, line: Line) -> int:
        """0 for running text."""
        if self._body == 0.0 or not any(sign.isalpha() for sign in line.text):
            return 0
        return self._levels.get(line.height, 0)


def page_parts(lines: Sequence[Line], sizes: Sizes) -> Iterator[Part]:
    """The lines of one page put together; every line is in one part."""
    pitch = _usual_pitch(lines)
    group: list[Line] = []
    for line in lines:
        if group and _begins_part(group[-1], line, sizes, pitch):
            yield from _parts(group, sizes)
            group = []
        group.append(line)
    yield from _parts(group, sizes)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The distance of lines within a paragraph: what a quarter of all distances do not exceed."""
    steps = sorted(above.top - line.top for above, line in pairwise(lines) if above.top - line.top > line.height * 0.8)
    return steps[len(steps) // 4] if steps else 0.0


def _begins_part(above: Line, line: Line, sizes: Sizes, pitch: float) -> bool:
    if sizes.level(above) != sizes.level(line):
        return True
    if _item_mark(line.text):
        return not _item_mark(above.text)
    gap = above.top - line.top
    if gap < 0:
        # The next column: a sentence that is not over goes on there.
        return above.text.endswith(_SENTENCE_ENDS)
    return pitch > 0 and gap > pitch * _WIDE_GAP


def _item_mark(text: str) -> str | None:
    found = _BULLET.match(text) or _NUMBER.match(text)
    return found.group() if found else None


def _parts(group: Sequence[Line], sizes: Sizes) -> Iterator[Part]:
    if not group:
        return
    level = sizes.level(group[0])
    text = joined(line.text for line in group)
    if level and len(text) <= _LONGEST_HEADING:
        yield Part("heading", text, level)
    elif _item_mark(group[0].text):
        yield Part("list", "\n".join(_item_lines(text)))
    else:
        yield Part("paragraph", text)


def _item_lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if _BULLET.match(line):
            yield _BULLET.sub("- ", line, count=1)
        else:
            yield line if _NUMBER.match(line) else f"  {line}"


def joined(lines: Iterable[str]) -> str:
    """Lines as they are printed: a word that a line end broke keeps its hyphen."""
    text = "\n".join(lines)
    for mark in BROKEN_WORD:
        text = text.replace(mark, "-")
    return text
