"""The lines of a passage's Markdown: what each begins, and where the block ends that it begins."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.knowledge.headings import heading_text

HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:\s|$)")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)\s*")
FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
RULE: Final = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*")
ITEM: Final = re.compile(r"(\s*)(?:([-*+•])|\d{1,9}[.)])(\s+)(?=\S)")
HTML: Final = re.compile(r" {0,3}</?[a-zA-Z!]")
_NAME: Final = re.compile(r"\s*(?:\*\*|__)([^*_]{1,160})(?:\*\*|__)\s*:?\s*")
_ASKED: Final = re.compile(
    r"\s*(?:\*\*)?(?:Q|F|P|Question|Frage|Pregunta|问)\s*\d{0,3}\s*[:.\uff1a](?:\*\*)?\s*(?=\S)", re.IGNORECASE
)
_MAX_INDENTATION: Final = 3
_NAME_LEVEL: Final = 7


class Line(NamedTuple):
    """``start`` is its offset in the passage."""

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

    @property
    def is_row(self) -> bool:
        return self.text.lstrip().startswith("|")


class Heading(NamedTuple):
    """``lines``: how many it takes. A name in bold or a question marked as one is below all levels of Markdown."""

    level: int
    text: str
    lines: int


class Lines:
    def __init__(self, text: str) -> None:
        self._lines = list(_lines(text))

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: int) -> Line:
        return self._lines[number]

    def heading(self, at: int) -> Heading | None:
        line = self._lines[at]
        if atx := HEADING.match(line.text):
            return Heading(len(atx.group(1)), heading_text(line.text), 1)
        following = self._lines[at + 1].text if at + 1 < len(self._lines) else ""
        underline = _UNDERLINE.fullmatch(following)
        if underline and not line.is_blank and not ITEM.match(line.text) and not line.is_row:
            return Heading(1 if underline.group(1)[0] == "=" else 2, heading_text(line.text), 2)
        if name := _NAME.fullmatch(line.text):
            return Heading(_NAME_LEVEL, name.group(1).strip(), 1)
        if asked := _ASKED.match(line.text):
            return Heading(_NAME_LEVEL, heading_text(line.text[asked.end() :]), 1)
        return None

    def after_item(self, at: int, item: re.Match[str]) -> int:
        """The number of the line after the item that begins at ``at``; an item goes on as long as its lines are
        indented or follow without a gap."""
        base, content = len(item.group(1)), len(item.group())
        at = last = at + 1
        while at < len(self._lines):
            line = self._lines[at]
            if line.is_blank:
                at = self.skip_blank(at)
                if at == len(self._lines) or self._lines[at].indentation < min(content, base + 2):
                    break
                continue
            if line.indentation < content and _begins_block(line, base):
                break
            at = last = self.after_fence(at) if FENCE.match(line.text) else at + 1
        return last

    def after_fence(self, at: int) -> int:
        fence = FENCE.match(self._lines[at].text)
        marks = fence.group(1) if fence else ""
        for number in range(at + 1, len(self._lines)):
            if self._lines[number].text.strip().startswith(marks):
                return number + 1
        return len(self._lines)

    def after_table(self, at: int) -> int:
        while at < len(self._lines) and self._lines[at].is_row:
            at += 1
        return at

    def after_paragraph(self, at: int) -> int:
        at += 1
        while at < len(self._lines):
            line = self._lines[at]
            if line.is_blank or line.is_row or _begins_block(line, _MAX_INDENTATION) or _NAME.fullmatch(line.text):
                break
            if _ASKED.match(line.text):
                break
            at += 1
        return at

    def skip_blank(self, at: int) -> int:
        while at < len(self._lines) and self._lines[at].is_blank:
            at += 1
        return at


def _begins_block(line: Line, base: int) -> bool:
    if item := ITEM.match(line.text):
        return len(item.group(1)) <= base + 1
    return bool(HEADING.match(line.text) or FENCE.match(line.text) or RULE.fullmatch(line.text))


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for line in text.split("\n"):
        yield Line(start, line)
        start += len(line) + 1
