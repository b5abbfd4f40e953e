"""Reckons the span of time that a question means."""

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from adapters.timeframes.phrases import Phrase, find, number_of, trouble
from domain.answers.answer import AnswerWarning
from domain.packs.tool import Timeframe, TimeframeReading

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

MAX_CHARACTERS: Final = 1_000
"""How much of a question is read for a time."""
MAX_PHRASES: Final = 8
_REMEMBERED: Final = 256
_LONGEST: Final = timedelta(days=5 * 366)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks", "mo": "months", "q": "quarters", "y": "years"}
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_WEEKDAY: Final = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)")
_MESSAGES: Final = {
    "timeframe_future": "'{words}' has not happened yet, so there are no figures of it.",
    "timeframe_unreadable": "I cannot tell which time '{words}' means. Say it like 'last 24h', 'since Monday' or "
    "'between 3 and 5 March'.",
    "timeframe_ambiguous": "'{words}' can be read in two ways. Write the date as 2026-03-04 or 4 March.",
    "timeframe_contradictory": "The question names times that do not fit together: {words}. Ask for one of them.",
    "timeframe_empty": "'{words}' spans no time.",
    "timeframe_too_long": "'{words}' is longer than five years.",
}


class Untold(Exception):  # noqa: N818 - no error of the platform: it never leaves this module
    """No span can be told; carries the warning's code and the words it is about."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words

    @property
    def warning(self) -> AnswerWarning:
        return AnswerWarning(code=self.code, message=_MESSAGES[self.code].format(words=self.words))


class DateparserTimeframes:
    """Implements TimeframeReader. A week begins on Monday; a named day, week or month is meant whole, up to now.

    "last week" is the week before this one, "past week" and "last 7 days" end now. A date without a year is the last
    one that has come. The second date of a range belongs to it.
    """

    def __init__(self) -> None:
        # A turn asks for the same words several times, and a parser takes longer to make than a date to read.
        self._reading = lru_cache(_REMEMBERED)(self._read_anew)
        self._parser = lru_cache(maxsize=4)(self._new_parser)

    def warm_up(self) -> None:
        """Load what the first date would otherwise wait for (half a second)."""
        self.read("yesterday", datetime.now(UTC), "UTC")

    def read(self, question: str, now: datetime, time_zone: str) -> TimeframeReading:
        """The one span that the first ``MAX_CHARACTERS`` of ``question`` name."""
        return self._reading(" ".join(question[:MAX_CHARACTERS].casefold().split()), now, time_zone)

    def _read_anew(self, text: str, now: datetime, time_zone: str) -> TimeframeReading:
        local = now.astimezone(ZoneInfo(time_zone))
        try:
            return TimeframeReading(timeframe=self._read(text, local))
        except Untold as untold:
            return TimeframeReading(warning=untold.warning)

    def last(self, duration: str, now: datetime, time_zone: str) -> TimeframeReading:
        """The span of a duration such as 24h that ends ``now``."""
        since, until = _rolling(int(duration[:-1]), duration[-1], now.astimezone(ZoneInfo(time_zone)))
        return TimeframeReading(timeframe=Timeframe(since=since, until=until))

    def _read(self, text: str, now: datetime) -> Timeframe | None:
        phrases = list(islice(find(text), MAX_PHRASES))
        spans: dict[tuple[datetime, datetime], Phrase] = {}
        for phrase in phrases:
            spans.setdefault(self._span(phrase, now), phrase)
            if len(spans) > 1:
                raise Untold("timeframe_contradictory", " / ".join(one.words for one in phrases))
        rest = text
        for phrase in phrases:
            rest = rest.replace(phrase.words, " ; ")
        if (found := trouble(rest)) is not None:
            raise Untold(*found)
        for (since, until), phrase in spans.items():
            return _checked(since, until, now, phrase.words)
        return None

    def _span(self, phrase: Phrase, now: datetime) -> tuple[datetime, datetime]:
        match phrase.form:
            case "between":
                return self._between(phrase, now)
            case "since":
                return self._point(phrase.parts[0], now)[0], now
            case "rolling":
                return _rolling(number_of(phrase.parts[0]), phrase.parts[1], now)
            case "open":
                raise Untold("timeframe_unreadable", phrase.words)
            case "period":
                return _period(phrase.parts[0], now)
            case _:
                return self._point(phrase.parts[0], now)

    def _between(self, phrase: Phrase, now: datetime) -> tuple[datetime, datetime]:
        first, second = phrase.parts
        if first.rstrip("stndrh").isdigit() and len(first) <= 4:
            # "between 3 and 5 March": the first day borrows the month of the second.
            first = re.sub(r"\d{1,2}(?:st|nd|rd|th)?(?=\s|$|,)", first, second, count=1)
        since, until = self._point(first, now)[0], self._point(second, now)[1]
        if until <= since and _WEEKDAY.match(second):
            until += timedelta(days=7)
        if until <= since and not _YEAR.search(first + second):
            since = since - relativedelta(years=1)
        if until <= since:
            raise Untold("timeframe_contradictory", phrase.words)
        return since, until

    def _point(self, text: str, now: datetime) -> tuple[datetime, datetime]:
        """First moment of the date that ``text`` names, and of what comes after it."""
        if text.startswith(("last ", "this ", "previous ")) and text.split()[1] in ("week", "month", "quarter", "year"):
            return _period(text, now)
        if text.removeprefix("the ") == "day before yesterday":
            text = "2 days ago"
        slashed = _SLASHED.search(text)
        if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
            raise Untold("timeframe_ambiguous", text)
        read = self._parse(text.removeprefix("this "), now)
        moment: datetime | None = read.date_obj
        if moment is None:
            raise Untold("timeframe_unreadable", text)
        start = moment.replace(tzinfo=now.tzinfo)
        if read.period == "time" or (text.endswith("ago") and not re.search(r"day|week|month|year", text)):
            return start, now
        return _whole("day" if text.endswith("ago") else read.period, start)

    def _parse(self, text: str, now: datetime) -> Any:
        bare = re.sub(r"^last ", "", text)
        return self._parser(now.replace(tzinfo=None)).get_date_data(bare)

    def _new_parser(self, local: datetime) -> "DateDataParser":
        """``local`` without its zone: the same moment is another day elsewhere."""
        settings = {
            "RELATIVE_BASE": local,
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": "DMY",
            "RETURN_TIME_AS_PERIOD": True,
        }
        return self._library(languages=["en"], settings=settings)

    @cached_property
    def _library(self) -> "type[DateDataParser]":
        # A quarter of a second to import: only where questions are answered.
        from dateparser.date import DateDataParser

        return DateDataParser


def _whole(period: str, moment: datetime) -> tuple[datetime, datetime]:
    """The day, month or year that a moment is in."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        first = midnight.replace(day=1)
        return first, first + relativedelta(months=1)
    if period == "year":
        first = midnight.replace(month=1, day=1)
        return first, first + relativedelta(years=1)
    return midnight, midnight + timedelta(days=1)


