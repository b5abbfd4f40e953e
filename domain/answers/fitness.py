"""Whether a unit has what a question of a form asks for: steps, a figure, a time, a person, a definition."""

import re
from typing import Final

from domain.answers.question import Form, Question
from domain.answers.units import Section, Unit
from domain.text.synonyms import meaning_words

_NUMBERS: Final = (
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|half|free|no\s+limit|unlimited|zero"
    r"|ein|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|kostenlos|gratis|deux|trois|quatre|cinq|dos|tres|cuatro"
    r"|cinco|seis)\b)"
)
_AMOUNT: Final = re.compile(_NUMBERS, re.IGNORECASE)
_DURATION: Final = re.compile(
    rf"{_NUMBERS}[^.;|]{{0,24}}?\b(?:m?s|secs?|seconds?|min|minutes?|h|hours?|days?|weeks?|months?|years?|sekunden?|minuten?|stunden?"
    r"|tagen?|tage|wochen?|monaten?|monate|jahren?|jahre|jours?|semaines?|mois|ans?|días?|semanas?|mes(?:es)?|años?|characters?|zeichen)\b"
    r"|\b(?:daily|weekly|monthly|yearly|hourly|permanently|forever|immediately)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\d{1,2}[:.]\d\d|\b\d{1,2}\s?(?:am|pm|uhr|h)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bnoon\b|\bmidnight\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b(?:19|20)\d\d\b"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\b|\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche)\b|\b(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b|\b(?:first|last)\s+(?:\w+\s+)?day\b|\b\d+\.\s",
    re.IGNORECASE,
)
_OCCASION: Final = re.compile(r"\b(?:when|as soon as|once|after|before|until|every|each|sobald|wenn|nach|vor|bis)\b", re.IGNORECASE)
_PERSON: Final = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][a-zà-ÿ]+|\b(?:manager|lead|head|owner|admin|team|director|officer|desk)\b")
_PLACE: Final = re.compile(r"\b(?:in|at|on|under|to|im|am|in der|beim|à|en|dans)\s+(?:the\s+)?[`*\"A-Z0-9/]|→|/\w|\bstreet\b|\bfloor\b")
_REASON: Final = re.compile(r"\b(?:because|since|so that|therefore|reason|due to|weil|damit|car|porque)\b", re.IGNORECASE)
_IS: Final = re.compile(r"\s(?:is|are|means?|stands\s+for|refers\s+to|ist|sind|bedeutet|est|sont|es|son|è)\s", re.IGNORECASE)
_ANNOUNCES: Final = re.compile(
    r"\b(?:the\s+)?(?:following|next)\s+(?:table|list|section|chapter|steps|pages?|figure)|\b(?:table|list|figure)\s+(?:below|shows|lists)"
    r"|\b(?:this|the)\s+(?:page|guide|chapter|section|document|article)\s+(?:explains|describes|shows|lists|tells|covers|contains)\b",
    re.IGNORECASE,
)
_MAX_SENTENCE: Final = 500
_MAX_SUBJECT: Final = 70
_ENOUGH_STEPS: Final = 2


def fitness(question: Question, unit: Unit, section: Section) -> float:
    """In [0, 1]; a half for a form that any unit fits."""
    text = unit.text
    match question.form:
        case Form.HOW:
            return _steps(question, unit, section)
        case Form.WHAT_IS:
            return _definition(question, unit, section)
        case Form.AMOUNT:
            return 1.0 if _AMOUNT.search(text) else 0.0
        case Form.DURATION:
            return 1.0 if _DURATION.search(text) else 0.3 * bool(_AMOUNT.search(text))
        case Form.WHEN:
            return 1.0 if _TIME.search(text) else 0.5 * bool(_OCCASION.search(text) or _DURATION.search(text))
        case Form.WHO:
            return 1.0 if _PERSON.search(text) else 0.0
        case Form.WHERE:
            return 1.0 if _PLACE.search(text) else 0.0
        case Form.WHY:
            return 1.0 if _REASON.search(text) else 0.3
        case Form.LIST:
            return 1.0 if unit.kind in ("bullet", "row", "step") else 0.4
        case Form.CODE:
            return 1.0 if unit.kind == "code" or "`" in text else 0.0
        case _:
            return 0.5


def says_little(unit: Unit, asked: frozenset[str]) -> bool:
    """Whether the unit only announces what follows, repeats the words of the question, or is no sentence at all."""
    if unit.kind == "row":
        return len([cell for cell in unit.cells if cell.text]) < 2  # noqa: PLR2004 # a name without a value
    if unit.kind == "code":
        return False
    if len(unit.text) > _MAX_SENTENCE and unit.kind == "sentence":
        return True
    if _ANNOUNCES.search(unit.text):
        return True
    return unit.kind == "sentence" and len(meaning_words(unit.text) - asked) < 2 and not _AMOUNT.search(unit.text)  # noqa: PLR2004


def _steps(question: Question, unit: Unit, section: Section) -> float:
    if unit.kind == "row":
        return 0.0
    if unit.kind != "step":
        return 0.5
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
    heads = section.units and section.units[0].start == unit.start
    if heads and section.headings and topic <= meaning_words(section.headings[-1]):
        return 0.8
    return 0.3
