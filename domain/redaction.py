"""Redaction of personal data and secrets in text that leaves the platform.

Patterns are deliberately strict where a false alarm would maim an answer (cards carry a Luhn check, IBANs their
mod-97 check) and eager where a miss would leak a secret.
"""

import re
from collections.abc import Callable
from typing import Final

from domain.base import Value

VERSION: Final = "redaction-2"
PREVIEW_CHARACTERS: Final = 160
_GROUP: Final = re.compile(r"[^ -]+")
_MOST_GROUPS: Final = 10
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


class Redaction(Value):
    """Redacted text, and how often each kind was found."""

    text: str
    counts: dict[str, int]


def _passes_luhn(candidate: str) -> bool:
    # Tables of small numbers are no cards, whatever their check digit says.
    if any(len(group) < 3 for group in _GROUP.findall(candidate)[:-1]):
        return False
    digits = [int(character) for character in candidate if character.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _passes_mod97(candidate: str) -> bool:
    compact = candidate.replace(" ", "")
    if not _IBAN.fullmatch(compact):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


def _always(_: str) -> bool:
    return True


_RULES: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...]] = (
    (
        "secret",
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
            r"|\bans_[0-9a-f]{32}_[0-9a-f]{12}_[\w-]{20,}"
            r"|\b(?:sk|rk|pk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9]{16,}\b"
            r"|\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bgithub_pat_\w{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
            r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"
            r"|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"
        ),
        _always,
    ),
    ("email", re.compile(r"\b[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\b"), _always),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,}\b"), _passes_mod97),
    ("card", re.compile(r"\d(?:[ -]?\d){12,}"), _passes_luhn),
    ("phone", re.compile(r"(?<![\w.])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w)"), _always),
)


def redact(text: str) -> Redaction:
    """Replace every finding by ``[kind]``."""
    counts: dict[str, int] = {}
    for kind, pattern, holds in _RULES:

        def replace(found: re.Match[str], kind: str = kind, holds: Callable[[str], bool] = holds) -> str:
            hidden, count = _hide(found.group(), f"[{kind}]", holds)
            if count:
                counts[kind] = counts.get(kind, 0) + count
            return hidden

        text = pattern.sub(replace, text)
    return Redaction(text=text, counts=counts)


def _hide(candidate: str, mark: str, holds: Callable[[str], bool]) -> tuple[str, int]:
    """Put ``mark`` for every run of groups that holds, the longest first; return the text and how many there were.

    Numbers and capitals beside a card or an IBAN look like more of it: the check digit alone tells where it ends.
    """
    if holds(candidate):
        return mark, 1
    groups = list(_GROUP.finditer(candidate))
    hidden, count, done, first = "", 0, 0, 0
    while first < len(groups):
        start = groups[first].start()
        for last in range(min(first + _MOST_GROUPS, len(groups)) - 1, first - 1, -1):
            if holds(candidate[start : groups[last].end()]):
                hidden += candidate[done:start] + mark
                done, first, count = groups[last].end(), last, count + 1
                break
        first += 1
    return hidden + candidate[done:], count


def redacted_preview(text: str, length: int = PREVIEW_CHARACTERS) -> str:
    """The first ``length`` characters of the redacted text on one line, for lists, logs and audits."""
    flat = " ".join(redact(text).text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"
