"""Tables of a Word document: their cells with the rows and columns that each covers."""

from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from adapters.parsers.docx.package import W
from adapters.parsers.docx.styles import value
from adapters.parsers.tables import Cell

UNSEEN: Final = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}rPr"})
_MAX_COLUMNS: Final = 1_000
_OFF: Final = frozenset({"0", "false", "off"})


def table_rows(table: Element, words_of: Callable[[Element], str]) -> list[list[Cell]]:
    """The rows of a table. A cell that goes on from the row above is counted there and not listed again."""
    rows: list[list[Cell]] = []
    # For each column at which a merged cell began: the row and the place in it of its first part.
    begun: dict[int, tuple[int, int]] = {}
    for row in _below(table, f"{W}tr"):
        cells: list[Cell] = []
        rows.append(cells)
        is_header = _is_on(row, "trPr/tblHeader")
        column = _count(row, "trPr/gridBefore", 0)
        cells.extend([Cell("", column)] if column else [])
        still: dict[int, tuple[int, int]] = {}
        for element in _below(row, f"{W}tc"):
            cell = Cell(words_of(element), _count(element, "tcPr/gridSpan", 1), is_header=is_header)
            origin = begun.get(column) if _goes_on(element) else None
            if origin is not None and not cell.words:
                number, place = origin
                rows[number][place] = rows[number][place]._replace(rows=len(rows) - number)
                still[column] = origin
            else:
                still[column] = (len(rows) - 1, len(cells))
                cells.append(cell)
            column += cell.columns
        begun = still
    return rows


def _below(element: Element, tag: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those inside content controls, but not those of inner tables."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in UNSEEN and child.tag not in (f"{W}tr", f"{W}tc"):
            yield from _below(child, tag)


def _is_on(element: Element, path: str) -> bool:
    found = element.find("/".join(W + step for step in path.split("/")))
    return found is not None and (found.get(f"{W}val") or "") not in _OFF


def _goes_on(cell: Element) -> bool:
    """Whether the cell is a further part of one that began above it: vMerge says "restart" only where it begins."""
    return cell.find(f"{W}tcPr/{W}vMerge") is not None and value(cell, "tcPr/vMerge") != "restart"


def _count(element: Element, path: str, default: int) -> int:
    stated = value(element, path) or ""
    is_number = stated.isascii() and stated.isdigit() and len(stated) < len(str(_MAX_COLUMNS)) + 1
    return min(int(stated), _MAX_COLUMNS) if is_number else default
