"""What is asked: the form of a question, and the words that its answer has to be about."""

import re
from typing import Final, NamedTuple

from domain.answers.forms import Form, form_of
from domain.answers.negation import is_negative
from domain.answers.ranges import calendar_names_in, figures_in
from domain.answers.terms import Term, read_terms
from domain.text.stems import stems
from domain.text.stop_words import language_of

MAX_QUESTION: Final = 1_000
"""Characters of a question that are read."""
MAX_TERMS: Final = 32
_DETAIL: Final = re.compile(r"\(([^()]{1,200})\)\W*$")
_OF_DETAIL: Final = 1.5
_BESIDE_DETAIL: Final = 0.6
_WITH_HEAD: Final = (Form.AMOUNT, Form.WHO, Form.WHAT_IS)
_WITH_VERB: Final = (Form.OPEN, Form.WHEN)
_PASSIVE: Final = re.compile(r"\b(?:is|are|was|were)\b[^?]*\b([^\W\d_]{3,20}(?:ed|en))\W*$")


class Question(NamedTuple):
    """``detail``: stems of what a follow-up asks for in place of something that its question names too. ``figures``:
    numbers that may lie within a range of the text. ``calendar``: days of the week and months, as stem and name.
    ``is_negative``: what is asked is what is not so."""

    text: str
    form: Form
    terms: tuple[Term, ...]
    detail: frozenset[str] = frozenset()
    figures: tuple[float, ...] = ()
    calendar: tuple[tuple[str, str], ...] = ()
    is_negative: bool = False

    @property
    def wants_steps(self) -> bool:
        return self.form is Form.HOW

    @property
    def head(self) -> Term | None:
        """What is asked for: "floors" of "how many floors", "deputy" of "who is the deputy of", "founded" of "when was
        it founded"."""
        if self.form in _WITH_VERB and (passive := _PASSIVE.search(self.text.casefold())):
            return next((term for term in self.terms if term.word == passive.group(1)), None)
        if self.form not in _WITH_HEAD:
            return None
        first = min(self.terms, key=lambda term: _place(term, self.text), default=None)
        return first if first is not None and first.worth >= 1 else None


def read_question(message: str) -> Question:
    """Of a long message its beginning is read. A follow-up has what it asks for in brackets at its end."""
    text = " ".join(message[:MAX_QUESTION].split())
    language = language_of(text)
    terms = read_terms(text, language)
    detail = frozenset[str]()
    if follow_up := _DETAIL.search(text):
        detail = frozenset(term.stem for term in read_terms(follow_up.group(1), language))
        terms = _with_detail(terms, detail)
    return Question(
        text=text,
        form=form_of(text),
        terms=tuple(terms[:MAX_TERMS]),
        detail=detail,
        figures=_figures(text, terms),
        is_negative=is_negative(text),
        calendar=tuple((stem, name) for name in calendar_names_in(text) for stem in stems(name)),
    )


def _figures(text: str, terms: list[Term]) -> tuple[float, ...]:
    """Numbers that are no version and no part of a code."""
    named = {term.word for term in terms if term.required}
    return tuple(number for number in figures_in(text) if f"{number:g}" not in named)


def _with_detail(terms: list[Term], detail: frozenset[str]) -> list[Term]:
    """What the detail takes the place of is not known; a name gives way to a name."""
    names_one = any(term.required for term in terms if term.stem in detail)
    return [
        term._replace(worth=_OF_DETAIL)
        if term.stem in detail
        else term._replace(worth=_BESIDE_DETAIL, required=False, is_name=False)
        for term in terms
        if term.stem in detail or not (names_one and term.required)
    ]


def _place(term: Term, text: str) -> int:
    at = text.casefold().find(term.word)
    return at if at >= 0 else len(text)
