"""Personal data that a pattern and a check digit tell: what every text is searched for, logs too.

What needs numbering plans or the rules of a country's identifiers is found by the adapter behind ``PiiDetector``.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from domain.base import Value
from domain.guardrails.bank_numbers import find_cards, find_ibans
from domain.guardrails.secret_patterns import find_secrets
from domain.policy.redaction_profile import Kind

_NOTHING: Final = "\x00"
_EMAIL: Final = re.compile(
    # The last part of a host begins with a letter; that of a package's version does not.
    r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63}){0,10}"
    r"\.(?!\d)(?:[^\W_]|-){2,63}(?<![-.])(?!\w)"
)
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
    found += [Finding(kind=Kind.IBAN, start=start, end=end) for start, end in find_ibans(text)]
    found += [Finding(kind=Kind.CARD, start=start, end=end) for start, end in find_cards(text)]
    found += _all(Kind.PHONE, _PHONE, text)
    found += _all(Kind.NATIONAL_ID, _US_SSN, text)
    found += _addresses(text, strict)
    found += _long_ids(text, strict)
    return found


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            pieces += [text[done:start], _NOTHING * (end - max(start, done))]
            done = end
    return "".join((*pieces, text[done:]))


def _all(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        yield Finding(kind=kind, start=match.start(), end=match.end())


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
