"""Telephone numbers, told by their form, by numbering plans (phonenumbers) and by the words around them."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException

from domain.guardrails.numbers_in_text import has_words_before, is_counted

# Plans that a number without a country code is tried in, when nothing in the text says which.
_REGIONS: Final = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "BE", "CH", "SE", "DK", "NO", "AT", "AU", "IN", "BR", "ZA")
_NUMBER: Final = re.compile(
    # Right behind a word's colon, comma or equals sign, but not behind a number's.
    r"(?<![\w/#+@-])(?<!\d[.,:=])(?:\+|00(?=[1-9]))?\(?\d{1,4}\)?(?:[ ./-]{0,2}\(?\d{1,5}\)?){1,7}"
    r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?(?![\w]|[.,:/-]\d)",
    re.IGNORECASE,
)
_EXTENSION: Final = r"(?:[ ,]{0,2}(?:x|ext\.?|extension) ?\d{1,6})?"
_NORTH_AMERICAN: Final = re.compile(
    r"(?:(?:\+|00)?1[ .-])?(?:\([2-9]\d\d\) ?[2-9]\d\d[ .-]\d{4}|[2-9]\d\d(?P<between>[ .-])[2-9]\d\d(?P=between)\d{4})"
    + _EXTENSION,
    re.IGNORECASE,
)
_OTHER_FORMS: Final = re.compile(
    # Dates, a ZIP code with its route, a decimal, a version, a range of bytes, the offset of something.
    r"\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})(?: \d{1,2})?|\d{5}-\d{4}|0\.\d+|\d+\.\d+"
    r"|\d{1,3}(?:\.\d{1,3}){1,4}-\d+|\d(?:\.\d+)+|\d+-\d+/\d+|\+0[\d .()-]*"
    r"|\d+\.\d+(?:/\d+\.\d+)+|00000.*|97[89][- ][\d -]{10,14}"
    r"|\d+(?:/\d+){2,}"
)
_LABEL: Final = (
    r"(?:(?<!micro)(?<!head)(?<!ear)phone|telefoon|telefon|t[eé]l[eé]fono"
    r"|t[eé]l[eé]phone|\btlf|\bfono|\bfax|\bphono"
    r"|\bt[eé]l(?![a-z])|\bwhatsapp|\bhotline|contact number|\bmy number"
    r"|\u0442\u0435\u043b|\u03c4\u03b7\u03bb|\u96fb\u8a71|\u7535\u8bdd|\uc804\ud654)"
)
# What is called a telephone number.
_NAMED_BEFORE: Final = re.compile(rf"{_LABEL}[^\d\n]{{0,24}}\n?[^\d\n]{{0,12}}$", re.IGNORECASE)
# Words that go with telephones, and with much else: only what little may stand between them and a number.
_CALLING_BEFORE: Final = re.compile(
    r"\b(?:mobil[e]?|m[oó]vil|cell(?:ular)?|handy|sms|dial|call(?:ed|ing|s)?|ring|answering|reach(?:ed)?|messages?|text"
    r"|desk|office|home|direct|appele[rz]|anrufen|ruf(?:en)?)"
    r"(?:[^\w\n]{1,4}(?:me|us|him|her|them|now|back|at|on|under|to|via|by|the|is|are|was|numbers?|no|nr|my"
    r"|our|your|au|unter|line|support|sales|office|home|work|mobile|phone|cell|sie|uns|mich)(?!\w)){0,4}[^\w\n]{0,6}\n?[^\w\n]{0,6}$",
    re.IGNORECASE,
)
_CALLING_AFTER: Final = re.compile(
    r"[ ,(-]{0,3}(?:office|fax|mobile|cell|home|desk|work|landline|phone)(?=\)|[ \t]*(?:[,;.|\\\n]|$))", re.IGNORECASE
)
_DUMP_BEFORE: Final = re.compile(r"(?:buffer|bytes|hex|dump|octets|0x)[^\n]{0,16}$|\b[0-9a-f]{2} $", re.IGNORECASE)
_DUMP_AFTER: Final = re.compile(r" (?:[0-9a-f]{2}\b(?! ?\d{3}))", re.IGNORECASE)
_REACH: Final = 60
_BARE: Final = range(7, 16)
_NATIONAL: Final = range(9, 12)


def find_telephone_numbers(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each."""
    for match in _NUMBER.finditer(text):
        if _is_telephone_number(match.group(), text, match.start(), match.end()):
            yield match.span()


def _is_telephone_number(candidate: str, text: str, start: int, end: int) -> bool:
    digits = sum(character.isdigit() for character in candidate)
    if not 6 <= digits <= 21 or _OTHER_FORMS.fullmatch(candidate) or _is_private_address(candidate):
        return False
    # Identifiers are filled with zeros too, but not written in groups.
    if candidate.startswith("+") or (re.match("00[1-9]", candidate) and not candidate.isdigit()):
        return digits >= _BARE.start and (_is_possible(candidate) or digits >= 10)
    if _NORTH_AMERICAN.fullmatch(candidate):
        return not is_counted(text, end)
    if digits in range(6, 16) and _is_named(candidate, text, start, end):
        return True
    # A leading zero and groups: the way that national numbers are written, and hardly anything else is.
    return (
        candidate[0] in "0("
        and digits in _NATIONAL
        and not candidate.isdigit()
        and candidate[1:2].isdigit()
        and not (_DUMP_BEFORE.search(text, max(0, start - 24), start) or _DUMP_AFTER.match(text, end))
        and _is_valid_somewhere(candidate)
    )


def _is_named(candidate: str, text: str, start: int, end: int) -> bool:
    is_bare = candidate.isdigit()
    lowest = max(0, start - _REACH)
    has_words = has_words_before(text, start, _REACH)
    if has_words and _NAMED_BEFORE.search(text, lowest, start):
        is_named = True
    elif is_bare and len(candidate) not in _BARE:
        is_named = False
    elif has_words and _CALLING_BEFORE.search(text, lowest, start):
        is_named = True
    else:
        is_named = _CALLING_AFTER.match(text, end) is not None and (not is_bare or len(candidate) in _NATIONAL)
    return is_named and not is_counted(text, end) and not (is_bare and candidate.endswith("0000"))


def _is_private_address(candidate: str) -> bool:
    """Public ones are told by a pattern, and what is hidden as a number or as an address is hidden."""
    try:
        return ipaddress.IPv4Address(candidate).is_private
    except ValueError:
        return False


def _is_possible(candidate: str) -> bool:
    number = "+" + candidate[2:] if candidate.startswith("00") else candidate
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except NumberParseException:
        return False


def _is_valid_somewhere(candidate: str) -> bool:
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(candidate, region)):
                return True
        except NumberParseException:
            continue
    return False
