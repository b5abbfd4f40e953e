"""The blocks of an HTML page, written in document order."""

from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from adapters.parsers.document_text import DocumentText, fenced
from adapters.parsers.html.hidden import may_hide
from adapters.parsers.html.named import NamedText
from adapters.parsers.html.open_table import OpenTable
from adapters.parsers.html.walk import walk

_BLOCKS: Final = frozenset(
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "frameset header hgroup hr html legend main menu nav option p search section select summary textarea".split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset({"ul", "ol", "menu", "dir"})
_CELLS: Final = frozenset({"td", "th"})
_NAMES: Final = ("dt", "summary")
_NAMED: Final = ("dl", "details")
_DEEPEST_INDENTATION: Final = 8
# Stands for <br>, because no page can hold this character itself.
_BREAK: Final = "\x00"


def read_page(root: LexborNode, source: str, text: DocumentText) -> None:
    """Write what is seen of a page, ``source`` before it was parsed, into ``text``."""
    _PageReader(text).read(root, hides=may_hide(source))


class _PageReader:
    def __init__(self, text: DocumentText) -> None:
        self._text = text
        self._inline: list[str] = []
        self._pre: list[str] | None = None
        self._pre_depth = 0
        self._tables: list[OpenTable] = []
        self._quotes = 0
        # Of each open list the number of its last item; None if it is not numbered.
        self._lists: list[int | None] = []
        self._list_lines: list[str] = []
        self._marker: str | None = None
        self._heading = 0
        self._named = NamedText()
        self._openers: dict[str, Callable[[], None]] = {
            "br": lambda: self._inline.append(_BREAK),
            "tr": self._open_row,
            "li": self._open_item,
            "table": self._open_table,
            "thead": lambda: self._enter_head(is_head=True),
            "pre": self._open_pre,
            "blockquote": self._open_quote,
            **dict.fromkeys(_NAMES, self._open_name),
        }
        self._closers: dict[str, Callable[[], None]] = {
            "td": self._flush,
            "th": self._flush,
            "tr": self._flush,
            "li": self._flush,
            "table": self._close_table,
            "thead": lambda: self._enter_head(is_head=False),
            "blockquote": self._close_quote,
            **dict.fromkeys(_NAMES, self._close_name),
            **dict.fromkeys(_NAMED, self._close_named),
        }

    def read(self, root: LexborNode, *, hides: bool) -> None:
        for move, tag, node in walk(root, may_hide=hides):
            if move == "text":
                (self._inline if self._pre is None else self._pre).append(node.text_content or "")
            elif move == "enter":
                self._enter(tag, node)
            else:
                self._leave(tag)
        self._flush()
        self._end_named()
        self._end_list()

    def _enter(self, tag: str, node: LexborNode) -> None:
        if self._pre is not None:
            self._pre_depth += tag == "pre"
            self._break_code(tag)
            return
        opener = self._openers.get(tag)
        if opener is not None:
            opener()
        elif tag in _CELLS:
            self._open_cell(tag, node)
        elif tag in _LISTS:
            self._flush()
            self._end_named()
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
        if table is None or table.is_layout:
            self._write(words)
        elif table.add(words):
            # A block within a cell ends here and the cell goes on.
            self._marker = None
        elif words:
            self._text.paragraph(words)

    def _write(self, words: str) -> None:
        if not words:
            return
        if self._heading:
            self._end_list()
            self._end_named()
            self._text.heading(words, self._heading)
        elif self._lists:
            self._add_to_item(words)
        elif self._quotes:
            self._end_named()
            self._text.quote(words)
        elif self._named.takes_words:
            self._named.add(words)
        else:
            self._text.paragraph(words)

    def _open_name(self) -> None:
        self._flush()
        if self._named.is_complete:
            self._end_named()
        self._named.is_name = True

    def _close_name(self) -> None:
        self._flush()
        self._named.is_name = False

    def _close_named(self) -> None:
        self._flush()
        self._end_named()

    def _end_named(self) -> None:
        self._text.paragraph(self._named.taken())

    def _open_pre(self) -> None:
        self._lay_out()
        self._flush()
        self._end_named()
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
        self._end_named()
        self._end_list()
        self._tables.append(OpenTable())

    def _enter_head(self, *, is_head: bool) -> None:
        self._flush()
        if self._tables:
            self._tables[-1].is_in_head = is_head

    def _open_row(self) -> None:
        self._flush()
        if self._tables and not self._tables[-1].is_layout:
            self._tables[-1].open_row()

    def _open_cell(self, tag: str, node: LexborNode) -> None:
        self._flush()
        if self._tables and not self._tables[-1].is_layout:
            self._tables[-1].open_cell(tag, node)

    def _close_table(self) -> None:
        self._flush()
        if self._tables:
            self._text.merged_table(self._tables.pop().rows())

    def _lay_out(self) -> None:
        """What comes next cannot stand in a cell: write the rows so far, and read on as if there were no table."""
        table = self._tables[-1] if self._tables else None
        if table is not None and not table.is_layout:
            self._flush()
            for words in table.lay_out():
                self._text.paragraph(words)


def _first_number(node: LexborNode) -> int:
    try:
        return int(node.attributes.get("start") or 1)
    except ValueError:
        return 1


def _collapsed(raw: str) -> str:
    """White space as a browser shows it: one space, and a line end only where the page breaks the line."""
    return "\n".join(" ".join(line.split()) for line in raw.split(_BREAK)).strip()
