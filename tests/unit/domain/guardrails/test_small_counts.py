"""No count below the threshold is shown, and none can be computed from what is shown."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.base import JsonValue
from domain.guardrails.small_counts import suppress
from domain.packs.tool import rows_of

DERIVED = {"share": "errors"}


def shown(*values: JsonValue, smallest: int = 5) -> list[JsonValue]:
    rows: list[JsonValue] = [{"errors": value} for value in values]
    kept = rows_of(suppress(rows, ("errors",), {}, smallest).data)
    return [row["errors"] for row in kept or ()]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((3, 40, 60), ["<5", "hidden", 60]),
        ((3, 2, 60), ["<5", "<5", 60]),
        ((0, 0, 60), ["<5", "<5", "hidden"]),
        ((0, 5, 60), ["<5", "hidden", "hidden"]),
        ((4, 4, 60), ["<5", "<5", "hidden"]),
        ((40, 60), [40, 60]),
        ((3,), ["<5"]),
        ((None, 3, 40, "x"), [None, "<5", "hidden", "x"]),
    ],
)
def test_the_next_smallest_is_hidden_until_no_total_gives_a_small_one_away(
    values: tuple[JsonValue, ...], expected: list[JsonValue]
) -> None:
    assert shown(*values) == expected


def test_a_total_in_the_table_is_kept_where_its_parts_stay_unknown_and_hidden_where_they_would_not() -> None:
    assert shown(3, 40, 60, 103) == ["<5", "hidden", 60, 103]
    assert shown(4, 4, 8) == ["<5", "<5", "hidden"]
    # Which of the two is the total cannot be told.
    assert shown(0, 43, 43) == ["<5", "hidden", "hidden"]


def test_what_is_computed_from_a_hidden_count_is_hidden_in_its_row() -> None:
    rows: list[JsonValue] = [
        {"service": "a", "errors": 3, "share": 2.9},
        {"service": "b", "errors": 40, "share": 38.8},
        {"service": "c", "errors": 60, "share": 58.3},
    ]
    found = suppress(rows, ("errors",), DERIVED, 5)
    assert found.data == [
        {"service": "a", "errors": "<5", "share": "hidden"},
        {"service": "b", "errors": "hidden", "share": "hidden"},
        {"service": "c", "errors": 60, "share": 58.3},
    ]
    assert (found.small, found.others) == (1, 3)


def test_columns_that_add_up_are_hidden_together() -> None:
    row: JsonValue = {"requests": 100, "errors": 3, "successes": 97}
    assert suppress(row, ("requests", "errors", "successes"), {}, 5).data == {
        "requests": "hidden",
        "errors": "<5",
        "successes": "hidden",
    }
    apart: JsonValue = {"requests": 100, "errors": 3, "users": 40}
    assert suppress(apart, ("requests", "errors", "users"), {}, 5).data == {**apart, "errors": "<5"}  # type: ignore[dict-item]


def test_a_result_without_counts_is_left_as_it_is() -> None:
    for data in ([{"name": 1}], {"name": 1}, [1, 2], "text", None, []):
        assert suppress(data, ("errors",), DERIVED, 5).data == data  # type: ignore[arg-type]
    assert suppress([{"errors": True}], ("errors",), {}, 5).data == [{"errors": True}]


COLUMNS = st.lists(st.integers(min_value=0, max_value=12), min_size=2, max_size=5)


@settings(max_examples=300, deadline=None)
@given(values=COLUMNS, smallest=st.integers(min_value=2, max_value=6), with_total=st.booleans())
def test_nothing_below_the_threshold_is_shown_or_follows_from_the_total(
    values: list[int], smallest: int, with_total: bool
) -> None:
    """Whoever knows the rule and the total of the column still has two values for every small count, wherever hiding
    any figure at all can bring that about."""
    rows = [*values, sum(values)] if with_total else values
    cells = shown(*rows, smallest=smallest)
    assert not [cell for cell in cells if isinstance(cell, int) and cell < smallest]
    assert all(cell == value for cell, value in zip(cells, rows, strict=True) if isinstance(cell, int))
    hides_all = all(not isinstance(cell, int) for cell in cells)
    small = [place for place, value in enumerate(values) if value < smallest]
    if not small or hides_all or (with_total and cells[-1] == "hidden"):
        return
    possible = _possible(cells[: len(values)], sum(values), smallest, max(*values, smallest) + sum(values))
    for place in small:
        assert len({solution[place] for solution in possible}) > 1


def _possible(cells: list[JsonValue], total: int, smallest: int, most: int) -> list[tuple[int, ...]]:
    """Every way to fill the hidden cells that the shown ones and the total allow."""
    ranges = [
        range(cell, cell + 1)
        if isinstance(cell, int)
        else range(smallest)
        if cell != "hidden"
        else range(smallest, most)
        for cell in cells
    ]
    *first, last = ranges
    return [(*chosen, total - sum(chosen)) for chosen in itertools.product(*first) if total - sum(chosen) in last]
