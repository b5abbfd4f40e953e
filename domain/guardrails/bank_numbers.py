"""Cards and IBANs: what check digits, lengths of countries and prefixes of issuers tell, however they are grouped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Final

from domain.guardrails.numbers_in_text import has_words_before, is_of_a_machine, is_part_of_more, is_quantity

_SHORTEST_CARD: Final = 12
_LONGEST_CARD: Final = 19
_MAX_GROUPS: Final = 10
_LEAST_OF_GROUP: Final = 3
_DIGITS: Final = re.compile(r"(?<![\d+])\d(?:[ -]?\d){11,}(?!\d)")
_UUID_OF_DIGITS: Final = re.compile(r"\d{8}(?:-\d{4}){3}-\d{12}")
_GROUP: Final = re.compile(r"\d+")
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")

# Over lines, in cells, with signs between: only in the groups in which cards are printed, and only of known issuers.
_BETWEEN: Final = r"(?:[ \t.\-/_|*,:\u00b7\u2022>\r\n]{1,8}|<br ?/?>\s{0,4})"
_PRINTED: Final = re.compile(
    rf"(?<![\d:.])(?:(?:\d{{4}}{_BETWEEN}){{3}}\d{{4}}|3[47]\d\d{_BETWEEN}\d{{6}}{_BETWEEN}\d{{5}})(?!\d|[.:]\d)"
)
_ISSUER: Final = re.compile(
    r"4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|3[47]|30[0-5]|36|3[89]|352[89]|35[3-8]|6011|64[4-9]|65|62"
)
# What an issuer's own cards look like in one piece; any other number that passes the check needs a word before it.
_OF_ISSUER: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[3-6]|22[3-9]|27[01])\d{14}|(?:222[1-9]|2720|220[0-4])\d{12}|3[47]\d{13}"
    r"|(?:30[0-5]\d|36\d\d|3[89]\d\d)\d{10}|(?:352[89]|35[3-8]\d|6011|64[4-9]\d|65\d\d|62\d\d)\d{12}"
)
_PRINTED_SIZES: Final = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)})
_CARD_BEFORE: Final = re.compile(
    r"(?:\b(?:cards?|cc|pan|visa|mastercard|maestro|amex|american express|discover|diners|jcb|credit|debit)"
    r"|karten?(?:nummer)?|carte|tarjeta|cart[a\u00e3]o?|kaart|kort|\u043a\u0430\u0440\u0442|\u5361)"
    r"(?![a-z]{0,12}inality)[^\d\n]{0,40}\n?[^\d\n]{0,12}$",
    re.IGNORECASE,
)

_INSIDE: Final = r"(?:[ \t.\-/_*>\r\n\u00b7]{0,8}|<br ?/?>\s{0,4})"
_IBAN: Final = re.compile(rf"(?<![^\W_])(?=([A-Za-z]{{2}} ?\d{_INSIDE}\d(?:{_INSIDE}[A-Za-z0-9]){{11,30}}))")
_NAMED_IBAN: Final = re.compile(
    r"(?<![A-Za-z])IBAN(?:[ -]?(?:no\.?|number|nr\.?|nummer))?[^A-Za-z0-9\n]{0,10}\n?[ \t>]{0,8}"
    r"(?P<value>[A-Z]{2} ?\d{2}(?:[ .\-_]?(?=[A-Z]{0,4}\d)[A-Z0-9]{1,4}){2,9})(?![^\W_])",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(r"[A-Za-z0-9]")
_BREAK: Final = re.compile(r"<br ?/?>", re.IGNORECASE)
_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        country: int(entry[:2])
        for entry in (
            "15NO 16BE 18DKFIFOGLNLSD 19MKSI 20ATBAEELTLULVKZXK 21CHCRHRLI 22BGBHDEGBGEIEMERS 23AEGIILOMSOTL"
            " 24ADCZESMDPKROSASESKTNVG 25LYPTST 26ISTR 27BIDJFRGRITMCMRSM 28ALAZBYCYDOGTHULBPLSV"
            " 29BREGPSQA 30JOKWMUMN 31MTSC 32LCNI 33RU"
        ).split()
        for country in re.findall("[A-Z]{2}", entry)
    }
)


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every card number."""
    for run in _DIGITS.finditer(text):
        start = run.start()
        named = has_words_before(text, start, 64) and bool(_CARD_BEFORE.search(text, max(0, start - 64), start))
        if not named and is_part_of_more(text, *run.span()):
            continue
        for start, end in _cards_in(run.group(), named):
            if named or not is_quantity(text, run.start() + start, run.start() + end):
                yield run.start() + start, run.start() + end
    for printed in _PRINTED.finditer(text):
        digits = "".join(_GROUP.findall(printed.group()))
        # Ranges of slots, as in 5462-5692,6784-6826, are groups of four too.
        is_list = "-" in printed.group() and "," in printed.group()
        if (
            not is_list
            and _ISSUER.match(digits)
            and _passes_luhn(digits)
            and not is_part_of_more(text, *printed.span())
        ):
            yield printed.span()


