"""Summaries of a document: its title, what it begins with, and the first sentence of each section, word for word."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.answers.evidence import SAID, PassageExcerpt
from domain.answers.question import Question
from domain.answers.quoting import Quote
from domain.answers.units import Section, Unit, read_sections
from domain.answers.vocabulary import Spelling, Vocabulary
from domain.text.synonyms import meaning_words

MAX_SECTIONS: Final = 8
_LEAD_SENTENCES: Final = 2
_KINDS: Final = frozenset("page guide document report manual article text file handbook about".split())
_SURE: Final = 0.8
_UNSURE: Final = 0.2


class Summary(NamedTuple):
    quotes: tuple[Quote, ...]
    confidence: float
    missing: tuple[str, ...]


def summarised(question: Question, passages: Sequence[PassageExcerpt], spelling: Spelling | None) -> Summary | None:
    """Of the document whose title says most of the question; None if there is none."""
    terms = [term for term in question.terms if term.word not in _KINDS]
    titles = [meaning_words(one.title) for one in passages]
    vocabulary = Vocabulary(terms, titles, spelling)
    if not passages or not vocabulary.total:
        return None
    named = [vocabulary.share_of(words) for words in titles]
    best = max(range(len(passages)), key=lambda at: named[at])
    unsaid = [term for term in terms if vocabulary.credit(term.stem, titles[best]) < SAID]
    quotes = tuple(_quotes([one for one in passages if one.title == passages[best].title]))
    is_named = named[best] > 0 and not any(term.worth >= 1 for term in unsaid)
    return Summary(quotes, _SURE if quotes and is_named else _UNSURE, tuple(term.word for term in unsaid))


def _quotes(passages: Sequence[PassageExcerpt]) -> list[Quote]:
    """Passages come as they were found; a document is told from its beginning."""
    in_order = sorted(passages, key=lambda one: (len(one.path) > 1, one.number))
    sections = [(one, section) for one in in_order for section in read_sections(one.text, one.path) if section.units]
    quotes: list[Quote] = []
    seen: set[str] = set()
    for place, (passage, section) in enumerate(sections[:MAX_SECTIONS]):
        for unit in _telling(section)[: _LEAD_SENTENCES if place == 0 else 1]:
            if unit.text not in seen:
                seen.add(unit.text)
                quotes.append(_quote(passage, section, unit, is_lead=place == 0))
    return quotes


def _telling(section: Section) -> list[Unit]:
    sentences = [unit for unit in section.units if unit.kind == "sentence"]
    return sentences or [unit for unit in section.units if unit.kind != "code"]


def _quote(passage: PassageExcerpt, section: Section, unit: Unit, *, is_lead: bool) -> Quote:
    named = f"**{section.headings[-1]}:** " if section.headings and section.level > 1 and not is_lead else ""
    text = " ".join(f"{cell.header}: {cell.text}" for cell in unit.cells if cell.text) if unit.cells else unit.text
    return Quote(f"{named}{text}", passage.number, unit.start, unit.end, is_item=not is_lead)
