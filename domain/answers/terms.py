"""The words that the answer to a question has to be about, and how much each of them matters."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.text.stems import stems
from domain.text.stop_words import STOP_WORDS
from domain.text.synonyms import identifiers, with_one_word

_OF_THE_FORM: Final = frozenset(
    """
    compare compared comparison difference differences versus vs command snippet syntax unterschied vergleiche list all
    number define explain meaning example steps step différence diferencia summarise summarize summary overview fasse
    zusammen zusammenfassung überblick résumé resumen riassunto samenvatting
    """.split()
)
_OF_THE_ANSWER: Final = frozenset(
    """
    colour color kind type sort size date day year month time hour place location reason person people address name
    number version error code document page file value status word detail information question answer cost price fee
    charge rate amount term topic long longest highest lowest largest smallest farbe datum uhrzeit preis gebühr name
    nummer fehler seite couleur prix heure jour nombre color precio hora día número
    """.split()
)
"""What the answer is an instance of: a text that says "teal" need not say "colour"."""
_INSTANCE: Final = 0.35
_VERB: Final = 0.5
_PARTICIPLE: Final = re.compile(
    r"[^\W\d_]{3,}(?:ed|en)|sold|paid|sent|made|kept|held|built|bought|met|led|won|lost|cost"
)
_VERB_PLACES: Final = (
    re.compile(r"\W*(?:which|what|welcher?|welche|welches|quels?|quelles?)\s+[^\W\d_]+\s+([^\W\d_]+)\s+\w"),
    re.compile(r"\W*(?:who|wer|qui|quién)\s+([^\W\d_]+)\s+\w"),
)
_PARTICIPLE_AT_END: Final = re.compile(r"\b((?:[^\W\d_]{1,12})?ge[^\W\d_]{1,20}(?:t|en))\W*$")
_ASKS_IN_GERMAN: Final = re.compile(r"\W*(?:wann|wo|wie|was|wer)\b")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)\W*$")
_AUXILIARY: Final = re.compile(r"\b(?:do|does|did)\b")
_ASKS_IN_SIGNS: Final = re.compile(
    "[的了吗呢么什怎多少几哪谁有是在和要请个我你您能吧嗎麼幾誰請個會か何いつどこだれはのをにがでと]"
)
_NAMES_A_KIND: Final = re.compile(
    r"\W*(?:(?:in|on|at|to|from|by|for|of)\s+)?(?:which|what|how\s+(?:many|much))\s+"
    r"(?!is\b|are\b|was\b|do|can\b|should\b)\w+"
)
"""A question that names what its answer is an instance of: what happens to it matters less."""
_NUMBERED: Final = re.compile(
    r"\b(?:[A-Z][\w-]*|version|release|chapter|section|phase|level|grade|class|model|python|edition|part|firmware|v)"
    r"\s+(\d+(?:\.\d+)*)\b"
)
_NAME: Final = re.compile(r"(?<!^)(?<![.?!]\s)(?<![\w'\u2019])[A-Z][a-zà-ÿ]+")
_WORD: Final = re.compile(r"[^\W_]+")


class Term(NamedTuple):
    """A word of the question. ``required``: nothing else can stand for it, as for a name, a code, a version.
    ``worth`` multiplies its weight; a verb or a word such as "colour", which the answer need not say, is worth less
    than 1."""

    stem: str
    word: str
    required: bool = False
    worth: float = 1.0
    is_name: bool = False


def read_terms(text: str, language: str) -> list[Term]:
    """The terms of a question, or of a part of it, in order."""
    codes = identifiers(text)
    found = {code: Term(code, code, required=True) for code in codes}
    parts = {part for code in codes for part in _WORD.findall(code)}
    reader = _Reader(text, language)
    for word in _WORD.findall(with_one_word(text)):
        if word in parts or not reader.tells(word):
            continue
        for term in reader.terms(word):
            if term.stem not in found or term.required:
                found[term.stem] = term
    return list(found.values())


class _Reader:
    def __init__(self, text: str, language: str) -> None:
        folded = text.casefold()
        self._stop_words = STOP_WORDS.get(language, frozenset[str]())
        # German begins every noun with a capital.
        self._names = {name.casefold() for name in _NAME.findall(text)} if language != "de" else frozenset[str]()
        self._numbers = {part for number in _NUMBERED.findall(text) for part in number.split(".")}
        self._names_a_kind = _NAMES_A_KIND.match(folded) is not None
        self._verb = _verb(folded, self._names_a_kind)

    def tells(self, word: str) -> bool:
        return word not in self._stop_words and word not in _OF_THE_FORM

    def terms(self, word: str) -> Iterator[Term]:
        is_name = word in self._names
        required = is_name or word in self._numbers or (any(map(str.isdigit, word)) and not word.isdigit())
        for stem in stems(word):
            if not _ASKS_IN_SIGNS.search(stem):
                yield Term(stem, word, required, 1.0 if required else self._worth(word), is_name)

    def _worth(self, word: str) -> float:
        if word in _OF_THE_ANSWER or word.removesuffix("s") in _OF_THE_ANSWER:
            return _INSTANCE
        is_verb = word == self._verb or (self._names_a_kind and _PARTICIPLE.fullmatch(word))
        return _VERB if is_verb else 1.0


def _verb(folded: str, names_a_kind: bool) -> str | None:
    """The word that says what happens, where its place tells it."""
    found = next(filter(None, (place.match(folded) for place in _VERB_PLACES)), None)
    if found is None and _ASKS_IN_GERMAN.match(folded):
        found = _PARTICIPLE_AT_END.search(folded)
    if found is None and names_a_kind and _AUXILIARY.search(folded):
        found = _LAST_WORD.search(folded)
    return found.group(1) if found else None
