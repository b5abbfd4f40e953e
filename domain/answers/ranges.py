"""Numbers of a question within the ranges of a text: 800 euros is "up to 1,000 euros", nineteen is "under 24"."""

import re
from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Final, NamedTuple

_NUMBER_WORDS: Final = """
zero null
one eins
two zwei deux dos
three drei trois tres
four vier quatre cuatro
five fünf cinq cinco
six sechs seis
seven sieben sept siete
eight acht huit ocho
nine neun neuf nueve
ten zehn dix diez
eleven elf onze once
twelve zwölf douze doce
"""
_WORDS: Final[Mapping[str, int]] = MappingProxyType(
    {word: number for number, line in enumerate(_NUMBER_WORDS.strip().splitlines()) for word in line.split()}
)
_FIGURE: Final = r"\d{1,3}(?:[,.' \u00a0]\d{3})+(?!\d)|\d{1,12}(?:[.,]\d{1,4})?"
_ANY_FIGURE: Final = re.compile(rf"(?<![\w.,])({_FIGURE})(?![\w])|\b({'|'.join(_WORDS)})\b")
_UP_TO: Final = r"up\s+to|at\s+most|no\s+more\s+than|bis(?:\s+zu)?|höchstens|jusqu'à|hasta|fino\s+a|até|tot"
_BELOW: Final = (
    r"under|below|less\s+than|fewer\s+than|younger\s+than|unter|weniger\s+als|moins\s+de|menos\s+de|menores\s+de|<"
)
_ABOVE: Final = (
    r"more\s+than|over|above|older\s+than|beyond|exceeding|über|mehr\s+als|plus\s+de|más\s+de|mayores\s+de|>"
)
_FROM: Final = r"at\s+least|ab|mindestens|à\s+partir\s+de|desde|a\s+partir\s+de"
_RANGE: Final = re.compile(
    rf"(?:(?P<kind>\b(?:{_UP_TO}|{_BELOW}|{_ABOVE}|{_FROM})|[<>])\s*)?(?<![\w.,:])(?P<low>{_FIGURE})(?!:\d)"
    rf"(?:\s?(?:-|\u2013|to|bis|à|a)\s?(?P<high>{_FIGURE}))?",
    re.IGNORECASE,
)
_LITTLE: Final = 1e-9
_MAX_TEXT: Final = 400
_CALENDARS: Final = tuple(
    tuple(names.split())
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miércoles jueves viernes sábado domingo",
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
)
_PLACES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {name: (len(names), place) for names in _CALENDARS for place, name in enumerate(names)}
)
_NAME: Final = "|".join(sorted(_PLACES, key=len, reverse=True))
_NAMED: Final = re.compile(rf"\b({_NAME})s?\b", re.IGNORECASE)
_NAMED_RANGE: Final = re.compile(
    rf"\b({_NAME})s?\s*(?:-|\u2013|to|until|through|bis|à|au|a|hasta)\s*({_NAME})s?\b", re.IGNORECASE
)


class Bounds(NamedTuple):
    low: float
    high: float

    def hold(self, number: float) -> bool:
        return self.low <= number <= self.high

    @property
    def width(self) -> float:
        return self.high - self.low


def figures_in(question: str) -> tuple[float, ...]:
    """The numbers of a question that may lie within a range."""
    found = (
        _number(match.group(1)) if match.group(1) else float(_WORDS[match.group(2)])
        for match in _ANY_FIGURE.finditer(question.casefold())
    )
    return tuple(dict.fromkeys(found))


def ranges_in(text: str) -> list[Bounds]:
    """The ranges at the beginning of a text: "more than 5", "6-11", "ab 24"; a bare number is none."""
    found = (
        _bounds((match["kind"] or "").casefold(), match["low"], match["high"])
        for match in _RANGE.finditer(text[:_MAX_TEXT])
    )
    return [bounds for bounds in found if bounds is not None]


def _bounds(kind: str, first: str, last: str | None) -> Bounds | None:
    low = _number(first)
    if last:
        return Bounds(low, _number(last))
    for pattern, bounds in (
        (_UP_TO, Bounds(-inf, low)),
        (f"{_BELOW}|<", Bounds(-inf, low - _LITTLE)),
        (f"{_ABOVE}|>", Bounds(low + _LITTLE, inf)),
        (_FROM, Bounds(low, inf)),
    ):
        if kind and re.fullmatch(pattern, kind):
            return bounds
    return None


def _number(figure: str) -> float:
    digits = re.sub(r"[,.' \u00a0](?=\d{3}(?!\d))", "", figure)
    return float(digits.replace(",", "."))


def calendar_names_in(question: str) -> tuple[str, ...]:
    """The days of the week and the months that a question names, case folded."""
    return tuple(dict.fromkeys(found.group(1).casefold() for found in _NAMED.finditer(question)))


def holds_name(text: str, name: str) -> bool | None:
    """Whether the day or month is one that the text names, by itself or within a range; None if the text names none of
    its kind."""
    size, place = _PLACES[name]
    shown = text[:_MAX_TEXT]
    named = [_PLACES[found.group(1).casefold()] for found in _NAMED.finditer(shown)]
    if not any(one[0] == size for one in named):
        return None
    if (size, place) in named:
        return True
    for found in _NAMED_RANGE.finditer(shown):
        first, last = (_PLACES[end.casefold()] for end in found.groups())
        if first[0] == last[0] == size and (place - first[1]) % size <= (last[1] - first[1]) % size:
            return True
    return False
