"""Which figures of a table may not be shown: small counts, and what they are computed into or could be computed from.

A count below the threshold is shown as "<N". That alone hides little beside a total: the total less the other parts is
the hidden one. So of a column with a hidden count enough others are hidden too that each has at least two possible
values for somebody who knows the column's total, which can be asked for by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from domain.base import JsonValue
from domain.packs.tool import rows_of

HIDDEN: Final = "hidden"
Number = int | float


class Suppressed(NamedTuple):
    """``data`` without the figures that may not be shown. ``small`` counts those below the threshold, ``others`` those
    that were hidden for their sake."""

    data: JsonValue
    small: int = 0
    others: int = 0


def suppress(data: JsonValue, counts: Sequence[str], derived: Mapping[str, str], smallest: int) -> Suppressed:
    """Hide in the columns ``counts`` of a result, and in those ``derived`` from them (name to the count's name)."""
    rows = rows_of(data)
    if rows is None or not counts:
        return Suppressed(data)
    shown: dict[tuple[int, str], str] = {}
    columns = {name: _Column([_number(row.get(name)) for row in rows], smallest) for name in counts}
    _hide_across(columns, len(rows))
    for name, column in columns.items():
        shown |= {(row, name): f"<{smallest}" if row in column.small else HIDDEN for row in column.hidden}
        for figure in (figure for figure, origin in derived.items() if origin == name):
            shown |= {(row, figure): HIDDEN for row in column.hidden if rows[row].get(figure) is not None}
    kept: list[JsonValue] = [
        {**row, **{name: text for (place, name), text in shown.items() if place == number}}
        for number, row in enumerate(rows)
    ]
    small = sum(len(column.small) for column in columns.values())
    return Suppressed(kept[0] if isinstance(data, dict) else kept, small, len(shown) - small)


def _hide_across(columns: Mapping[str, "_Column"], rows: int) -> None:
    """Hide down the columns, and across those that add up to another one, until neither gives a hidden count away."""
    sums = _sums(columns, rows)
    before = -1
    while before != (before := sum(len(column.hidden) for column in columns.values())):
        for column in columns.values():
            column.protect()
        for group in sums:
            for row in {row for name in group for row in columns[name].hidden}:
                for name in group:
                    columns[name].hide(row)


def _sums(columns: Mapping[str, "_Column"], rows: int) -> list[tuple[str, ...]]:
    """Groups of columns of which one is the sum of the others in every row: "requests", "errors" and "successes"."""
    names = list(columns)
    if len(names) < 3:
        return []
    return [
        tuple(names)
        for whole in names
        if all(
            _adds_up(columns[whole].values[row], [columns[part].values[row] for part in names if part != whole])
            for row in range(rows)
        )
    ]


def _adds_up(whole: Number | None, parts: Sequence[Number | None]) -> bool:
    known = [part for part in parts if part is not None]
    return whole is not None and len(known) == len(parts) and sum(known) == whole


class _Column:
    """Counts of one kind, by row. ``small`` are below the threshold; ``hidden`` are they and others."""

    def __init__(self, values: Sequence[Number | None], smallest: int) -> None:
        self.values = values
        self._smallest = smallest
        self.small = frozenset(row for row, value in enumerate(values) if value is not None and value < smallest)
        self.hidden = set(self.small)

    def hide(self, row: int) -> None:
        if self.values[row] is not None:
            self.hidden.add(row)

    def protect(self) -> None:
        """Hide the next smallest parts until no hidden one can be computed; and the total, when that is not enough."""
        if not self.hidden or len(self.values) == 1:
            return
        totals = self._totals()
        if len(totals) > 1:
            # Which one is the total cannot be told, so none may be.
            self.hidden |= totals
            totals = set()
        rest = sorted(
            (value, row)
            for row, value in enumerate(self.values)
            if value is not None and row not in self.hidden and row not in totals
        )
        while rest and not self._is_safe(totals):
            self.hidden.add(rest.pop(0)[1])
        if not self._is_safe(totals):
            self.hidden |= totals

    def _totals(self) -> set[int]:
        """Rows that are the sum of all others; of two rows none is."""
        known = [(row, value) for row, value in enumerate(self.values) if value is not None]
        whole = sum(value for _, value in known)
        return {row for row, value in known if value * 2 == whole and len(known) > 2}

    def _is_safe(self, totals: set[int]) -> bool:
        """Whether each hidden part could be another number while the sum of all stays what it is."""
        parts = [row for row in self.hidden if row not in totals]
        return all(
            any(
                (self._may_grow(one) and self._may_shrink(other)) or (self._may_shrink(one) and self._may_grow(other))
                for other in parts
                if other != one
            )
            for one in parts
        )

    def _may_grow(self, row: int) -> bool:
        return row not in self.small or self._value(row) + 1 < self._smallest

    def _may_shrink(self, row: int) -> bool:
        return self._value(row) - 1 >= (0 if row in self.small else self._smallest)

    def _value(self, row: int) -> Number:
        value = self.values[row]
        return 0 if value is None else value


def _number(value: JsonValue) -> Number | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
