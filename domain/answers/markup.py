"""Markdown that does nothing: no HTML, no image that is fetched, no link but to the web and to mailboxes.

It holds for renderers that let HTML through. Code stays what it is, letter for letter; where a renderer could take
something else for code than this module does, the text is written so that there is one way to read it.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple
from urllib.parse import quote

_CONTROLS: Final = re.compile(
    # Sequences to terminals whole, then all other control characters but tabs and line ends, then what turns or hides
    # the direction of a text and what splits lines only for some.
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,1000}(?:\x07|\x1b\\|\x9c)"
    r"|\x9b[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b.?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff]"
)
_LINE_ENDS: Final = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_MARKERS: Final = r"(?:[ \t]|>|[-*+:~](?=[ \t])|\d{1,9}[.)](?=[ \t]))*"
_FENCE: Final = re.compile(rf"(?P<lead>{_MARKERS})(?P<fence>`{{3,}}|~{{3,}})(?P<info>[^`\n]*)$")
_CLOSING: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
_LIVE: Final = re.compile(r"<[A-Za-z/!?]|\]\(|\]\[|!\[|\]:")
_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")
_AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)[^\s<>\"'`]{1,2000})>", re.IGNORECASE)
_OTHER_LINK: Final = re.compile(r"\]\((?!(?:https?://|mailto:)[^\s<>])", re.IGNORECASE)
_DEFINITION: Final = re.compile(
    r"\]:(?=[ \t]*(?:$|(?!(?:https?://|mailto:)[^\s<>])[^\s]{0,200}[:&%\\<]))", re.IGNORECASE
)
_TICKS: Final = re.compile(r"`+")
_TILDES: Final = re.compile(r"(?<!\\)~{3,}")
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)


class _Piece(NamedTuple):
    """Lines that are one block of code, its fences included, or that are none."""

    lines: list[str]
    is_code: bool


def without_controls(text: str) -> str:
    """Without what steers a terminal or turns the direction of a text; line ends and tabs stay."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def inert(text: str) -> str:
    """Markdown of which every renderer makes text, code and links to http, https and mailto alone."""
    text = without_controls(text)
    if not _LIVE.search(text):
        return text
    pieces = list(_pieces(text.split("\n")))
    rewrite = any(piece.is_code and _LIVE.search("\n".join(piece.lines)) for piece in pieces)
    lines: list[str] = []
    for piece in pieces:
        if not piece.is_code:
            lines += map(_inert_line, piece.lines)
        elif rewrite:
            lines += _at_the_margin(piece.lines, follows=bool(lines and lines[-1].strip()))
        else:
            lines += piece.lines
    return "\n".join(lines)


def inert_label(text: str) -> str:
    """A title, a heading, a file's name: one line that is the same as text, as Markdown and as HTML."""
    line = " ".join(without_controls(text).split())
    return (
        line.replace("](", "] (").replace("][", "] [").replace("]:", "] :").replace("![", "! [").replace("<", "\u2039")
    )


def safe_url(url: str | None) -> str | None:
    """The address if a link to it can only open a page or a mail; what could end an attribute is percent-encoded."""
    if url is None:
        return None
    bare = without_controls(url).strip()
    if not _LINK.match(bare):
        return None
    return quote(bare, safe="%/:?#[]@!$&*+,;=~-._") if set(bare) & set(" \t\n\"'<>`\\^{}|()") else bare


def _pieces(lines: list[str]) -> Iterator[_Piece]:
    """Blocks of code with a fence before and behind them, and what is between them. A fence that nothing closes is
    none."""
    closings = _Closings(lines)
    place, began = 0, 0
    while place < len(lines):
        opening = _FENCE.match(lines[place])
        end = closings.after(place, opening["fence"]) if opening else None
        if end is None:
            place += 1
            continue
        if began < place:
            yield _Piece(lines[began:place], is_code=False)
        yield _Piece(lines[place : end + 1], is_code=True)
        place = began = end + 1
    if began < len(lines):
        yield _Piece(lines[began:], is_code=False)