def _rolling(count: int, unit: str, now: datetime) -> tuple[datetime, datetime]:
    """The ``count`` units before ``now``: clock time for hours, the calendar for what is longer than a day."""
    short = unit[:2] if unit.startswith("mo") else unit[0]
    name = _UNITS[short]
    if name in ("minutes", "hours"):
        return (now.astimezone(UTC) - timedelta(**{name: count})).astimezone(now.tzinfo), now
    months = count * 3 if name == "quarters" else 0
    step = relativedelta(months=months) if months else _step(name, count)
    try:
        return now - step, now
    except (ValueError, OverflowError):
        raise Untold("timeframe_too_long", f"{count} {unit}") from None


def _step(name: str, count: int) -> relativedelta:
    match name:
        case "days":
            return relativedelta(days=count)
        case "weeks":
            return relativedelta(weeks=count)
        case "months":
            return relativedelta(months=count)
        case _:
            return relativedelta(years=count)


def _period(text: str, now: datetime) -> tuple[datetime, datetime]:
    which, name = text.split()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if name == "week":
        start, step = midnight - timedelta(days=midnight.weekday()), relativedelta(weeks=1)
    elif name == "month":
        start, step = midnight.replace(day=1), relativedelta(months=1)
    elif name == "quarter":
        start, step = midnight.replace(day=1, month=(midnight.month - 1) // 3 * 3 + 1), relativedelta(months=3)
    else:
        start, step = midnight.replace(day=1, month=1), relativedelta(years=1)
    return (start, start + step) if which == "this" else (start - step, start)


def _checked(since: datetime, until: datetime, now: datetime, words: str) -> Timeframe:
    if since >= now and until > since:
        raise Untold("timeframe_future", words)
    until = min(until, now)
    if until <= since:
        raise Untold("timeframe_empty", words)
    if until - since > _LONGEST:
        raise Untold("timeframe_too_long", words)
    return Timeframe(since=since, until=until, words=words)
