"""Personal data that a pattern and a check digit tell: what every text is searched for, logs too.

What needs numbering plans or the rules of a country's identifiers is found by the adapter behind ``PiiDetector``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from domain.base import Value
from domain.guardrails.bank_numbers import find_cards, find_ibans
from domain.guardrails.long_ids import find_long_ids
from domain.guardrails.network_names import find_addresses, find_mailboxes
from domain.guardrails.numbers_in_text import is_counted
from domain.guardrails.secret_patterns import find_secrets
from domain.policy.redaction_profile import Kind

_NOTHING: Final = "\x00"
_PHONE: Final = re.compile(r"(?<![\w.])\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w)")
_PHONE_DIGITS: Final = range(7, 16)
_US_SSN: Final = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")


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
    found += _placed(Kind.EMAIL, find_mailboxes(text))
    found += _placed(Kind.IBAN, find_ibans(text))
    found += _placed(Kind.CARD, find_cards(text))
    found += _placed(Kind.PHONE, _international_phones(text))
    found += _placed(Kind.NATIONAL_ID, (match.span() for match in _US_SSN.finditer(text)))
    found += _placed(Kind.IP, find_addresses(text, strict=strict))
    found += _placed(Kind.LONG_ID, find_long_ids(text, strict=strict))
    return found


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            pieces += [text[done:start], _NOTHING * (end - max(start, done))]
            done = end
    return "".join((*pieces, text[done:]))


def _placed(kind: Kind, spans: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    for start, end in spans:
        yield Finding(kind=kind, start=start, end=end)


def _international_phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        # An offset of a time zone has four digits.
        if sum(map(str.isdigit, match.group())) in _PHONE_DIGITS and not is_counted(text, match.end()):
            yield match.span()
