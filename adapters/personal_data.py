"""Telephone numbers and national identifiers, by numbering plans (phonenumbers) and check digits (python-stdnum)."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer

from domain.guardrails.redaction_patterns import Finding
from domain.policy.redaction_profile import Kind

# Plans that a number without a country code is tried in, when nothing in the text says which.
_REGIONS: Final = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "BE", "CH", "SE", "DK", "NO", "AT", "AU", "IN", "BR", "ZA")
_NUMBER: Final = re.compile(
    r"(?<![\w.,:/#+@=-])(?:\+|00(?=[1-9]))?\(?\d{1,4}\)?(?:[ ./-]{0,2}\(?\d{1,5}\)?){1,7}"
    r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ ]?\d{1,6})?(?![\w]|[.,:/-]\d)",
    re.IGNORECASE,
)
_ROW_OF_DIGITS: Final = re.compile(r"\d{22,}")
_NORTH_AMERICAN: Final = re.compile(
    r"(?:(?:\+|00)?1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?:[ ,]{0,2}(?:x|ext\.?|extension) ?\d{1,6})?",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})(?: \d{1,2})?")
_CALLING_BEFORE: Final = re.compile(
    r"(?:\b(?:tele)?(?:phone|fon|fax|phono)|\bt[eé]l(?:[eé](?:phone|fono|fax)?)?\b|\bmobil[e]?\b"
    r"|\bm[oó]vil\b|\bcell(?:ular)?\b|\bhandy\b|\bwhatsapp"
    r"|\bsms\b|\bdial\b|\bcall(?:ed|ing|s)?\b|\bring\b|\banswering at\b|\breach(?:ed)?\b"
    r"|\bmessages? to\b|\btext (?:me|us)\b"
    r"|\bdesk\b|\boffice\b|\bhome\b|\bcontact number\b|\bmy number\b|\bhotline\b)[^\d\n]{0,24}\n?[^\d\n]{0,12}$",
    re.IGNORECASE,
)
_CALLING_AFTER: Final = re.compile(
    r"^[ ,(-]{0,3}(?:office|fax|mobile|cell|home|desk|work|landline|phone)\b", re.IGNORECASE
)
_NAMED_ID: Final = re.compile(
    r"\b(?:(?:driver'?s?'?|driving)[ -]licen[cs]e|passport|social[ -]security|ssn"
    r"|national[ -]id(?:entity|entification)?"
    r"|id(?:entity)?[ -]card|tax(?:payer)?[ -]id(?:entification)?|tin|nhs|nino|national[ -]insurance"
    r"|aadhaar|pan|pesel|bsn"
    r"|personnummer|codice[ -]fiscale|dni|steuer-?id(?:entifikationsnummer)?|personalausweis|reisepass|cpf)"
    r"(?:[ -]?(?:card|number|no\.?|nr\.?|nummer|num|#))?(?: is|:|=| -)?[ \t]{0,3}"
    r"(?P<value>[A-Z0-9](?:[ ./-]?[A-Z0-9]){5,19})(?!\w)",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"(?<![\w.-])[A-Z0-9](?:[A-Z0-9]|[ .+-](?=\d)){7,17}(?![\w-])", re.IGNORECASE)
# Those whose form says what they are; the bare digits of the others could be any number.
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...]] = (
    (re.compile(r"\d{8}[A-Z]"), dni.is_valid),
    (re.compile(r"[XYZ]\d{7}[A-Z]"), nie.is_valid),
    (re.compile(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]"), codicefiscale.is_valid),
    (re.compile(r"\d{6}[-+A]\d{3}[0-9A-Z]"), hetu.is_valid),
    (re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), cpf.is_valid),
    (re.compile(r"[12] \d{2} \d{2} \d{2} \d{3} \d{3} \d{2}"), nir.is_valid),
    (re.compile(r"\d{6}[-+]\d{4}"), personnummer.is_valid),
    (re.compile(r"[2-9]\d{3} \d{4} \d{4}"), aadhaar.is_valid),
    (re.compile(r"\d{2} \d{3} \d{3} \d{3}"), idnr.is_valid),
    (re.compile(r"\d{3} \d{3} \d{4}"), nhs.is_valid),
    (re.compile(r"\d{4}\.\d{2}\.\d{3}"), bsn.is_valid),
    (re.compile(r"\d{11}"), pesel.is_valid),
)


class NumberingPlanDetector:
    """Finds telephone numbers and national identifiers. About 0.1 ms for a sentence."""

    @property
    def version(self) -> str:
        return f"phonenumbers-{phonenumbers.__version__}"

    def find(self, text: str) -> list[Finding]:
        if not any(character.isdigit() for character in text):
            return []
        # Longer than any number of either kind; split into groups in every way, such a row would take for ever.
        text = _ROW_OF_DIGITS.sub(lambda row: "_" * len(row.group()), text)
        return [*_telephone_numbers(text), *_national_ids(text)]


def _telephone_numbers(text: str) -> Iterator[Finding]:
    for match in _NUMBER.finditer(text):
        if _is_telephone_number(match.group(), text, match.start(), match.end()):
            yield Finding(kind=Kind.PHONE, start=match.start(), end=match.end())


def _is_telephone_number(candidate: str, text: str, start: int, end: int) -> bool:
    digits = sum(character.isdigit() for character in candidate)
    if not 6 <= digits <= 21 or _DATE.fullmatch(candidate) or _is_private_address(candidate):
        return False
    # Identifiers are filled with zeros too, but not written in groups.
    if candidate.startswith("+") or (candidate.startswith("00") and not candidate.isdigit()):
        return _is_possible(candidate) or digits >= 10
    if _NORTH_AMERICAN.fullmatch(candidate):
        return True
    named = _CALLING_BEFORE.search(text, max(0, start - 60), start) or _CALLING_AFTER.match(text[end : end + 16])
    if named and digits <= 15:
        return True
    # A leading zero and groups: the way that national numbers are written, and hardly anything else is.
    return candidate[0] in "0(" and 9 <= digits <= 11 and not candidate.isdigit() and _is_valid_somewhere(candidate)


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


def _national_ids(text: str) -> Iterator[Finding]:
    for match in _NAMED_ID.finditer(text):
        if sum(character.isdigit() for character in match["value"]) >= 5:
            yield Finding(kind=Kind.NATIONAL_ID, start=match.start("value"), end=match.end("value"))
    for match in _TOKEN.finditer(text):
        candidate = match.group().upper()
        if any(form.fullmatch(candidate) and holds(candidate) for form, holds in _FORMS):
            yield Finding(kind=Kind.NATIONAL_ID, start=match.start(), end=match.end())
