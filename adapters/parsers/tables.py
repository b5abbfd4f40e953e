"""Tables with merged cells, written out so that each row says by itself what it holds.

A cell that covers several rows or columns holds for each of them, so its words are repeated there. Several header rows
become one, column by column. Rows of a single cell above the header are captions.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from adapters.parsers.limits import MAX_CELLS, check_structure

_MAX_REPEATED: Final = 300
"""Characters of a cell that is repeated; longer words stand once, or one cell could fill the memory."""
_MAX_HEADER_ROWS: Final = 4


class Cell(NamedTuple):
    """``columns`` and ``rows`` say how many it covers, as the document states it."""

    words: str
    columns: int = 1
    rows: int = 1
    is_header: bool = False


class Table(NamedTuple):
    """``header`` is None where the first row is one of data, as in tables whose first column names the values."""

    captions: list[str]
    header: list[str] | None
    rows: list[list[str]]


class _Placed(NamedTuple):
    """A cell, or the part of it in one row, at columns ``start`` to ``end``."""

    start: int
    end: int
    cell: Cell
    continues: bool = False


_Grid = list[list[_Placed | None]]


def resolved(rows: Sequence[Sequence[Cell]], name: str) -> Table:
    """Raises DocumentTooLargeError for more than MAX_CELLS cells, those counted that others reach into."""
    grid = _filled(_placed(rows, name), name)
    grid = [row for row in grid if any(place is not None and place.cell.words for place in row)]
    width = len(grid[0]) if grid else 0
    captions = list(takewhile(_is_band, grid[:-1])) if width > 1 else []
    body = grid[len(captions) :]
    headers = _header_rows(body)
    return Table(
        [_words_of_band(row) for row in captions],
        _joined_header(body[:headers], width) if headers else None,
        [_data(row) for row in body[headers:]],
    )


def _placed(rows: Sequence[Sequence[Cell]], name: str) -> list[list[_Placed]]:
    """Each row's cells with their columns, those from rows above included."""
    placed: list[list[_Placed]] = []
    reaching: list[tuple[_Placed, int]] = []
    count = 0
    for row in rows:
        line = [place._replace(continues=True) for place, _ in reaching]
        reaching = [(place, left - 1) for place, left in reaching if left > 1]
        taken = iter([*sorted(line), None])
        above, column = next(taken), 0
        for cell in row:
            while above is not None and above.start <= column:
                column = max(column, above.end)
                above = next(taken)
            place = _Placed(column, column + max(1, cell.columns), cell)
            column = place.end
            line.append(place)
            if cell.rows > 1:
                reaching.append((place, cell.rows - 1))
        count += len(line)
        check_structure(count, MAX_CELLS, "cells in a table", name)
        placed.append(line)
    return placed


def _filled(placed: Sequence[Sequence[_Placed]], name: str) -> _Grid:
    """A grid of those columns at which any cell begins: what only ever is the rest of another needs no column."""
    starts = sorted({place.start for row in placed for place in row})
    check_structure(len(starts) * len(placed), MAX_CELLS, "cells in a table", name)
    grid: _Grid = []
    for row in placed:
        line: list[_Placed | None] = [None] * len(starts)
        for place in row:
            for column in range(bisect_left(starts, place.start), bisect_left(starts, place.end)):
                line[column] = line[column] or place
        grid.append(line)
    return grid


def _is_band(row: Sequence[_Placed | None]) -> bool:
    """Whether one cell covers the whole row: a caption, or the name of the rows below it."""
    return row[0] is not None and len(row) > 1 and all(place is row[0] for place in row)


def _words_of_band(row: Sequence[_Placed | None]) -> str:
    return row[0].cell.words if row[0] is not None else ""


def _header_rows(rows: _Grid) -> int:
    """How many rows are the header; at least one other row is left, unless there is only one."""
    if len(rows) < 2:
        return len(rows)
    marked = sum(1 for _ in takewhile(_is_marked, rows[: min(len(rows) - 1, _MAX_HEADER_ROWS)]))
    if marked:
        return marked
    first = [place for place in rows[0] if place is not None]
    if first and first[0].cell.is_header:
        return 0
    # Unmarked, a second header row shows only in its first one: "Room" beside "Price", which is over two columns.
    deepest = max((place.cell.rows for place in first), default=1)
    is_split = any(place.cell.columns > 1 and place.cell.rows == 1 for place in first)
    return deepest if is_split and 1 < deepest < min(len(rows), _MAX_HEADER_ROWS) else 1


def _is_marked(row: Sequence[_Placed | None]) -> bool:
    held = [place.cell for place in row if place is not None and place.cell.words]
    return bool(held) and all(cell.is_header for cell in held) and not _is_band(row)


def _joined_header(rows: _Grid, width: int) -> list[str]:
    columns = ([row[column] for row in rows] for column in range(width))
    return [
        " ".join(dict.fromkeys(place.cell.words for place in column if place and place.cell.words))
        for column in columns
    ]


def _data(row: Sequence[_Placed | None]) -> list[str]:
    if _is_band(row):
        return [_words_of_band(row), *[""] * (len(row) - 1)]
    return [_shown(place, place is not before) for place, before in zip(row, [None, *row], strict=False)]


def _shown(place: _Placed | None, is_first: bool) -> str:
    if place is None:
        return ""
    is_repeated = place.continues or not is_first
    return "" if is_repeated and len(place.cell.words) > _MAX_REPEATED else place.cell.words
