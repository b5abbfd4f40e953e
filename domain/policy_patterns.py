"""Topics that a bot may not be asked about: substrings and, where asked for, globs, in any spelling.

There are no regular expressions of a user, so none can run for ever: a glob is a row of pieces that are found one
behind the other, each by a search whose time is bounded by the length of the text.
"""

import re
from typing import Final, NamedTuple

from domain.base import Value
from domain.text_folding import has_marks, normalise, skeleton

LONGEST_PATTERN: Final = 500
MOST_PATTERNS: Final = 500


class PatternMatch(Value):
    """``rule_id`` is deny_pattern/n or deny_glob/n, n from 1 in the order of the policy."""

    rule_id: str


class _Spellings(NamedTuple):
    """One text in the three foldings in which it is compared."""

    normalised: str
    skeleton: str
    skeleton_with_marks: str


def first_match(text: str, patterns: tuple[str, ...], globs: tuple[str, ...]) -> PatternMatch | None:
    """The first pattern that is in the text, however either is spelled; None if none is.

    A pattern with marks of its own ("schön") is not found in a text without them ("schon").
    """
    if not patterns and not globs:
        return None
    spellings = _Spellings(normalise(text), skeleton(text), skeleton(text, keep_marks=True))
    for number, pattern in enumerate(patterns, start=1):
        if _holds(pattern, spellings, glob=False):
            return PatternMatch(rule_id=f"deny_pattern/{number}")
    for number, pattern in enumerate(globs, start=1):
        if _holds(pattern, spellings, glob=True):
            return PatternMatch(rule_id=f"deny_glob/{number}")
    return None


def check_patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns. Raises ValueError when one is too long or they are too many."""
    if len(patterns) > MOST_PATTERNS or any(len(pattern) > LONGEST_PATTERN for pattern in patterns):
        raise ValueError(f"At most {MOST_PATTERNS} deny patterns of at most {LONGEST_PATTERN} characters are possible.")
    return patterns


def _holds(pattern: str, text: _Spellings, *, glob: bool) -> bool:
    marked = has_marks(pattern)
    looked_alike = skeleton(pattern, keep_marks=marked)
    among = text.skeleton_with_marks if marked else text.skeleton
    return _contains(text.normalised, normalise(pattern), glob) or _contains(among, looked_alike, glob)


def _contains(text: str, wanted: str, glob: bool) -> bool:
    if not glob:
        return bool(wanted) and wanted in text
    pieces = [piece for piece in wanted.split("*") if piece]
    # A pattern of wildcards alone would deny everything; it says nothing, so it denies nothing.
    if not any(set(piece) - {"?", " "} for piece in pieces):
        return False
    position = 0
    for piece in pieces:
        found = _find(piece, text, position)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _find(piece: str, text: str, start: int) -> int:
    """Where ``piece`` begins in ``text`` from ``start`` on, -1 if nowhere; ? stands for any one character."""
    if "?" not in piece:
        return text.find(piece, start)
    fixed_length = re.compile("".join("." if sign == "?" else re.escape(sign) for sign in piece), re.DOTALL)
    found = fixed_length.search(text, start)
    return found.start() if found else -1