def _cards_in(run: str, named: bool) -> Iterator[tuple[int, int]]:
    """Every stretch of groups that is a card, the longest first: the check digit tells where it ends among others.

    One that nothing names is of a known issuer, and in one piece or grouped as cards are.
    """
    if not named and _UUID_OF_DIGITS.search(run):
        return
    groups = [group.span() for group in _GROUP.finditer(run)]
    sizes = [end - start for start, end in groups]
    digits_before = [0, *accumulate(sizes)]
    # Tables of small numbers are no cards, whatever their check digit says.
    small_before = [0, *accumulate(size < _LEAST_OF_GROUP for size in sizes)]
    digits = run.replace(" ", "").replace("-", "")
    first = 0
    while first < len(groups):
        for last in range(min(first + _MAX_GROUPS, len(groups)) - 1, first - 1, -1):
            begin, end = digits_before[first], digits_before[last + 1]
            if not _SHORTEST_CARD <= end - begin <= _LONGEST_CARD or small_before[last] != small_before[first]:
                continue
            if (named or _looks_issued(digits[begin:end], sizes[first : last + 1])) and _passes_luhn(digits[begin:end]):
                yield groups[first][0], groups[last][1]
                first = last
                break
        first += 1


def _looks_issued(digits: str, sizes: Sequence[int]) -> bool:
    if len(sizes) > 1 and tuple(sizes) not in _PRINTED_SIZES:
        return False
    return _OF_ISSUER.fullmatch(digits) is not None and not is_of_a_machine(digits)


def _passes_luhn(digits: str) -> bool:
    total = sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))
    return total % 10 == 0 and digits.strip("0") != ""


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every IBAN, and of what is named one: half of it, or one with a slip in it."""
    for found in _IBAN.finditer(text):
        candidate = found[1]
        length = _LENGTHS.get(candidate[:2].upper())
        if length and (size := _size_of_iban(candidate, length)):
            end = found.start() + size
            if not text[end : end + 1].isalnum():
                yield found.start(), end
    for named in _NAMED_IBAN.finditer(text):
        yield named.span("value")


def _size_of_iban(candidate: str, length: int) -> int:
    """How much of the candidate it takes up, 0 if it is none."""
    bare = _BREAK.sub(lambda found: " " * len(found.group()), candidate)
    signs = [found.start() for found in _SIGN.finditer(bare)][:length]
    compact = "".join(bare[place] for place in signs).upper()
    if len(compact) < length or sum(map(str.isdigit, compact[4:])) * 2 < length - 4:
        return 0
    rearranged = compact[4:] + compact[:4]
    number = int("".join(str(int(sign, 36)) for sign in rearranged))
    return signs[-1] + 1 if number % 97 == 1 else 0
