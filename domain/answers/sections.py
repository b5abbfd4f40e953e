"""Reading a passage: its sections, and in them the steps, bullets and sentences that can be quoted.

Made for quoting and not for rendering: what cannot be quoted by itself (tables, code outside of a list, HTML) is
passed over.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, Literal, NamedTuple

from domain.knowledge.headings import heading_text
from domain.knowledge.splitting import SENTENCE_END

StatementKind = Literal["step", "bullet", "sentence"]

MAX_SECTIONS: Final = 100
MAX_STATEMENTS: Final = 400
"""What is read of one passage. A passage of nothing but tiny headings or items would cost as much as hundreds."""
_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:\s|$)")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)\s*")
_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_RULE: Final = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*")
_ITEM: Final = re.compile(r"(\s*)(?:([-*+])|\d{1,9}[.)])(\s+)(?=\S)")
_HTML: Final = re.compile(r" {0,3}</?[a-zA-Z!]")
_QUOTE_MARK: Final = re.compile(r"^\s*>\s?", re.MULTILINE)
_ABBREVIATION: Final = re.compile(r"(?:^|\W)(?:e\.g|i\.e|etc|vs|cf|approx|mr|mrs|dr|no|fig|st|\w)\.\Z", re.IGNORECASE)
_VERB: Final = re.compile(r"\s(?:is|are|means?)\s")
_LONGEST_SUBJECT: Final = 60
_SHORTEST_SENTENCE: Final = 25
_MOST_INDENTATION: Final = 3


class Statement(NamedTuple):
    """Something that can be quoted: ``text`` stands in the passage, apart from line breaks within a sentence."""

    kind: StatementKind
    list_number: int
    start: int
    end: int
    text: str

    @property
    def subject(self) -> str | None:
        """What it is about if it begins like "A pack is …"."""
        verb = _VERB.search(self.text, 0, _LONGEST_SUBJECT)
        return self.text[: verb.start()] if verb else None


class Section(NamedTuple):
    """From a heading to the next one of any level. ``headings`` are those above it, its own last."""

    level: int
    headings: tuple[str, ...]
    start: int
    end: int
    statements: tuple[Statement, ...]


@lru_cache(maxsize=256)
def read_sections(text: str, above: tuple[str, ...] = ()) -> tuple[Section, ...]:
    """Sections in order; ``above`` is the path of headings at the beginning of the passage.

    Remembered: the passages that answer questions are few, and come again.
    """
    return tuple(islice(_Reader(text, above).sections(), MAX_SECTIONS))


class _Line(NamedTuple):
    start: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def indentation(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def end(self) -> int:
        return self.start + len(self.text.rstrip())


class _Reader:
    def __init__(self, text: str, above: tuple[str, ...]) -> None:
        self._text = text
        self._lines = list(_lines(text))
        self._above = [(level, heading) for level, heading in enumerate(above, start=1)]
        self._at = 0
        self._lists = 0

    def sections(self) -> Iterator[Section]:
        level, start = 0, 0
        statements: list[Statement] = []
        read = 0
        while self._at < len(self._lines) and read < MAX_STATEMENTS:
            opened = self._lines[self._at].start
            heading = self._heading()
            if heading is None:
                block = tuple(islice(self._block(), MAX_STATEMENTS - read))
                statements.extend(block)
                read += len(block)
                continue
            if statements or level:
                yield self._section(level, start, opened, statements)
            level, start, statements = heading[0], opened, []
            self._above = [entry for entry in self._above if entry[0] < level]
            self._above.append(heading)
        yield self._section(level, start, len(self._text), statements)

    def _section(self, level: int, start: int, end: int, statements: list[Statement]) -> Section:
        return Section(level, tuple(heading for _, heading in self._above), start, end, tuple(statements))

    def _heading(self) -> tuple[int, str] | None:
        line = self._lines[self._at]
        atx = _HEADING.match(line.text)
        if atx:
            self._at += 1
            return len(atx.group(1)), heading_text(line.text)
        following = self._lines[self._at + 1].text if self._at + 1 < len(self._lines) else ""
        underline = _UNDERLINE.fullmatch(following)
        if underline and not line.is_blank and not _ITEM.match(line.text) and "|" not in line.text:
            self._at += 2
            return (1 if underline.group(1)[0] == "=" else 2), heading_text(line.text)
        return None

    def _block(self) -> Iterator[Statement]:
        line = self._lines[self._at]
        item = _ITEM.match(line.text)
        if line.is_blank or _RULE.fullmatch(line.text):
            self._at += 1
        elif _FENCE.match(line.text):
            self._at = self._after_fence(self._at)
        elif item and len(item.group(1)) <= _MOST_INDENTATION:
            yield from self._list(item)
        elif line.text.lstrip().startswith("|") or _HTML.match(line.text):
            self._at = self._after_paragraph(self._at)
        else:
            first = self._at
            self._at = self._after_paragraph(first)
            yield from _sentences(self._text, line.start, self._lines[self._at - 1].end)

    def _list(self, item: re.Match[str]) -> Iterator[Statement]:
        """The items of one list; an item goes on as long as its lines are indented or follow without a gap."""
        self._lists += 1
        kind: StatementKind = "bullet" if item.group(2) else "step"
        base = len(item.group(1))
        found: re.Match[str] | None = item
        while found and bool(found.group(2)) == (kind == "bullet") and len(found.group(1)) <= base + 1:
            first = self._lines[self._at]
            last = self._after_item(found)
            start, end = first.start + found.end(), self._lines[last - 1].end
            yield Statement(kind, self._lists, start, end, self._text[start:end])
            self._at = self._skip_blank(last)
            found = _ITEM.match(self._lines[self._at].text) if self._at < len(self._lines) else None

    def _after_item(self, item: re.Match[str]) -> int:
        """The number of the line behind the item that begins at the current line."""
        base, content = len(item.group(1)), len(item.group())
        at = last = self._at + 1
        while at < len(self._lines):
            line = self._lines[at]
            if line.is_blank:
                at = self._skip_blank(at)
                if at == len(self._lines) or self._lines[at].indentation < min(content, base + 2):
                    break
                continue
            if line.indentation < content and self._begins_block(line, base):
                break
            at = last = self._after_fence(at) if _FENCE.match(line.text) else at + 1
        return last

    def _begins_block(self, line: _Line, base: int) -> bool:
        item = _ITEM.match(line.text)
        if item:
            return len(item.group(1)) <= base + 1
        return any(pattern.match(line.text) for pattern in (_HEADING, _FENCE)) or bool(_RULE.fullmatch(line.text))

    def _after_fence(self, at: int) -> int:
        fence = _FENCE.match(self._lines[at].text)
        marks = fence.group(1) if fence else ""
        for number in range(at + 1, len(self._lines)):
            if self._lines[number].text.strip().startswith(marks):
                return number + 1
        return len(self._lines)

    def _after_paragraph(self, at: int) -> int:
        at += 1
        while at < len(self._lines):
            line = self._lines[at]
            if line.is_blank or self._begins_block(line, _MOST_INDENTATION):
                break
            at += 1
        return at

    def _skip_blank(self, at: int) -> int:
        while at < len(self._lines) and self._lines[at].is_blank:
            at += 1
        return at


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, line)
        start += len(line) + 1


def _sentences(text: str, start: int, end: int) -> Iterator[Statement]:
    """Whole sentences; one too short to stand alone ("No.") goes with the next. What introduces a list is left out."""
    opened = start
    for stop in [*(found.end() for found in SENTENCE_END.finditer(text, start, end)), end]:
        source = text[opened:stop].strip()
        if stop < end and (len(source) < _SHORTEST_SENTENCE or _ABBREVIATION.search(source)):
            continue
        if not source.endswith(":"):
            flat = " ".join(_QUOTE_MARK.sub("", source).split())
            yield Statement("sentence", 0, opened, stop, flat)
        opened = stop
