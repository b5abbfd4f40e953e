"""HTML pages: every visible word, with headings, lists, tables, code and quotes as blocks."""

import codecs
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.parsers.decoding import decode
from adapters.parsers.document_text import DocumentText, fenced
from adapters.parsers.html.markup import check_markup
from adapters.parsers.html.walk import walk
from adapters.parsers.limits import bounded_bytes, check_characters
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "html/1"
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN: Final = 4096
_BLOCKS: Final = frozenset(
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "frameset header hgroup hr html legend main menu nav option p search section select summary textarea".split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
_DEEPEST_INDENTATION: Final = 8
# Stands for <br>, because no page can hold this character itself.
_BREAK: Final = "\x00"


class HtmlParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        content = bounded_bytes(path, name)
        decoded = decode(content, name, _declared_encoding(content))
        check_characters(len(decoded.text), name)
        check_markup(decoded.text, name)
        page = LexborHTMLParser(decoded.text)
        text = DocumentText(name)
        if page.root is not None:
            _PageReader(text).read(page.root)
        return text.finish(
            _title(page) or PurePosixPath(name).stem or None, "text/html", PARSER, encoding=decoded.encoding
        )


def _declared_encoding(content: bytes) -> str | None:
    found = _META_CHARSET.search(content, 0, _META_WITHIN)
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found.group(1).decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None
    # What pages call Latin-1 is Windows' extension of it: the HTML standard says so.
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _title(page: LexborHTMLParser) -> str | None:
    for selector in ("head > title", "h1"):
        node = page.css_first(selector)
        words = " ".join((node.text() or "").split()) if node is not None else ""
        if words:
            return words
    return None


class _Table:
    """A table that is being read: of each cell, the words of its blocks. One that holds headings, code or another table
    only arranges the page."""

    def __init__(self) -> None:
        self.rows: list[list[list[str]]] = []
        self.is_layout = False


class _PageReader:
    def __init__(self, text: DocumentText) -> None:
        self._text = text
        self._inline: list[str] = []
        self._pre: list[str] | None = None
        self._pre_depth = 0
        self._tables: list[_Table] = []
        self._quotes = 0
        # Of each open list the number of its last item; None if it is not numbered.
        self._lists: list[int | None] = []
        self._list_lines: list[str] = []
        self._marker: str | None = None
        self._heading = 0
        self._openers: dict[str, Callable[[], None]] = {
            "br": lambda: self._inline.append(_BREAK),
            "td": self._open_cell,
            "th": self._open_cell,
            "tr": self._open_row,
            "li": self._open_item,
            "table": self._open_table,
            "pre": self._open_pre,
            "blockquote": self._open_quote,
        }
        self._closers: dict[str, Callable[[], None]] = {
            "td": self._flush,
            "th": self._flush,
            "tr": self._flush,
            "li": self._flush,
            "table": self._close_table,
            "blockquote": self._close_quote,
        }

    def read(self, root: LexborNode) -> None:
        for move, tag, node in walk(root):
            if move == "text":
                (self._inline if self._pre is None else self._pre).append(node.text_content or "")
            elif move == "enter":
                self._enter(tag, node)
            else:
                self._leave(tag)
        self._flush()
        self._end_list()

    def _enter(self, tag: str, node: LexborNode) -> None:
        if self._pre is not None:
            self._pre_depth += tag == "pre"
            self._break_code(tag)
            return
        opener = self._openers.get(tag)
        if opener is not None:
            opener()
        elif tag in _LISTS:
            self._flush()
            self._lists.append(_first_number(node) - 1 if tag == "ol" else None)
        elif tag in _HEADINGS:
            self._lay_out()
            self._flush()
            self._heading = _HEADINGS[tag]
        elif tag in _BLOCKS:
            self._flush()

    def _leave(self, tag: str) -> None:
        if self._pre is not None:
            self._pre_depth -= tag == "pre"
            if self._pre_depth == 0:
                self._close_pre()
            else:
                self._break_code(tag)
            return
        closer = self._closers.get(tag)
        if closer is not None:
            closer()
        elif tag in _LISTS:
            self._close_list()
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._flush()
            self._heading = 0

    # --- text

    def _flush(self) -> None:
        """Put the words read since the last border where they belong."""
        words = _collapsed("".join(self._inline))
        self._inline.clear()
        table = self._tables[-1] if self._tables else None
        if table is not None and not table.is_layout:
            # A block within a cell ends here and the cell goes on.
            if table.rows and table.rows[-1]:
                table.rows[-1][-1].extend([words] if words else ())
                self._marker = None
            elif words:
                self._text.paragraph(words)
        elif not words:
            return
        elif self._heading:
            self._end_list()
            self._text.heading(words, self._heading)
        elif self._lists:
            self._add_to_item(words)
        elif self._quotes:
            self._text.quote(words)
        else:
            self._text.paragraph(words)

    def _open_pre(self) -> None:
        self._lay_out()
        self._flush()
        self._pre, self._pre_depth = [], 1

    def _break_code(self, tag: str) -> None:
        """Within code only the line ends of other elements count."""
        last = self._pre[-1][-1:] if self._pre else "\n"
        if self._pre is not None and last != "\n" and (tag in self._openers or tag in _BLOCKS or tag in _LISTS):
            self._pre.append("\n")

    def _close_pre(self) -> None:
        source, self._pre = "".join(self._pre or ()), None
        if not source.strip():
            return
        if self._lists:
            self._add_to_item(fenced(source))
        else:
            self._text.code(source)

    def _open_quote(self) -> None:
        self._flush()
        self._quotes += 1

    def _close_quote(self) -> None:
        self._flush()
        self._quotes = max(0, self._quotes - 1)

    # --- lists

    def _close_list(self) -> None:
        self._flush()
        if self._lists:
            self._lists.pop()
        if not self._lists:
            self._end_list()

    def _open_item(self) -> None:
        self._flush()
        if self._lists:
            number = self._lists[-1]
            self._lists[-1] = None if number is None else number + 1
            self._marker = "-" if number is None else f"{number + 1}."

    def _add_to_item(self, words: str) -> None:
        """Words of an item: its first line gets the marker, the others stand below it."""
        depth = min(len(self._lists), _DEEPEST_INDENTATION) - 1
        opening = f"{self._marker} " if self._marker else "   "
        first, *others = words.split("\n")
        self._list_lines.append("   " * depth + opening + first)
        self._list_lines.extend("   " * (depth + 1) + line for line in others)
        self._marker = None

    def _end_list(self) -> None:
        self._text.list_lines(self._list_lines)
        self._list_lines = []

    # --- tables

    def _open_table(self) -> None:
        self._lay_out()
        self._flush()
        self._end_list()
        self._tables.append(_Table())

    def _open_row(self) -> None:
        self._flush()
        if self._tables and not self._tables[-1].is_layout:
            self._tables[-1].rows.append([])

    def _open_cell(self) -> None:
        self._flush()
        table = self._tables[-1] if self._tables else None
        if table is not None and not table.is_layout:
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append([])

    def _close_table(self) -> None:
        self._flush()
        if self._tables:
            table = self._tables.pop()
            self._text.table([list(map(" ".join, row)) for row in table.rows])

    def _lay_out(self) -> None:
        """What comes next cannot stand in a cell: write the rows so far, and read on as if there were no table."""
        table = self._tables[-1] if self._tables else None
        if table is not None and not table.is_layout:
            self._flush()
            for row in table.rows:
                for cell in row:
                    self._text.paragraph(" ".join(cell))
            table.rows, table.is_layout = [], True


def _first_number(node: LexborNode) -> int:
    try:
        return int(node.attributes.get("start") or 1)
    except ValueError:
        return 1


def _collapsed(raw: str) -> str:
    """White space as a browser shows it: one space, and a line end only where the page breaks the line."""
    return "\n".join(" ".join(line.split()) for line in raw.split(_BREAK)).strip()
