"""A table that is being read, cell by cell."""

from typing import Final

from selectolax.lexbor import LexborNode

from adapters.parsers.tables import Cell

_MAX_COLUMNS: Final = 1_000
_MAX_ROWS: Final = 65_534
"""What browsers make of larger numbers, as the HTML standard says."""


class _OpenCell:
    """The words of each block of a cell, and how far it reaches."""

    def __init__(self, columns: int, rows: int, *, is_header: bool) -> None:
        self.words: list[str] = []
        self.columns, self.rows, self.is_header = columns, rows, is_header

    def closed(self) -> Cell:
        return Cell(" ".join(self.words), self.columns, self.rows, self.is_header)


class OpenTable:
    """One that holds headings, code or another table only arranges the page: ``is_layout``."""

    def __init__(self) -> None:
        self.is_layout = False
        self.is_in_head = False
        self._rows: list[list[_OpenCell]] = []

    def open_row(self) -> None:
        self._rows.append([])

    def open_cell(self, tag: str, node: LexborNode) -> None:
        if not self._rows:
            self._rows.append([])
        attributes = node.attributes
        columns = _number(attributes.get("colspan"), _MAX_COLUMNS) or 1
        rows = _number(attributes.get("rowspan"), _MAX_ROWS)
        is_header = tag == "th" or self.is_in_head
        # A cell over 0 rows reaches down to the last one.
        self._rows[-1].append(_OpenCell(columns, _MAX_ROWS if rows == 0 else rows or 1, is_header=is_header))

    def add(self, words: str) -> bool:
        """Add a block to the cell that was opened last; False when there is none in this row."""
        if not self._rows or not self._rows[-1]:
            return False
        self._rows[-1][-1].words.extend([words] if words else ())
        return True

    def rows(self) -> list[list[Cell]]:
        return [[cell.closed() for cell in row] for row in self._rows]

    def lay_out(self) -> list[str]:
        """The words so far, cell by cell; from now on the table takes none."""
        words = [cell.words for row in self.rows() for cell in row]
        self._rows, self.is_layout = [], True
        return words


def _number(stated: str | None, most: int) -> int | None:
    digits = (stated or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    return most if len(digits) > len(str(most)) else min(int(digits), most)
