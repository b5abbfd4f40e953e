"""Whether a unit has what a question of a form asks for: steps, a figure, a time, a person, a definition."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from domain.answers.forms import Form
from domain.answers.question import Question
from domain.answers.units import Section, Unit
from domain.text.synonyms import meaning_words


def _any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_NUMBER: Final = (
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|half|free|no\s+limit|unlimited"
    r"|zero|ein|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|kostenlos|gratis|deux|trois|quatre|cinq|dos|tres"
    r"|cuatro|cinco|seis)\b|[一二三四五六七八九十百千两])"
)
_AMOUNT: Final = _any_of(_NUMBER)
_UNIT_OF_TIME: Final = (
    r"(?:m?s|secs?|seconds?|min|minutes?|h|hours?|days?|weeks?|months?|years?|sekunden?|minuten?|stunden?|tagen?|tage"
    r"|wochen?|monaten?|monate|jahren?|jahre|jours?|semaines?|mois|ans?|días?|semanas?|mes(?:es)?|años?|characters?"
    r"|zeichen)\b"
)
_DURATION: Final = _any_of(
    rf"{_NUMBER}[^.;|]{{0,24}}?\b{_UNIT_OF_TIME}",
    r"\b(?:daily|weekly|monthly|yearly|hourly|permanently|forever|immediately)\b",
    r"[一二三四五六七八九十百千两\d]\s?(?:天|年|个月|小时|分钟|日|時間)",
)
_TIME: Final = _any_of(
    r"\d{1,2}[:.]\d\d",
    r"\b\d{1,2}\s?(?:am|pm|uhr|h)\b",
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
    r"\b(?:noon|midnight)\b",
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    r"\b(?:19|20)\d\d\b",
    r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\b",
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b",
    r"\b(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b",
    r"\b(?:first|last)\s+(?:\w+\s+)?day\b",
    r"\b\d+\.\s",
)
_OCCASION: Final = _any_of(r"\b(?:when|as\s+soon\s+as|once|after|before|until|every|each|sobald|wenn|nach|vor|bis)\b")
_PERSON: Final = re.compile(
    r"(?<![.?!]\s)(?<!^)\b[A-Z][a-zà-ÿ]+|\b(?:manager|lead|head|owner|admin|team|director|officer|desk)\b"
)
_PLACE: Final = re.compile(
    r"\b(?:in|at|on|under|to|im|am|in\s+der|beim|à|en|dans)\s+(?:the\s+)?[`*\"A-Z0-9/]|→|/\w|\bstreet\b|\bfloor\b"
)
_REASON: Final = _any_of(r"\b(?:because|since|so\s+that|therefore|reason|due\s+to|weil|damit|car|porque)\b")
_IS: Final = _any_of(r"\s(?:is|are|means?|stands\s+for|refers\s+to|ist|sind|bedeutet|est|sont|es|son|è)\s")
_ANNOUNCES: Final = _any_of(
    r"\b(?:following|next)\s+(?:table|list|section|chapter|steps|pages?|figure)",
    r"\b(?:table|list|figure)\s+(?:below|shows|lists)",
    r"\b(?:this|the)\s+(?:page|guide|chapter|section|document|article)\s+(?:explains|describes|shows|lists|tells|covers)\b",
)
_MAX_SENTENCE: Final = 500
_MAX_SUBJECT: Final = 70
_ENOUGH_STEPS: Final = 2
_NEW_WORDS: Final = 2
_ANY: Final = 0.5
_ROW_OF_STEPS: Final = 0.3
"""A table of troubles has what to do in a cell."""


def fitness(question: Question, unit: Unit, section: Section) -> float:
    """In [0, 1]; a half for a form that any unit fits."""
    judge = _JUDGES.get(question.form)
    return judge(question, unit, section) if judge else _ANY


def says_little(unit: Unit, asked: frozenset[str]) -> bool:
    """Whether the unit only announces what follows, repeats the words of the question, or is no sentence at all."""
    if unit.kind == "code":
        return False
    if unit.kind == "row":
        return sum(bool(cell.text) for cell in unit.cells) < _NEW_WORDS
    if _ANNOUNCES.search(unit.text) or len(unit.text) > _MAX_SENTENCE:
        return unit.kind == "sentence"
    has_news = len(meaning_words(unit.text) - asked) >= _NEW_WORDS or _AMOUNT.search(unit.text) is not None
    return unit.kind == "sentence" and not has_news


def _steps(question: Question, unit: Unit, section: Section) -> float:
    if unit.kind != "step":
        return _ROW_OF_STEPS if unit.kind == "row" else _ANY
    # One step seldom says what all of them are for.
    above = meaning_words(" ".join((unit.lead, *section.headings)))
    if question.terms and not any(term.stem in above for term in question.terms):
        return 0.3
    return 1.0 if sum(one.group == unit.group for one in section.units) >= _ENOUGH_STEPS else 0.6


def _definition(question: Question, unit: Unit, section: Section) -> float:
    topic = {term.stem for term in question.terms}
    verb = _IS.search(unit.text, 0, _MAX_SUBJECT)
    if verb and topic and topic <= meaning_words(unit.text[: verb.start()]):
        return 1.0
    if unit.cells and topic & meaning_words(unit.cells[0].text):
        return 0.9
    heads = bool(section.units) and section.units[0].start == unit.start
    return 0.8 if heads and section.headings and topic <= meaning_words(section.headings[-1]) else 0.3


def _duration(_: Question, unit: Unit, __: Section) -> float:
    return 1.0 if _DURATION.search(unit.text) else 0.3 * bool(_AMOUNT.search(unit.text))


def _when(_: Question, unit: Unit, __: Section) -> float:
    if _TIME.search(unit.text):
        return 1.0
    return 0.5 if _OCCASION.search(unit.text) or _DURATION.search(unit.text) else 0.0


def _list(_: Question, unit: Unit, __: Section) -> float:
    return 1.0 if unit.kind in ("bullet", "row", "step") else 0.4


def _code(_: Question, unit: Unit, __: Section) -> float:
    return 1.0 if unit.kind == "code" or "`" in unit.text else 0.0


def _having(pattern: re.Pattern[str], without: float = 0.0) -> Callable[[Question, Unit, Section], float]:
    return lambda _, unit, __: 1.0 if pattern.search(unit.text) else without


_JUDGES: Final[Mapping[Form, Callable[[Question, Unit, Section], float]]] = MappingProxyType(
    {
        Form.HOW: _steps,
        Form.WHAT_IS: _definition,
        Form.AMOUNT: _having(_AMOUNT),
        Form.DURATION: _duration,
        Form.WHEN: _when,
        Form.WHO: _having(_PERSON),
        Form.WHERE: _having(_PLACE),
        Form.WHY: _having(_REASON, without=0.3),
        Form.LIST: _list,
        Form.CODE: _code,
    }
)
