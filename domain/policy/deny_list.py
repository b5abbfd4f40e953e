"""Topics that a bot may not be asked about: substrings and, where asked for, globs, in any spelling.

There are no regular expressions of a user, so none can run for ever: a glob is a row of pieces that are found one
behind the other, each in a time that is linear to the text, whatever the text and the piece are.
"""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from domain.text.folding import has_marks, normalise, skeleton
from domain.text.spellings import Letters, readings, seen

MAX_PATTERN_CHARACTERS: Final = 500
MAX_PATTERNS: Final = 500
MAX_GLOBS: Final = 100
# Anything but what merely separates words: "c++" is not "c", and "what?" not "what".
_TELLING_SIGN: Final = re.compile(r"[!-%*+<-@\[-^`{-~]")


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
    letters: Letters | None
    """None where signs are part of what is looked for."""


class DenyList:
    """Patterns that were folded once, for many texts."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._patterns = tuple(_fold(pattern) for pattern in self.patterns)
        self._any_marks = any(pattern.has_marks for pattern in self._patterns)

    def first_match(self, text: str) -> str | None:
        """The id of the first rule whose pattern is in the text, however either is spelled; None if none is.

        A pattern with marks of its own ("schön") is not found in a text without them ("schon").
        """
        if not self._patterns:
            return None
        normalised, bare = _Text(normalise(text)), _Spelled(text, keep_marks=False)
        marked = _Spelled(text, keep_marks=True) if self._any_marks else bare
        for pattern in self._patterns:
            spelled = marked if pattern.has_marks else bare
            if normalised.holds(pattern.normalised, pattern.is_glob) or spelled.holds(pattern):
                return pattern.rule_id
        return None

    def first_match_in(self, texts: Iterable[str]) -> str | None:
        """The same over several texts, such as an answer and the titles of what it cites; each by itself."""
        return next((rule_id for text in texts if text and (rule_id := self.first_match(text))), None)


@lru_cache(maxsize=64)
def deny_list(patterns: tuple[Pattern, ...]) -> DenyList:
    """Remembered: folding the patterns of a policy takes up to a tenth of a second."""
    return DenyList(patterns)


def says_something(pattern: str) -> bool:
    """Whether a glob has anything to look for. One of wildcards alone would deny everything: it denies nothing."""
    return bool(set(normalise(pattern)) - set("*? "))


def _fold(pattern: Pattern) -> _Folded:
    marked = has_marks(pattern.text)
    spelled = skeleton(pattern.text, keep_marks=marked)
    return _Folded(
        rule_id=pattern.rule_id,
        is_glob=pattern.is_glob,
        normalised=normalise(pattern.text),
        skeleton=spelled,
        has_marks=marked,
        letters=None if pattern.is_glob or _TELLING_SIGN.search(spelled) else Letters(spelled),
    )


class _Spelled:
    """One text in all the readings in which its words may be hidden."""

    def __init__(self, text: str, *, keep_marks: bool) -> None:
        shown = seen(text)
        self._skeletons = [_Text(skeleton(one, keep_marks=keep_marks)) for one in dict.fromkeys((text, shown))]
        self._letters = tuple(readings(shown, keep_marks=keep_marks))

    @cached_property
    def _unmarked(self) -> "list[_Text]":
        """For globs: the words alone, with spaces for what separates them and with nothing for what splits them."""
        return [_Text(one) for each in self._letters for one in dict.fromkeys((each.spaced, each.joined))]

    def holds(self, pattern: _Folded) -> bool:
        if any(one.holds(pattern.skeleton, pattern.is_glob) for one in self._skeletons):
            return True
        if pattern.is_glob:
            return any(one.holds(pattern.skeleton, is_glob=True) for one in self._unmarked)
        return pattern.letters is not None and any(one.hold(pattern.letters) for one in self._letters)


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
