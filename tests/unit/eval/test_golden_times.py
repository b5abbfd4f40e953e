"""Times of golden cases, reckoned by hand for one Thursday afternoon."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from eval.golden_times import check_time, moment_of

BEGAN = datetime(2026, 11, 26, 14, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", "2026-11-26T14:30:15"),
        ("now-24h", "2026-11-25T14:30:15"),
        ("now-90m", "2026-11-26T13:00:15"),
        ("day", "2026-11-26T00:00:00"),
        ("day-1d", "2026-11-25T00:00:00"),
        ("week", "2026-11-23T00:00:00"),
        ("week-1w", "2026-11-16T00:00:00"),
        ("month", "2026-11-01T00:00:00"),
        ("month-1mo", "2026-10-01T00:00:00"),
        ("quarter", "2026-10-01T00:00:00"),
        ("quarter-3mo", "2026-07-01T00:00:00"),
        ("year+1y", "2027-01-01T00:00:00"),
        ("2025-10-01", "2025-10-01T00:00:00"),
        ("2025-10-01T08:15", "2025-10-01T08:15:00"),
    ],
)
def test_a_time_is_reckoned_from_the_moment_at_which_the_turn_began(text: str, moment: str) -> None:
    assert moment_of(text, BEGAN) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_days_are_those_of_the_place_in_which_the_moment_is_told() -> None:
    there = BEGAN.astimezone(ZoneInfo("Pacific/Auckland"))
    assert moment_of("day", there).isoformat() == "2026-11-27T00:00:00+13:00"


@pytest.mark.parametrize("text", ["yesterday", "now-", "now-1x", "2026-13-01", "", "day - 1d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither"):
        check_time(text)
