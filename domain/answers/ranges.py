"""Numbers of a question within the ranges of a text: 800 euros is "up to 1,000 euros", nineteen is "under 24"."""

import re
from typing import Final, NamedTuple

_WORDS: Final = {
    word: number
    for number, words in enumerate(
        (
            "zero null", "one eins", "two zwei deux dos", "three drei trois tres", "four vier quatre cuatro", "five fünf cinq",
            "six sechs seis", "seven sieben sept siete", "eight acht huit ocho", "nine neun neuf nueve", "ten zehn dix diez",
            "eleven elf onze once", "twelve zwölf douze doce",
        )
    )
    for word in words.split()
}  # fmt: skip
_FIGURE: Final = r"\d{1,3}(?:[,.' \u00a0]\d{3})+(?!\d)|\d{1,12}(?:[.,]\d{1,4})?"
_ANY_FIGURE: Final = re.compile(rf"(?<![\w.,])({_FIGURE})(?![\w])|\b({'|'.join(_WORDS)})\b")
_UP_TO: Final = r"up\s+to|at\s+most|no\s+more\s+than|until|bis(?:\s+zu)?|höchstens|jusqu'à|hasta|fino\s+a|até|tot"
_BELOW: Final = r"under|below|less\s+than|fewer\s+than|younger\s+than|unter|weniger\s+als|moins\s+de|menos\s+de|menores\s+de|<"
_ABOVE: Final = r"more\s+than|over|above|older\s+than|beyond|exceeding|über|mehr\s+als|plus\s+de|más\s+de|mayores\s+de|>"
_FROM: Final = r"from|at\s+least|ab|mindestens|à\s+partir\s+de|desde|a\s+partir\s+de|since"
_RANGE: Final = re.compile(
    rf"(?:(?P<kind>\b(?:{_UP_TO}|{_BELOW}|{_ABOVE}|{_FROM})|[<>])\s*)?(?<![\w.,])(?P<low>{_FIGURE})"
    rf"(?:\s?(?:-|–|to|bis|à|a)\s?(?P<high>{_FIGURE}))?",  # noqa: RUF001
    re.IGNORECASE,
)
_MAX_TEXT: Final = 400


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
    found = []
    for match in _RANGE.finditer(text[:_MAX_TEXT]):
        kind, low = (match.group("kind") or "").casefold(), _number(match.group("low"))
        if match.group("high"):
            found.append(Bounds(low, _number(match.group("high"))))
        elif kind and re.fullmatch(_UP_TO, kind):
            found.append(Bounds(float("-inf"), low))
        elif kind and re.fullmatch(_BELOW, kind):
            found.append(Bounds(float("-inf"), low - 1e-9))
        elif kind and re.fullmatch(_ABOVE, kind):
            found.append(Bounds(low + 1e-9, float("inf")))
        elif kind:
            found.append(Bounds(low, float("inf")))
    return found


def _number(figure: str) -> float:
    digits = re.sub(r"[,.' \u00a0](?=\d{3}(?!\d))", "", figure)
    return float(digits.replace(",", "."))
