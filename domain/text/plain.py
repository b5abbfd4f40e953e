"""A text in plain digits, dashes and spaces, without what is invisible or merely escapes, and the way back.

Findings in it are taken out of the original, character for character.
"""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.text.folding import HIDDEN

_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES: Final = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ONE_TO_ONE: Final[Mapping[int, str]] = MappingProxyType(
    {ord(dash): "-" for dash in _DASHES}
    | {ord(space): " " for space in _SPACES}
    | {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F) if chr(code) != "-"}
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
# What stands for one character, or for none: entities, escapes of addresses and of Markdown.
_WRITTEN: Final = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|%[2-7][0-9A-Fa-f]|\\(?=[!-/:-@\[-`{-~])|" + HIDDEN.pattern
)
_MAY_BE_WRITTEN: Final = re.compile(r"[&%\\]|[^\x00-\x7f]")


class Plain(NamedTuple):
    """``starts`` and ``ends``: where each character of ``text`` stands in the original; None: where it stands here."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original; what was taken out within it belongs to it."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Plain:
    """Fold what hides digits and separators from patterns: width, other digits, odd dashes and spaces, joiners,
    entities, percent signs and backslashes. Only what stands for exactly one character is undone."""
    if not _MAY_BE_WRITTEN.search(text):
        return Plain(text)
    same_length = _NOT_ASCII.sub(lambda found: "".join(map(_plain_character, found.group())), text)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _WRITTEN.finditer(same_length):
        sign = _meant(found.group())
        if sign is None:
            continue
        starts += range(done, found.start())
        ends += range(done + 1, found.start() + 1)
        pieces.append(same_length[done : found.start()] + sign)
        starts += [found.start()] * len(sign)
        ends += [found.end()] * len(sign)
        done = found.end()
    if not done:
        return Plain(same_length)
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Plain("".join((*pieces, same_length[done:])), starts, ends)


def _meant(written: str) -> str | None:
    """The character that it stands for, "" for none; None to leave it as it is."""
    if written[0] == "%":
        return chr(int(written[1:], 16))
    if written[0] == "&":
        meant = html.unescape(written)
        return _plain_character(meant) if len(meant) == 1 and meant != "&" else None
    return None if "\x00" <= written[0] <= "\x1f" or "\x7f" <= written[0] <= "\x9f" else ""


def _plain_character(character: str) -> str:
    known = _ONE_TO_ONE.get(ord(character))
    if known is not None:
        return known
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
