"""Long numbers that identify somebody, and those that measure, count, date or name a book."""

import re
from collections.abc import Iterator
from typing import Final

from domain.guardrails.numbers_in_text import is_counted, is_part_of_more, is_quantity, is_round

_LONG_NUMBER: Final = re.compile(r"(?<![\w.,:/#=-])\d{12,}(?![\w]|[.,:-]\d)")
_NUMBER_OF: Final = (
    r"[ -]?(?:number|no\.?|nr\.?|id|nummer|#)?[ \t]{0,3}(?:is|:|=|#)?[ \t]{0,3}#?(?P<value>\d(?:[ -]?\d){7,})(?!\w)"
)
_OF_A_PERSON: Final = re.compile(
    rf"\b(?:account|acct|customer|client|member(?:ship)?|policy|patient|employee|konto|kunden?){_NUMBER_OF}",
    re.IGNORECASE,
)
# Of a matter: whoever asks for an invoice by its number wants to read it.
_OF_A_MATTER: Final = re.compile(
    rf"\b(?:order|invoice|case|ticket|reference|ref|rechnungs?|auftrags?|bestell){_NUMBER_OF}", re.IGNORECASE
)
_MATTER_BEFORE: Final = re.compile(
    r"(?:\b(?:order|invoice|case|ticket|reference|ref|receipt|shipment|tracking)|rechnungs?|auftrags?|bestell)"
    r"[ _-]?(?:number|no\.?|nr\.?|id|nummer)?[^\w\n]{0,6}$",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_LONG_HEX: Final = re.compile(r"(?<!\w)(?=[a-f]*\d)[0-9a-f]{24,}(?!\w)", re.IGNORECASE)
_EPOCH: Final = re.compile(r"[12]\d{12}(?:\d{3}){0,2}")
_DATED: Final = re.compile(
    r"(?:19|20)\d\d[ -]?(?:0[1-9]|1[0-2])[ -]?(?:[0-2]\d|3[01])(?:[ -]?[0-2]\d[0-5]\d(?:[0-5]\d\d{0,6})?)?"
)
_LONGEST: Final = 30
"""No number of anybody is longer; hashes and powers are."""
_BOOK: Final = re.compile(r"97[89]\d{10}")


def find_long_ids(text: str, *, strict: bool) -> Iterator[tuple[int, int]]:
    """(start, end) of every number that identifies somebody; ``strict`` takes numbers of orders and random ids for it,
    and long numbers of every kind."""
    for match in _LONG_NUMBER.finditer(text):
        if not _EPOCH.fullmatch(match.group()) and (strict or _may_identify(text, match)):
            yield match.span()
    for match in _OF_A_PERSON.finditer(text):
        start, end = match.span("value")
        if strict or not (_DATED.fullmatch(match["value"]) or is_counted(text, end)):
            yield start, end
    if strict:
        yield from (match.span("value") for match in _OF_A_MATTER.finditer(text))
        for pattern in (_UUID, _LONG_HEX):
            yield from (match.span() for match in pattern.finditer(text))


def _may_identify(text: str, match: re.Match[str]) -> bool:
    digits = match.group()
    if len(digits) > _LONGEST or _DATED.fullmatch(digits) or _is_book(digits) or is_round(digits):
        return False
    start, end = match.span()
    if is_part_of_more(text, start, end) or is_quantity(text, start, end):
        return False
    return _MATTER_BEFORE.search(text, max(0, start - 32), start) is None


def _is_book(digits: str) -> bool:
    if not _BOOK.fullmatch(digits):
        return False
    return (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0
