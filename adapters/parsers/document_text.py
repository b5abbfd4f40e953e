"""Builds the text of a document block by block, written as Markdown so that every reader of passages knows it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from adapters.parsers.limits import MAX_CELLS, check_blocks, check_characters, check_structure
from adapters.parsers.tables import Cell, resolved
from domain.base import JsonValue
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.parsed import Block, BlockKind, ParsedDocument

_SEPARATOR: Final = "\n\n"
_LOWEST_LEVEL: Final = 6
_BACKTICKS: Final = re.compile("`{3,}")


class DocumentText:
    """Collects blocks in order; ``page`` holds for the blocks that are added while it is set."""

    def __init__(self, name: str) -> None:
        self.page: int | None = None
        self._name = name
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    @property
    def is_empty(self) -> bool:
        return not self._blocks

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self._blocks)

    def ends_with(self, sign: str) -> bool:
        """Whether the last block does."""
        return bool(self._parts) and self._parts[-1].endswith(sign)

    def block(self, kind: BlockKind, source: str, level: int = 0) -> None:
        """A block that is written as Markdown already."""
        self._add(kind, source, level)

    def extend(self, text: str) -> None:
        """Add lines to the last block."""
        added = f"\n{text.strip()}"
        self._parts[-1] += added
        self._length += len(added)
        check_characters(self._length, self._name)
        self._blocks[-1] = self._blocks[-1].model_copy(update={"end": self._length})

    def heading(self, words: str, level: int) -> None:
        one_line = " ".join(words.split())
        if one_line:
            lowest = max(1, min(level, _LOWEST_LEVEL))
            self._add("heading", f"{'#' * lowest} {one_line}", lowest)

    def paragraph(self, text: str) -> None:
        self._add("paragraph", text)

    def quote(self, text: str) -> None:
        if text.strip():
            self._add("quote", "\n".join(f"> {line}" for line in text.strip().split("\n")))

    def code(self, source: str) -> None:
        if source.strip():
            self._add("code", fenced(source))

    def list_lines(self, lines: Sequence[str]) -> None:
        self._add("list", "\n".join(lines))

    def table(self, rows: Sequence[Sequence[str]], *, has_header: bool = True) -> None:
        """Rows of cells, the first one the header. A table of one column is no table but paragraphs."""
        self._check_cells(rows)
        kept = without_empty_columns(rows)
        if kept and len(kept[0]) == 1:
            for row in kept:
                self.paragraph(row[0])
        elif kept:
            lines = kept if has_header else [[], *kept]
            self._add("table", "\n".join(pipe_table(lines)))

    def merged_table(self, rows: Sequence[Sequence[Cell]]) -> None:
        """A table whose cells may cover several rows and columns; captions become paragraphs before it."""
        table = resolved(rows, self._name)
        for caption in table.captions:
            self.paragraph(caption)
        has_header = table.header is not None
        self.table([table.header, *table.rows] if table.header is not None else table.rows, has_header=has_header)

    def _check_cells(self, rows: Sequence[Sequence[str]]) -> None:
        # Short rows are filled up, so that one wide row makes all of them wide.
        width = max((len(row) for row in rows), default=0)
        check_structure(width * len(rows), MAX_CELLS, "cells in a table", self._name)

    def finish(self, title: str | None, media_type: str, parser: str, **metadata: JsonValue) -> ParsedDocument:
        """Raises EmptyDocumentError when nothing was added."""
        if self.is_empty:
            raise EmptyDocumentError(f"'{self._name}' holds no text. Upload a document that has some.")
        return ParsedDocument(
            title=title,
            text=_SEPARATOR.join(self._parts),
            blocks=tuple(self._blocks),
            media_type=media_type,
            parser=parser,
            metadata=metadata,
        )

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        trimmed = text.strip("\n").rstrip() if kind in ("code", "list") else text.strip()
        if not trimmed.strip():
            return
        start = self._length + (len(_SEPARATOR) if self._blocks else 0)
        self._length = start + len(trimmed)
        check_characters(self._length, self._name)
        self._parts.append(trimmed)
        check_blocks(len(self._blocks) + 1, self._name)
        self._blocks.append(Block(kind=kind, start=start, end=self._length, level=level, page=self.page))


def fenced(source: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{source.strip(chr(10)).rstrip()}\n{fence}"


def pipe_table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The lines of a Markdown table."""
    width = max(len(row) for row in rows)
    for number, row in enumerate(rows):
        cells = [cell_text(cell) for cell in row] + [""] * (width - len(row))
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield "|" + "---|" * width


def cell_text(text: str) -> str:
    """One line, in which no sign ends the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def without_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows and columns that hold something; layout by spacer columns is common on web pages."""
    width = max((len(row) for row in rows), default=0)
    used = [column for column in range(width) if any(len(row) > column and row[column].strip() for row in rows)]
    kept = ([row[column] if column < len(row) else "" for column in used] for row in rows)
    return [row for row in kept if any(cell.strip() for cell in row)]
