"""The phrases of a question that say which time is meant, found but not yet reckoned."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_WEEKDAYS: Final = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|wed|thurs|thu|fri|sat|sun"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:19|20)\d\d"
_CLOCK: Final = r"(?:\s+at)?\s+(?:[01]?\d|2[0-3])(?::[0-5]\d)?\s*(?:am|pm)|(?:\s+at|t|)\s*(?:[01]?\d|2[0-3]):[0-5]\d"
_NUMBER_WORDS: Final = dict(
    zip(
        ("a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        (1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        strict=True,
    )
)
_COUNT: Final = rf"(?:\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})"
_UNIT: Final = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|quarters?|years?|min|hr|m|h|d|w)"
_DATE: Final = (
    rf"{_YEAR}-\d\d?-\d\d?|{_DAY}(?:\s+of)?\s+(?:{_MONTHS})\b\.?(?:,?\s+{_YEAR})?"
    rf"|(?:{_MONTHS})\b\.?\s+{_DAY}\b(?:,?\s+{_YEAR})?|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    rf"|(?:last\s+|this\s+)?(?:{_WEEKDAYS})\b|(?:the\s+)?day\s+before\s+yesterday|yesterday|today"
)
_AGO: Final = rf"{_COUNT}\s+{_UNIT}\s+ago"
_MONTH: Final = rf"(?:last\s+|this\s+)?(?:{_MONTHS})\b\.?(?:\s+{_YEAR})?"
_PERIOD: Final = r"(?:last|this|previous)\s+(?:week|month|quarter|year)"
_TIME: Final = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d|(?:1[0-2]|0?\d)\s*(?:am|pm))(?:\s+(?:today|yesterday))?"
_POINT: Final = rf"(?:(?:{_AGO}|{_DATE})(?:{_CLOCK})?|{_MONTH}|{_PERIOD}|{_TIME}|{_YEAR}\b)"


class Phrase(NamedTuple):
    """``form``: between, since, open, rolling, period or point. ``parts`` are its dates or numbers."""

    form: str
    parts: tuple[str, ...]
    words: str


_FORMS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (form, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"))
    for form, pattern in (
        ("between", rf"between\s+({_POINT}|{_DAY})\s+and\s+({_POINT})"),
        ("between", rf"(?:from|since)\s+({_POINT}|{_DAY})\s*(?:to|till|until|through|and|-|–)\s*({_POINT})"),  # noqa: RUF001 - a dash people type
        ("between", rf"({_DATE}|{_MONTH})\s*(?:to|till|until|through|–)\s*({_DATE}|{_MONTH})"),  # noqa: RUF001 - a dash people type
        ("since", rf"(?:since|starting|from)\s+(?:the\s+(?:start|beginning)\s+of\s+)?({_POINT})"),
        ("open", rf"(?:(?<!day )before|until|till|up\s+to)\s+{_POINT}"),
        ("point", rf"({_AGO})"),
        ("rolling", rf"(?:(?:last|past|previous|trailing)\s+)?(\d{{1,4}})\s*[- ]?({_UNIT})"),
        ("rolling", rf"(?:last|past|previous|trailing)\s+(?:couple\s+of\s+)?({_COUNT})\s+({_UNIT})"),
        ("rolling", r"(?:last|past|previous)()\s+(minute|hour|day)"),
        ("rolling", r"past()\s+(week|month|quarter|year)"),
        ("period", rf"({_PERIOD})"),
        ("point", rf"(?:on|for|at)\s+({_DATE})(?:{_CLOCK})?"),
        ("point", rf"({_DATE})"),
        ("point", rf"(?:in|during|for|of|throughout)\s+({_MONTH}|{_YEAR})"),
        ("point", rf"((?:{_MONTHS})\b\.?\s+{_YEAR}|(?:last|this)\s+(?:{_MONTHS})\b)"),
    )
)
_FUTURE: Final = re.compile(
    rf"\b(?:tomorrow|(?:next|coming)\s+(?:{_COUNT}\s+)?(?:{_UNIT}|{_WEEKDAYS}|{_MONTHS}|weekend)|in\s+{_COUNT}\s+{_UNIT})\b"
)
_UNREADABLE: Final = re.compile(
    r"\b(?:weekend|fortnights?|decades?|sprints?|seasons?|spring|summer|autumn|winter|christmas|easter|noon|midnight"
    r"|tonight|nights?|mornings?|afternoons?|evenings?|recently|lately|(?:a\s+)?few\s+\w+(?:\s+ago)?|some\s+time|ago"
    r"|all\s+time|ever|holidays?|(?:day|week|month|quarter|year)\s+(?:before|after)|between\s+now)\b"
)


def number_of(text: str) -> int:
    """The value of a number in digits or in words; 1 for none."""
    return int(text) if text.isdigit() else _NUMBER_WORDS.get(text, 1)


def find(text: str) -> Iterator[Phrase]:
    """The phrases of a lower-case text, none within another."""
    taken: list[range] = []
    for form, pattern in _FORMS:
        for match in pattern.finditer(text):
            if any(match.start() < place.stop and place.start < match.end() for place in taken):
                continue
            taken.append(range(match.start(), match.end()))
            yield Phrase(form, tuple(part or "" for part in match.groups()), match[0])


def trouble(text: str) -> tuple[str, str] | None:
    """A phrase that no span can be made of, as (code, words): a future, or a word that is not known."""
    for code, pattern in (
        ("timeframe_future", _FUTURE),
        ("timeframe_unreadable", _UNREADABLE),
    ):
        if found := pattern.search(text):
            return code, found[0]
    return None