class _Closings:
    """Lines that may close a block of code, and how long the longest is from each line on."""

    def __init__(self, lines: list[str]) -> None:
        self._fences = [found[1] if (found := _CLOSING.match(line)) else "" for line in lines]
        self._longest: dict[str, list[int]] = {}
        for sign in "`~":
            sizes = [len(fence) if fence.startswith(sign) else 0 for fence in reversed(self._fences)]
            self._longest[sign] = [*accumulate(sizes, max)][::-1]

    def after(self, opened: int, fence: str) -> int | None:
        """The line that closes a block which ``fence`` opens; sought only where there is one."""
        place = opened + 1
        if place >= len(self._fences) or self._longest[fence[0]][place] < len(fence):
            return None
        while not (self._fences[place].startswith(fence[0]) and len(self._fences[place]) >= len(fence)):
            place += 1
        return place


def _at_the_margin(lines: list[str], *, follows: bool) -> list[str]:
    """A block of code that no list, quotation or indentation can make something else of."""
    lead, fence, info = _opened(lines[0])
    sign = fence[0]
    inside = [_without_lead(line, lead) for line in lines[1:-1]]
    longest = max((len(run) for line in inside for run in re.findall(f"{sign}{{3,}}", line)), default=2)
    fence = sign * max(len(fence), longest + 1)
    return [
        *([""] if follows else []),
        *([lead.rstrip(), ""] if lead.strip(" \t") else []),
        fence + info,
        *inside,
        fence,
    ]


def _opened(line: str) -> tuple[str, str, str]:
    """What stands before the fence, the fence, and the language that it names."""
    opening = _FENCE.match(line)
    return (
        (opening["lead"], opening["fence"], re.sub(r"[^\w+#. -]", "", opening["info"])) if opening else ("", "```", "")
    )


def _without_lead(line: str, lead: str) -> str:
    """The line without the signs of the quotations that it stands in and the indentation of its block."""
    for _ in range(lead.count(">")):
        line = re.sub(r"^[ \t]*> ?", "", line, count=1)
    width = len(lead) if ">" not in lead else 0
    return line[min(width, len(line) - len(line.lstrip(" \t"))) :]


def _inert_line(line: str) -> str:
    spans, stray = _code_spans(line)
    if any("|" in line[start:end] for start, end in spans):
        # A cell of a table ends there, code or not.
        spans = []
    fence = _FENCE.match(line) or _CLOSING.match(line) or re.match(rf"{_MARKERS}[`~]{{3}}", line)
    if fence:
        spans, stray = [], [found.span() for found in re.finditer(r"[`~]+", line)]
    pieces, done = [], 0
    for start, end in spans:
        pieces += [_inert_words(line[done:start], stray, done), line[start:end]]
        done = end
    return "".join((*pieces, _inert_words(line[done:], stray, done)))


def _inert_words(words: str, stray: list[tuple[int, int]], at: int) -> str:
    """Words outside of code. ``stray``: ticks of the line that enclose nothing; the words begin at ``at`` in it."""
    pieces, done = [], 0
    for start, end in stray:
        if at <= start and end <= at + len(words):
            pieces += [words[done : start - at], "".join(f"\\{sign}" for sign in words[start - at : end - at])]
            done = end - at
    words = _TILDES.sub(lambda run: "\\~" * len(run.group()), "".join((*pieces, words[done:])))
    words = _TAG.sub("&lt;", _AUTOLINK.sub(r"\1", words))
    return _DEFINITION.sub(r"]\\:", _OTHER_LINK.sub(r"]\\(", words.replace("![", "! [")))


def _code_spans(line: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(start, end) of every code span, its ticks included, and of every run of ticks that encloses nothing."""
    runs = [(found.start() + _is_escaped(line, found.start()), found.end()) for found in _TICKS.finditer(line)]
    runs = [(start, end) for start, end in runs if start < end]
    after: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(runs):
        after.setdefault(end - start, []).append(number)
    spans, stray, number = [], [], 0
    for size in after.values():
        size.reverse()
    while number < len(runs):
        same = after[runs[number][1] - runs[number][0]]
        while same and same[-1] <= number:
            same.pop()
        if same:
            spans.append((runs[number][0], runs[same[-1]][1]))
            number = same[-1] + 1
        else:
            stray.append(runs[number])
            number += 1
    return spans, stray


def _is_escaped(line: str, place: int) -> bool:
    before = len(line[:place]) - len(line[:place].rstrip("\\"))
    return before % 2 == 1
