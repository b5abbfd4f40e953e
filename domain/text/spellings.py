"""A text as letters alone: what is left of a word when markup, separators and other spellings are taken off it.

For comparing only. Where words began is kept, so that ``the rapist`` is found for ``therapist`` but ``up ill`` never
for ``pill``. Everything takes time linear to the text.
"""

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from domain.text.folding import skeleton, without_hidden

SHORTEST: Final = 4
"""Letters of a pattern that is looked for without its separators; anything shorter would be found by chance."""
_MAX_WORDS_BETWEEN: Final = 3
# Words that two sentences share by chance: the others have to be there, in whatever order.
_FILL: Final = frozenset(
    "the and for are was were has had have not but from with that this these those their its his her our your you"
    " all any can may will who how what when where which into onto over under about than then there der"
    " die das den dem des und ein eine für mit von les des une pour avec los las del por para con che per".split()
)
_MAX_DECOYS: Final = 200
# Each repetition ends where the next begins or after so many characters: no text makes one look again and again.
_MARKUP: Final = re.compile(
    r"<!--[^<]{0,200}-->|</?[A-Za-z!?][^<>]{0,500}>|\]\([^()\s]{0,500}\)|\]\[[^\[\]]{0,100}\]|\\(?=[^\w\s])|\|\|"
    r"|\x1b\[[0-9;?]{0,20}[@-~]"
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\u\{([0-9A-Fa-f]{1,6})\}|\\x([0-9A-Fa-f]{2})")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY: Final = re.compile(r"&#?\w{1,32};?")
_LETTER: Final = r"[^\W\d_]"
_SIGN_FOR_LETTER: Final = re.compile(
    rf"(?<={_LETTER})[0134578@$!|]{{1,3}}(?={_LETTER})|(?<![\w@$|])[0134578@$|](?={_LETTER}{{2}})"
    rf"|(?<={_LETTER}{_LETTER})[0134578$|]{{1,3}}(?![\w@$|])"
)
_AS_L: Final[dict[int, int]] = str.maketrans("0134578@$!|", "oleastbasll")
_AS_I: Final[dict[int, int]] = str.maketrans("0134578@$!|", "oieastbasii")
# Scripts that put no spaces between words: any character may begin one.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SMALL_CAPITALS: Final = (
    "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c"
    "\u1d20\u1d21\u028f\u1d22"
)
# Besides those, letters in circles and squares that compatibility does not undo, of flags too.
_STYLED: Final[Mapping[int, str]] = MappingProxyType(
    {ord(small): letter for small, letter in zip(_SMALL_CAPITALS, "abcdefghijklmnoprstuvwyz", strict=True)}
    | {base + offset: chr(97 + offset) for base in (0x1F150, 0x1F170, 0x1F1E6) for offset in range(26)}
)


def seen(text: str) -> str:
    """What a page shows of a text that may be written as Markdown, HTML or part of an address."""
    for _ in range(2):
        before = text
        if "%" in text and _PERCENT.search(text):
            text = unquote(text)
        if "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
        if "\\" in text:
            text = _ESCAPE.sub(_escaped, text)
        if text == before:
            break
    return without_hidden(_MARKUP.sub("", text)).translate(_STYLED)


def readings(text: str, *, keep_marks: bool = False) -> Iterator["Letters"]:
    """The letters of what is ``seen``; also with digits and signs read as letters, where some are within words."""
    yield Letters(skeleton(text, keep_marks=keep_marks))
    if _SIGN_FOR_LETTER.search(text):
        for table in (_AS_L, _AS_I):
            yield Letters(skeleton(_with_letters(text, table), keep_marks=keep_marks))


def _with_letters(text: str, table: dict[int, int]) -> str:
    return _SIGN_FOR_LETTER.sub(lambda found: found.group().translate(table), text)


