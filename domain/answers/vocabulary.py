"""Which words of the passages say a word of the question: itself, another form of it, a synonym, or what it was meant
to be."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from domain.answers.terms import Term
from domain.text.synonyms import synonyms_of

Spelling = Callable[[str, str, Collection[str]], str | None]
"""Of a word, its stem and a vocabulary of stems: the one that was meant, None for a word that is spelt well."""

_REQUIRED: Final = 0.5
_SHORTEST_PREFIX: Final = 4
_MAX_REST: Final = 4
_REST_OF_SHORT: Final = 2
_OTHER_FORM: Final = 0.85
_SYNONYM: Final = 0.85
_MISSPELT: Final = 0.85
_PART: Final = 0.6
_SHORTEST_PART: Final = 5


class Vocabulary:
    """Of all passages that a question is answered from. ``texts`` are the words of each unit with its context: a term
    weighs more the fewer of them hold it."""

    def __init__(self, terms: Sequence[Term], texts: Sequence[frozenset[str]], spelling: Spelling | None) -> None:
        words = frozenset().union(*texts) if texts else frozenset()
        self._forms = {term.stem: _forms(term, words, spelling) for term in terms}
        self.said = frozenset(form for forms in self._forms.values() for form in forms)
        """All words that say something of the question."""
        self._holders = [held & self.said for held in texts if not self.said.isdisjoint(held)]
        self.weights = {term.stem: self._weight(term, len(texts)) for term in terms}
        self.total = sum(self.weights.values())

    def credit(self, stem: str, words: frozenset[str]) -> float:
        """How well ``words`` say the term, in [0, 1]."""
        forms = self._forms[stem]
        return max((forms[word] for word in forms.keys() & words), default=0.0)

    def credits(self, words: frozenset[str]) -> Iterator[tuple[str, float]]:
        """How well ``words`` say each of the terms that they say at all."""
        if self.said.isdisjoint(words):
            return
        for stem in self._forms:
            if credit := self.credit(stem, words):
                yield stem, credit

    def share(self, said: Mapping[str, float]) -> float:
        """The share of the question that is said, in [0, 1], of a credit for each term."""
        return sum(self.weights[stem] * credit for stem, credit in said.items() if credit) / self.total

    def share_of(self, words: frozenset[str]) -> float:
        """The share of the question that ``words`` say, in [0, 1]."""
        return self.share(dict(self.credits(words)))

    def _weight(self, term: Term, texts: int) -> float:
        forms = self._forms[term.stem].keys()
        holding = sum(not forms.isdisjoint(held) for held in self._holders) if forms else 0
        return term.worth * (math.log(1 + (texts + 1) / (holding + 1)) + _REQUIRED * term.required)


def _forms(term: Term, words: frozenset[str], spelling: Spelling | None) -> Mapping[str, float]:
    """Words that say the term, each with its credit."""
    stem = term.stem
    found = dict.fromkeys(_other_forms(stem, words), _OTHER_FORM) if stem.isalpha() else {}
    found |= dict.fromkeys(synonyms_of(stem) & words, _SYNONYM)
    if stem in words:
        found[stem] = 1.0
    if not found and not term.required and len(stem) >= _SHORTEST_PART and stem.isalpha():
        found = {word: _PART for word in words if _is_compound(stem, word)}
    if not found and spelling is not None and (meant := spelling(term.word, stem, words)):
        found = {meant: _MISSPELT}
    return found


def _other_forms(stem: str, words: frozenset[str]) -> Iterator[str]:
    beginning = stem[:_SHORTEST_PREFIX]
    if len(beginning) == _SHORTEST_PREFIX:
        yield from (word for word in words if word.startswith(beginning) and _is_form(stem, word))


def _is_form(stem: str, word: str) -> bool:
    """As "verify" and "verification" are forms of one word, but "pass" and "password" are not."""
    if abs(len(stem) - len(word)) > _MAX_REST or stem == word:
        return False
    shorter, longer = sorted((stem, word), key=len)
    rest = _REST_OF_SHORT if len(shorter) <= _SHORTEST_PREFIX else _MAX_REST
    return len(shorter) >= _SHORTEST_PREFIX and len(longer) - len(shorter) <= rest and longer.startswith(shorter)


def _is_compound(stem: str, word: str) -> bool:
    """Whether the word holds the stem, or is its last part, which says what a compound is."""
    if not word.isalpha() or len(word) < _SHORTEST_PART or len(word) == len(stem):
        return False
    return stem in word or stem.endswith(word)
