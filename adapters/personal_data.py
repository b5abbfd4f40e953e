"""Telephone numbers and national identifiers, by numbering plans (phonenumbers) and check digits (python-stdnum)."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import phonenumbers
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

from adapters.telephone_numbers import find_telephone_numbers
from domain.guardrails.redaction_patterns import Finding
from domain.policy.redaction_profile import Kind

_ROW_OF_DIGITS: Final = re.compile(r"\d{22,}")
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
        phones = [Finding(kind=Kind.PHONE, start=start, end=end) for start, end in find_telephone_numbers(text)]
        return [*phones, *_national_ids(text)]


def _national_ids(text: str) -> Iterator[Finding]:
    for match in _NAMED_ID.finditer(text):
        if sum(character.isdigit() for character in match["value"]) >= 5:
            yield Finding(kind=Kind.NATIONAL_ID, start=match.start("value"), end=match.end("value"))
    for match in _TOKEN.finditer(text):
        candidate = match.group().upper()
        if any(form.fullmatch(candidate) and holds(candidate) for form, holds in _FORMS):
            yield Finding(kind=Kind.NATIONAL_ID, start=match.start(), end=match.end())
