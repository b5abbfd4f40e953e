"""Times of golden cases, relative to the moment at which a turn began, so that "yesterday" has an exact answer.

A time is ``now``, or the beginning of the day, week (Monday), month, quarter or year that the moment lies in, with an
offset in one unit (``now-24h``, ``day-1d``, ``month-1mo``), or a fixed ISO date. Reckoned here with dateutil alone: the
product's own reading of dates is what is judged.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from dateutil.relativedelta import relativedelta

_RELATIVE: Final = re.compile(r"(now|day|week|month|quarter|year)(?:([+-])(\d{1,4})(m|h|d|w|mo|y))?")
_UNITS: Final[Mapping[str, Callable[[int], relativedelta]]] = {
    "m": lambda number: relativedelta(minutes=number),
    "h": lambda number: relativedelta(hours=number),
    "d": lambda number: relativedelta(days=number),
    "w": lambda number: relativedelta(weeks=number),
    "mo": lambda number: relativedelta(months=number),
    "y": lambda number: relativedelta(years=number),
}
_MIDNIGHT: Final = relativedelta(hour=0, minute=0, second=0, microsecond=0)
_ANCHORS: Final[Mapping[str, Callable[[datetime], datetime]]] = {
    "now": lambda moment: moment,
    "day": lambda moment: moment + _MIDNIGHT,
    "week": lambda moment: moment + _MIDNIGHT - relativedelta(days=moment.weekday()),
    "month": lambda moment: moment + _MIDNIGHT + relativedelta(day=1),
    "quarter": lambda moment: moment + _MIDNIGHT + relativedelta(day=1, month=(moment.month - 1) // 3 * 3 + 1),
    "year": lambda moment: moment + _MIDNIGHT + relativedelta(day=1, month=1),
}


def check_time(text: str) -> str:
    """Return the text. Raises ValueError when it is no time."""
    if not _RELATIVE.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"'{text}' is neither an ISO date nor now, day, week, month, quarter or year with an offset"
            ) from None
    return text


def moment_of(text: str, began: datetime) -> datetime:
    """The moment that ``text`` means for a turn that ``began`` then, in the time zone of ``began``."""
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return datetime.fromisoformat(text).replace(tzinfo=began.tzinfo)
    anchor, sign, number, unit = found.groups()
    moment = _ANCHORS[anchor](began)
    if number is None:
        return moment
    offset = _UNITS[unit](int(number))
    return moment + offset if sign == "+" else moment - offset