def _escaped(found: re.Match[str]) -> str:
    code = int(found[1] or found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found.group()


class Letters:
    """The letters, digits and vowel signs of a skeleton, and where its words began."""

    def __init__(self, folded: str) -> None:
        words, self.starts, self._is_apart, at, apart = [], [], [], 0, True
        for word, separator in _words(folded):
            if word:
                words.append(word)
                self.starts.append(at)
                self._is_apart.append(apart)
                at += len(word)
            apart = any(map(str.isspace, separator)) or (apart and not word)
        self.words: tuple[str, ...] = tuple(words)
        self.letters = "".join(words)
        self._spaced = f" {' '.join(words)} "
        self._places: dict[str, list[int]] = {}

    @property
    def spaced(self) -> str:
        """The words with one space between any two."""
        return self._spaced.strip()

    @property
    def joined(self) -> str:
        """The same, but words that only signs stood between are one."""
        pieces = (f" {word}" if apart else word for word, apart in zip(self.words, self._is_apart, strict=True))
        return "".join(pieces).strip()

    def hold(self, wanted: "Letters") -> bool:
        """Whether ``wanted`` is here: with anything between its letters, or its words in another order."""
        if len(wanted.letters) < SHORTEST:
            return False
        return self._hold_in_order(wanted) or self._hold_in_any_order(wanted)

    def _hold_in_order(self, wanted: "Letters") -> bool:
        letters, own, unspaced = wanted.letters, set(wanted.starts), bool(_UNSPACED.search(wanted.letters))
        at, decoys = self.letters.find(letters), 0
        while at >= 0:
            if self._is_a_reading(at, len(letters), own, unspaced):
                return True
            decoys += 1
            if decoys == _MAX_DECOYS:
                return True
            at = self.letters.find(letters, at + 1)
        return False

    def _is_a_reading(self, start: int, length: int, own: set[int], unspaced: bool) -> bool:
        """Whether a run begins with a word, and ends with one if spaces cut it where the pattern has none."""
        if unspaced:
            return True
        first = bisect_right(self.starts, start) - 1
        if self.starts[first] != start:
            return False
        after = bisect_left(self.starts, start + length)
        if all(self.starts[k] - start in own for k in range(first + 1, after) if self._is_apart[k]):
            return True
        return start + length == (self.starts[after] if after < len(self.starts) else len(self.letters))

    def _hold_in_any_order(self, wanted: "Letters") -> bool:
        telling = tuple(dict.fromkeys(word for word in wanted.words if len(word) > 2 and word not in _FILL))
        if len(telling) < 2:
            return False
        places = [self._numbers(word) for word in telling]
        if not all(places):
            return False
        found = sorted((number, kind) for kind, numbers in enumerate(places) for number in numbers)
        width = len(telling) + _MAX_WORDS_BETWEEN
        latest: dict[int, int] = {}
        for number, kind in found:
            latest[kind] = number
            if len(latest) == len(telling) and number - min(latest.values()) < width:
                return True
        return False

    def _numbers(self, word: str) -> list[int]:
        """Of the words that begin with it; a short one has to be the whole."""
        if word not in self._places:
            sought = f" {word}" if len(word) >= SHORTEST else f" {word} "
            numbers, at, passed, counted = [], self._spaced.find(sought), 0, 0
            while at >= 0:
                counted += self._spaced.count(" ", passed, at)
                numbers.append(counted)
                passed = at
                at = self._spaced.find(sought, at + 1)
            self._places[word] = numbers
        return self._places[word]


_ASCII_WORD: Final = re.compile(r"([a-z0-9]*)([^a-z0-9]*)")
_WORD: Final = re.compile(r"([^-\s]*)([-\s]*)")


def _words(folded: str) -> Iterator[tuple[str, str]]:
    """(word, what separates it from the next), word for word."""
    if not folded.isascii():
        # One kind of sign for everything that is no letter, digit or mark; spaces stay what they are.
        folded = "".join(
            sign if sign.isalnum() or sign.isspace() or unicodedata.category(sign)[0] == "M" else "-" for sign in folded
        )
        pattern = _WORD
    else:
        pattern = _ASCII_WORD
    for found in pattern.finditer(folded):
        yield found[1], found[2]
