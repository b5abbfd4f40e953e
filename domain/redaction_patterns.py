"""Personal data that a pattern and a check digit tell: what every text is searched for, logs too.

What needs numbering plans or the rules of a country's identifiers is found by the adapter behind ``PiiDetector``.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from domain.base import Value
from domain.redaction_profile import Kind
from domain.secret_patterns import find_secrets

_NOTHING: Final = "\x00"
_GROUP: Final = re.compile(r"[^ -]+")
_MOST_GROUPS: Final = 10
# Of a card or an IBAN, its separators included.
_SHORTEST: Final = 12
_LONGEST: Final = 48
_COMPACT_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63})+(?<![-.])(?!\w)")
_IBAN: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,}(?![^\W_])", re.IGNORECASE)
_DIGITS: Final = re.compile(r"(?<![\d+])\d(?:[ -]?\d){11,}(?!\d)")
_PHONE: Final = re.compile(r"(?<![\w.])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w)")
_IPV4: Final = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)(?:/\d{1,2})?")
_IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
_VERSION_BEFORE: Final = re.compile(r"(?:\bv|version|release|build|upgrade(?:d)? to)[ :=]*$", re.IGNORECASE)
_US_SSN: Final = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.,:/#=-])\d{12,}(?![\w]|[.,:-]\d)")
_NAMED_NUMBER: Final = re.compile(
    r"\b(?:account|acct|customer|client|member(?:ship)?|policy|order|invoice|case|ticket|patient|employee|reference|ref|konto"
    r"|kunden?)[ -]?(?:number|no\.?|nr\.?|id|nummer|#)?[ \t]{0,3}(?:is|:|=|#)?[ \t]{0,3}#?"
    r"(?P<value>\d(?:[ -]?\d){7,})(?!\w)",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_LONG_HEX: Final = re.compile(r"(?<!\w)(?=[a-f]*\d)[0-9a-f]{24,}(?!\w)", re.IGNORECASE)
_EPOCH: Final = re.compile(r"1[5-9]\d{11}|20\d{12}")


class Finding(Value):
    """``text[start:end]`` is a ``kind``, in characters of the text that was searched."""

    kind: Kind
    start: int
    end: int


def find_by_pattern(text: str, *, strict: bool = False) -> list[Finding]:
    """Everything that patterns tell; findings may overlap. ``strict`` finds private addresses and random ids too."""
    secrets = find_secrets(text)
    found = [Finding(kind=Kind.SECRET, start=start, end=end) for start, end in secrets]
    # A password before an @ is no mailbox, and digits of a key are no card: nothing is sought within a secret.
    text = _blanked(text, secrets)
    if "@" in text:
        found += _all(Kind.EMAIL, _EMAIL, text)
    found += _checked(Kind.IBAN, _IBAN, text, passes_mod97)
    found += _checked(Kind.CARD, _DIGITS, text, passes_luhn)
    found += _all(Kind.PHONE, _PHONE, text)
    found += _all(Kind.NATIONAL_ID, _US_SSN, text)
    found += _addresses(text, strict)
    found += _long_ids(text, strict)
    return found


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{_NOTHING * (end - start)}{text[end:]}"
    return text


def _all(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        yield Finding(kind=kind, start=match.start(), end=match.end())


def _checked(kind: Kind, pattern: re.Pattern[str], text: str, holds: Callable[[str], bool]) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        for start, end in _runs_that_hold(match.group(), holds):
            yield Finding(kind=kind, start=match.start() + start, end=match.start() + end)


def _runs_that_hold(candidate: str, holds: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Every run of groups that holds, the longest first.

    Numbers and capitals beside a card or an IBAN look like more of it: the check digit alone tells where it ends.
    """
    if len(candidate) <= _LONGEST and holds(candidate):
        yield 0, len(candidate)
        return
    groups = [group.span() for group in _GROUP.finditer(candidate)]
    first = 0
    while first < len(groups):
        start = groups[first][0]
        for last in range(min(first + _MOST_GROUPS, len(groups)) - 1, first - 1, -1):
            end = groups[last][1]
            if end - start < _SHORTEST:
                break
            if end - start <= _LONGEST and holds(candidate[start:end]):
                yield start, end
                first = last
                break
        first += 1


def passes_luhn(candidate: str) -> bool:
    """Whether it is a card number by length, grouping and check digit."""
    if not 12 <= sum(map(str.isdigit, candidate)) <= 19:
        return False
    # Tables of small numbers are no cards, whatever their check digit says.
    if any(len(group) < 3 for group in _GROUP.findall(candidate)[:-1]):
        return False
    digits = [int(character) for character in candidate if character.isdigit()]
    if not any(digits):
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def passes_mod97(candidate: str) -> bool:
    compact = candidate.replace(" ", "").upper()
    if not _COMPACT_IBAN.fullmatch(compact):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


def _addresses(text: str, strict: bool) -> Iterator[Finding]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            if _leads_to_somebody(match.group().partition("/")[0], strict) and not _VERSION_BEFORE.search(
                text, max(0, match.start() - 16), match.start()
            ):
                yield Finding(kind=Kind.IP, start=match.start(), end=match.end())


def _leads_to_somebody(candidate: str, strict: bool) -> bool:
    """Whether it is an address of one machine; loopback, documentation and private ones say nothing of anybody."""
    try:
        address = ipaddress.ip_address(candidate)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    return strict or not (address.is_private or address.is_link_local)


def _long_ids(text: str, strict: bool) -> Iterator[Finding]:
    for match in _LONG_NUMBER.finditer(text):
        if not _EPOCH.fullmatch(match.group()):
            yield Finding(kind=Kind.LONG_ID, start=match.start(), end=match.end())
    for match in _NAMED_NUMBER.finditer(text):
        yield Finding(kind=Kind.LONG_ID, start=match.start("value"), end=match.end("value"))
    if strict:
        yield from _all(Kind.LONG_ID, _UUID, text)
        yield from _all(Kind.LONG_ID, _LONG_HEX, text)
