"""Reading a passage: its sections, and in them the units that can be quoted, each with what it is about.

Made for quoting and not for rendering: what cannot be quoted by itself (raw HTML) is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Final, Literal, NamedTuple

from domain.answers.lines import FENCE, HTML, ITEM, RULE, Line, Lines
from domain.knowledge.headings import heading_text
from domain.knowledge.splitting import SENTENCE_END

UnitKind = Literal["step", "bullet", "sentence", "row", "code"]

MAX_SECTIONS: Final = 100
MAX_UNITS: Final = 200
"""What is read of one passage. A passage of nothing but tiny headings or items would cost as much as hundreds."""
_MAX_CELLS: Final = 40
_QUOTE_MARK: Final = re.compile(r"^\s*>\s?", re.MULTILINE)
_ANSWER_MARK: Final = re.compile(
    r"\s*(?:\*\*)?(?:A|Answer|Antwort|R|Respuesta|Réponse|答)\s*[:.\uff1a](?:\*\*)?\s+(?=\S)"
)
_ABBREVIATION: Final = re.compile(
    r"(?:^|\W)(?:e\.g|i\.e|etc|vs|cf|approx|mr|mrs|dr|no|nr|fig|st|z\.\s?b|\w)\.\Z", re.IGNORECASE
)
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_SEPARATOR_CELL: Final = re.compile(r"\s*:?-+:?\s*")
_SENTENCE_END: Final = re.compile(rf"{SENTENCE_END.pattern}|[.!?][\"'\u201d\u2019)\]*_`]?\n(?=\S)")
"""At the end of a line, what follows may begin with a small letter: the name of a command."""
_SHORTEST_SENTENCE: Final = 25
_LONGEST_ABBREVIATION: Final = 8
_MAX_GOING_ON: Final = 200
_MAX_INDENTATION: Final = 3


class Cell(NamedTuple):
    header: str
    text: str


class Unit(NamedTuple):
    """Something that can be quoted: ``text`` is in the passage at ``start``, apart from line breaks within a sentence.

    ``group`` is the number of its list, table or paragraph within the passage; ``lead`` the sentence that introduces
    it, or the question that it answers; ``cells`` are a row's own.
    """

    kind: UnitKind
    group: int
    start: int
    end: int
    text: str
    lead: str = ""
    cells: tuple[Cell, ...] = ()


class Section(NamedTuple):
    """From a heading to the next one of any level. ``headings`` are those above it, its own last."""

    level: int
    headings: tuple[str, ...]
    start: int
    end: int
    units: tuple[Unit, ...]


@lru_cache(maxsize=256)
def read_sections(text: str, above: tuple[str, ...] = ()) -> tuple[Section, ...]:
    """Sections in order; ``above`` is the path of headings at the beginning of the passage.

    Remembered: the passages that answer questions are few, and come again.
    """
    return tuple(islice(_Reader(text, above).sections(), MAX_SECTIONS))


class _Reader:
    def __init__(self, text: str, above: tuple[str, ...]) -> None:
        self._text = text
        self._lines = Lines(text)
        self._above = [(level, heading) for level, heading in enumerate(above, start=1)]
        self._at = 0
        self._group = 0
        self._lead = ""
        """What introduces the next list, table or block of code."""

    def sections(self) -> Iterator[Section]:
        level, start, read = 0, 0, 0
        units: list[Unit] = []
        while self._at < len(self._lines) and read < MAX_UNITS:
            opened = self._lines[self._at].start
            heading = self._lines.heading(self._at)
            if heading is None:
                block = tuple(islice(self._block(), MAX_UNITS - read))
                units.extend(block)
                read += len(block)
                continue
            self._at += heading.lines
            if units or level:
                yield self._section(level, start, opened, units)
            level, start, units, self._lead = heading.level, opened, [], ""
            self._above = [entry for entry in self._above if entry[0] < level]
            self._above.append((level, heading.text))
        yield self._section(level, start, len(self._text), units)

    def _section(self, level: int, start: int, end: int, units: Sequence[Unit]) -> Section:
        return Section(level, tuple(heading for _, heading in self._above), start, end, tuple(units))

    def _block(self) -> Iterator[Unit]:
        line = self._lines[self._at]
        if line.is_blank or RULE.fullmatch(line.text):
            self._at += 1
            return
        self._group += 1
        item = ITEM.match(line.text)
        if FENCE.match(line.text):
            yield from self._code(line)
        elif item and len(item.group(1)) <= _MAX_INDENTATION:
            yield from self._list(item)
        elif line.is_row:
            yield from self._table()
        elif HTML.match(line.text):
            self._at = self._lines.after_paragraph(self._at)
        else:
            first = self._at
            self._at = self._lines.after_paragraph(first)
            yield from self._paragraph(line.start, self._lines[self._at - 1].end)

    def _code(self, line: Line) -> Iterator[Unit]:
        self._at = self._lines.after_fence(self._at)
        end = self._lines[self._at - 1].end
        yield Unit("code", self._group, line.start, end, self._text[line.start : end], self._lead)

    def _list(self, item: re.Match[str]) -> Iterator[Unit]:
        """The items of one list; its lead goes to all of them."""
        kind: UnitKind = "bullet" if item.group(2) else "step"
        base = len(item.group(1))
        found: re.Match[str] | None = item
        while found and bool(found.group(2)) == (kind == "bullet") and len(found.group(1)) <= base + 1:
            first = self._lines[self._at]
            last = self._lines.after_item(self._at, found)
            start, end = first.start + found.end(), self._lines[last - 1].end
            yield Unit(kind, self._group, start, end, self._text[start:end], self._lead)
            self._at = self._lines.skip_blank(last)
            found = ITEM.match(self._lines[self._at].text) if self._at < len(self._lines) else None

    def _table(self) -> Iterator[Unit]:
        first, self._at = self._at, self._lines.after_table(self._at)
        rows = [(self._lines[number], _cells(self._lines[number].text)) for number in range(first, self._at)]
        headers: Sequence[str] = ()
        if len(rows) > 1 and all(map(_SEPARATOR_CELL.fullmatch, rows[1][1])):
            headers, rows = rows[0][1], rows[2:]
            if rows and len(set(headers)) < len(headers) and rows[0][1][0] in (headers[0], ""):
                # A header of two rows, whose merged cells stand in each column that they span.
                headers = [_joined(upper, lower) for upper, lower in zip_longest(headers, rows[0][1], fillvalue="")]
                rows = rows[1:]
        for line, texts in rows:
            cells = tuple(
                Cell(headers[number] if number < len(headers) else "", text)
                for number, text in enumerate(texts[:_MAX_CELLS])
            )
            start = line.start + line.indentation
            yield Unit("row", self._group, start, line.end, self._text[start : line.end], self._lead, cells)

    def _paragraph(self, start: int, end: int) -> Iterator[Unit]:
        """Whole sentences; one too short to stand alone ("No.") goes with the next. What introduces a list, and a
        question that is answered after it, is the lead of what follows."""
        if mark := _ANSWER_MARK.match(self._text, start, end):
            start = mark.end()
        self._lead, lead, opened = "", "", start
        for stop in [*(found.end() for found in _SENTENCE_END.finditer(self._text, start, end)), end]:
            source = self._text[opened:stop].strip()
            if stop < end and not source.endswith("?") and _goes_on(source):
                continue
            flat = " ".join(_QUOTE_MARK.sub("", source).split())
            if flat.endswith((":", "\N{FULLWIDTH COLON}")) and stop == end:
                self._lead = flat
            elif flat.endswith(("?", "\N{FULLWIDTH QUESTION MARK}")) and stop < end:
                lead = flat
            elif flat:
                left = len(self._text[opened:stop]) - len(self._text[opened:stop].lstrip())
                yield Unit("sentence", self._group, opened + left, opened + left + len(source), flat, lead)
                # What stands right before a block of code says what the code is for.
                self._lead = flat
            opened = stop


def _joined(upper: str, lower: str) -> str:
    return upper if upper == lower else f"{upper} {lower}".strip()


def _goes_on(source: str) -> bool:
    """Whether the sentence does not end where it seems to; of a row of initials without end, only so far."""
    if len(source) > _MAX_GOING_ON:
        return False
    return len(source) < _SHORTEST_SENTENCE or _ABBREVIATION.search(source[-_LONGEST_ABBREVIATION:]) is not None


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [heading_text(cell.replace("\\|", "|")) for cell in _CELL_END.split(inner)]
