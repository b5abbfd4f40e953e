"""Headings: their plain text, and the path of headings above any place in a document."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

PATH_SEPARATOR: Final = " > "
MAX_TITLE_CHARACTERS: Final = 300
_MAX_HEADING_CHARACTERS: Final = 200
# A document may call a whole chapter its heading; what is read of one is a few times what is kept.
_MAX_SOURCE: Final = 2_000
_ATX: Final = re.compile(r"\s*#{1,6}(?:\s+|$)")
_CLOSING_HASHES: Final = re.compile(r"(?:^|(?<=\s))#+\s*$")
_SETEXT_LINE: Final = re.compile(r"\s*(?:=+|-+)\s*")
_LINK: Final = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_INLINE_MARKS: Final = re.compile(
    r"\\([^\w\s])|\*+(?=\S)|(?<=\S)\*+|`+|(?<!\w)_+(?=\S)|(?<=[^\s_])_++(?!\w)|(?<=_)_(?!\w)"
)


def heading_text(source: str) -> str:
    """The words of a heading without its Markdown marks, on one line; of a very long one, its beginning."""
    lines = source.strip()[:_MAX_SOURCE].split("\n")
    if len(lines) > 1 and _SETEXT_LINE.fullmatch(lines[-1]):
        lines = lines[:-1]
    joined = " ".join(lines)
    opening = _ATX.match(joined)
    if opening:
        joined = _CLOSING_HASHES.sub("", joined[opening.end() :])
    return " ".join(_INLINE_MARKS.sub(r"\1", _LINK.sub(r"\1", joined)).split())


def shortened(words: str, most: int) -> str:
    """``words`` in at most ``most`` characters: titles and headings travel with every passage through histories,
    which hold only so much, and a document may well call a whole chapter its heading."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


class Outline:
    """The heading path at any offset of a text.

    Built from ``(offset, level, text)`` in order; a heading stands under the nearest one of a smaller level. Overlong
    headings are shortened.
    """

    def __init__(self, headings: Iterable[tuple[int, int, str]]) -> None:
        self._offsets: list[int] = []
        self._paths: list[tuple[str, ...]] = []
        above: list[tuple[int, str]] = []
        for offset, level, text in headings:
            while above and above[-1][0] >= level:
                above.pop()
            above.append((level, shortened(text, _MAX_HEADING_CHARACTERS)))
            self._offsets.append(offset)
            self._paths.append(tuple(words for _, words in above if words))

    def path_at(self, offset: int) -> tuple[str, ...]:
        """Headings from the outermost to the innermost; empty before the first one."""
        found = bisect_right(self._offsets, offset)
        return self._paths[found - 1] if found else ()
