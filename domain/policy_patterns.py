"""Topics that a bot may not be asked about: substrings and, where asked for, globs, in any spelling.

There are no regular expressions of a user, so none can run for ever: a glob is a row of pieces that are found one
behind the other, each in a time that is linear to the text, whatever the text and the piece are.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.text_folding import has_marks, normalise, skeleton

LONGEST_PATTERN: Final = 500
MOST_PATTERNS: Final = 500
MOST_GLOBS: Final = 100


class Pattern(NamedTuple):
    """Something to be found, and the id of the rule that forbids it."""

    rule_id: str
    text: str
    is_glob: bool = False


class _Folded(NamedTuple):
    """A pattern in the two foldings in which it is compared."""

    rule_id: str
    is_glob: bool
    normalised: str
    skeleton: str
    has_marks: bool


class DenyList:
    """Patterns that were folded once, for many texts."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(_folded(pattern) for pattern in patterns)

    def first_match(self, text: str) -> str | None:
        """The id of the first rule whose pattern is in the text, however either is spelled; None if none is.

        A pattern with marks of its own ("schön") is not found in a text without them ("schon").
        """
        if not self._patterns:
            return None
        normalised, bare, marked = (
            _Text(folded) for folded in (normalise(text), skeleton(text), skeleton(text, keep_marks=True))
        )
        for pattern in self._patterns:
            looks_like = marked if pattern.has_marks else bare
            if normalised.holds(pattern.normalised, pattern.is_glob) or looks_like.holds(
                pattern.skeleton, pattern.is_glob
            ):
                return pattern.rule_id
        return None


def says_something(pattern: str) -> bool:
    """Whether a glob has anything to look for. One of wildcards alone would deny everything: it denies nothing."""
    return bool(set(normalise(pattern)) - set("*? "))


def _folded(pattern: Pattern) -> _Folded:
    marked = has_marks(pattern.text)
    return _Folded(
        rule_id=pattern.rule_id,
        is_glob=pattern.is_glob,
        normalised=normalise(pattern.text),
        skeleton=skeleton(pattern.text, keep_marks=marked),
        has_marks=marked,
    )


class _Text:
    """One folded text, in which many patterns are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[str, int] = {}

    def holds(self, wanted: str, is_glob: bool) -> bool:
        if not is_glob:
            return bool(wanted) and wanted in self._text
        if not says_something(wanted):
            return False
        position = 0
        for piece in wanted.split("*"):
            found = self._find(piece, position) if "?" in piece else self._text.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        return True

    def _find(self, piece: str, start: int) -> int:
        """Where ``piece`` begins from ``start`` on, -1 if nowhere; ? stands for any one character.

        Bit n of ``fits`` says whether the piece can begin at n: one pass of whole-number arithmetic a character of the
        piece, so that no text makes it try again and again.
        """
        last = len(self._text) - len(piece)
        if last < start:
            return -1
        fits = ((1 << (last + 1)) - 1) >> start << start
        for offset, sign in enumerate(piece):
            if sign != "?":
                fits &= self._where(sign) >> offset
                if not fits:
                    return -1
        return (fits & -fits).bit_length() - 1

    def _where(self, sign: str) -> int:
        """Bit n is set where the text has ``sign`` at n."""
        if sign not in self._places:
            bits = "".join("1" if each == sign else "0" for each in reversed(self._text))
            self._places[sign] = int(bits, 2)
        return self._places[sign]
