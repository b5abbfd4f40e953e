"""What stands around a number and says that it is no number of somebody: a unit, a key, a longer thing it is part of.

All of it looks at a bounded stretch before and behind the number.
"""

import re
from typing import Final

_BEFORE: Final = 48
_LETTER: Final = re.compile(r"[^\W\d_]")
_PART_OF_MORE: Final = re.compile(
    # A decimal fraction or version; a hexadecimal id with or without dashes; a name such as order66.
    r"(?:\d\.|\b[0-9a-f]{0,16}\d[0-9a-f]{0,16}-|\b[a-f]{2,16}-|(?<![a-z])\d[a-z_]{1,12}|\\x|[a-z])$",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"\.\d|e[-+]?\d|[a-f]{1,12}(?![a-z])|-[0-9a-f]{0,12}[a-f]\d?[0-9a-f]{0,12}(?!\w)", re.IGNORECASE
)
_UNIT: Final = re.compile(
    r" ?(?:%|[kmgtpe]i?b(?:it|yte)?s?(?:ps|/s)?\b|[kmg]?hz\b|[mnµ\u03bc]?s(?:ec\w{0,4})?\b|[kmg]i?\b)"
    r"|[ -](?:byte|bit|octet|nanosecond|microsecond|millisecond|second|minute|hour|day|time|page|block|row|item)\b"
    # A plural says what is counted; these words are none.
    r"|[ ](?!(?:always|across|address|afterwards|besides|business|does|else|hours|less|perhaps|plus|press|regards"
    r"|this|thus|towards|unless|versus|weekdays|weekends|yes|days|evenings|mornings)\b)[a-z][a-z-]{2,20}s\b",
    re.IGNORECASE,
)
_KEY: Final = re.compile(
    r"(?:byte|size|length|len|count|total|offset|limit|duration|time|timestamp|(?:nano|milli|micro)(?:s|seconds?)|seconds?|memory|heap|used|free|available"
    r"|capacity|epoch|date|expires?|expiry|seq(?:uence)?|revision|version|generation|serial|checksum|crc|hash|digest|seed"
    r"|pointer|inode|ticks|cycles|usage|score|probability|confidence|isbn(?:-1[03])?|issn|ean|gtin|upc|doi|commit|backport"
    r"|cherry-pick(?:ed)?|revert|merge|sha\d{0,3}|md5|build|_(?:ms|ns|us))s?"
    r"(?:from|since|until|in|at|of|to|now|end|start|[ _-]){0,6}(?:number|value)?[\"'`*\])]{0,3}"
    r"\s{0,3}[:=|]?\s{0,3}[\"'`(\[#]{0,3}$"
    r"|[a-z](?:Ms|Ns|Us)(?:[A-Z]\w{0,20})?[\"'`]{0,2}\s{0,3}[:=]?\s{0,3}[\"'`(\[#]{0,3}$",
)
_REPEATED: Final = re.compile(r"(?:(\d)\1{3,})+|(\d{3,6})\2+")
_LOWER_KEY: Final = re.compile(_KEY.pattern.partition("|[a-z](?:Ms")[0], re.IGNORECASE)


def has_words_before(text: str, start: int, reach: int) -> bool:
    """Whether there is a letter in the ``reach`` characters before: what spares tables of numbers all searches."""
    return _LETTER.search(text, max(0, start - reach), start) is not None


def is_part_of_more(text: str, start: int, end: int) -> bool:
    """Whether a run of digits is the middle of a decimal, a hexadecimal id, a UUID or a name."""
    return bool(_PART_OF_MORE.search(text, max(0, start - 36), start) or _GOES_ON.match(text, end))


def is_counted(text: str, end: int) -> bool:
    """Whether a unit or a plural stands behind the number."""
    return _UNIT.match(text, end) is not None


def is_quantity(text: str, start: int, end: int) -> bool:
    """Whether it is counted, or a key stands before it that says what it measures."""
    if is_counted(text, end):
        return True
    if not has_words_before(text, start, _BEFORE):
        return False
    lowest = max(0, start - _BEFORE)
    return bool(_LOWER_KEY.search(text, lowest, start) or _KEY.search(text, lowest, start))


def is_round(digits: str) -> bool:
    """Whether the digits are a figure of a machine or of a thumb: 10000000, 4398046511104, 123456789012."""
    if digits.endswith("000000") or not digits.strip(digits[0]):
        return True
    return is_of_a_machine(digits) or _counts_up(digits)


def is_of_a_machine(digits: str) -> bool:
    """A power of two, one less, or whole mebibytes."""
    number = int(digits[:40])
    return number % 2**20 == 0 or number & (number + 1) == 0


def _counts_up(digits: str) -> bool:
    """12345678…, and 111122223333: what documentation puts in the place of a number."""
    return digits.startswith(("1234567", "01234567", "0987654", "987654321")) or bool(_REPEATED.fullmatch(digits))
