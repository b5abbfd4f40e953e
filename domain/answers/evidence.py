"""Units measured against a question: how much of it each says, itself and by what it is about."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.answers.fitness import fitness, says_little
from domain.answers.forms import Form
from domain.answers.negation import is_negative
from domain.answers.places import PlacedUnit, Where, placed_units
from domain.answers.question import Question
from domain.answers.ranges import Bounds, holds_name, ranges_in
from domain.answers.units import Section, Unit
from domain.answers.vocabulary import Spelling, Vocabulary
from domain.base import Value
from domain.knowledge.headings import PATH_SEPARATOR
from domain.text.synonyms import meaning_words

SAID: Final = 0.48
"""The credit from which on a unit says a word of the question, itself or by what it is about."""

# What a word of the question counts in each place. Of steps, none says what all of them are for.
_WORTH: Final[Mapping[Where, float]] = MappingProxyType(
    {
        Where.OWN: 1.0,
        Where.HEADING: 0.95,
        Where.LEAD: 0.95,
        Where.ABOVE: 0.85,
        Where.TITLE: 0.8,
        Where.NEIGHBOUR: 0.6,
        Where.SECTION: 0.35,
    }
)
_WORTH_FOR_STEPS: Final = MappingProxyType({**_WORTH, Where.SECTION: 0.7})
_OWN_STEP: Final = 0.75
_OWN_CODE: Final = 0.6
"""Code holds many words and says little with them."""

_OWN_COVERAGE: Final = 0.15
LIKENESS: Final = 0.8
FITNESS: Final = 0.35
_RANK: Final = 0.12
_RANK_DECAY: Final = 0.5
_UNKNOWN_LIKENESS: Final = 0.3
_RANGE: Final = 0.15
_LOOKED_AT_CLOSELY: Final = 64
_LITTLE: Final = 0.4
_NAMED_ROW: Final = 0.1
_NAMED_PAGE: Final = 0.2
_LEAD_OF_PAGE: Final = 0.3
_LEADING: Final = frozenset(
    ("", "description", "overview", "introduction", "summary", "about", "purpose", "beschreibung", "überblick")
)
_AFFIRMS: Final = 0.3


class SpanCosine(NamedTuple):
    """Offsets are relative to the passage's text."""

    start: int
    end: int
    cosine: float


class PassageExcerpt(Value):
    """A passage to answer from. ``number`` is its place among those found, from 1.

    ``title`` and ``section_heading`` (the path of headings at the passage's start) give meaning to a passage that
    begins in the middle of a document.
    """

    number: int
    text: str
    title: str = ""
    section_heading: str = ""
    cosines: tuple[SpanCosine, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(filter(None, self.section_heading.split(PATH_SEPARATOR)))

    def cosine_at(self, start: int, end: int) -> float | None:
        """Of the most like span that overlaps the range; None where none was compared."""
        return max((one.cosine for one in self.cosines if one.start < end and start < one.end), default=None)


class Candidate:
    """A unit of a passage, measured. ``rank`` is the place of its passage from 0, ``index`` its number within its
    section; ``credits`` and ``own`` are how well the unit with its context, and by itself, says each term."""

    def __init__(self, passage: PassageExcerpt, rank: int, placed: PlacedUnit) -> None:
        self.passage = passage
        self.rank = rank
        self.section: Section = placed.section
        self.index = placed.at
        self.unit: Unit = placed.section.units[placed.at]
        self.words = placed.words
        self.credits: dict[str, float] = {}
        self.own: dict[str, float] = {}
        self.coverage = self.own_coverage = self.fitness = self.score = 0.0
        self.range: Bounds | None = None
        self.cosine: float | None = None
        self._places = placed.places
        self._is_about_others = False

    def measure(self, question: Question, vocabulary: Vocabulary) -> None:
        self._credit(question, vocabulary)
        if question.figures:
            self._look_for_ranges(question)
        if question.calendar:
            self._look_for_days(question)
        self.coverage = vocabulary.share(self.credits)
        self.own_coverage = vocabulary.share(self.own)
        self.cosine = self.passage.cosine_at(self.unit.start, self.unit.end)
        self.score = (
            self.coverage
            + _OWN_COVERAGE * self.own_coverage
            + LIKENESS * max(0.0, _UNKNOWN_LIKENESS if self.cosine is None else self.cosine)
            + worth_of_rank(self.rank)
        )

    def look_closer(self, question: Question, vocabulary: Vocabulary) -> None:
        """Whether it is what was asked for: the costlier part of the score."""
        self.fitness = fitness(question, self.unit, self.section)
        worth_of_page = self._worth_of_page(question)
        page = self._is_page_of(vocabulary) if worth_of_page else 0.0
        if question.form is Form.WHAT_IS and self.leads_page:
            self.fitness = max(self.fitness, page)
        self.score += (
            FITNESS * self.fitness
            + _RANGE * ((self.range is not None) - self._is_about_others)
            + _NAMED_ROW * self._is_named(vocabulary)
            + worth_of_page * page
            - _LITTLE * says_little(self.unit, vocabulary.said)
            - _AFFIRMS * self.affirms(question)
        )

    def _credit(self, question: Question, vocabulary: Vocabulary) -> None:
        self.credits = dict.fromkeys(vocabulary.weights, 0.0)
        self.own = dict(self.credits)
        if vocabulary.said.isdisjoint(self.words):
            return
        worth = _WORTH_FOR_STEPS if question.wants_steps else _WORTH
        for where, words in self._places:
            for stem, credit in vocabulary.credits(words):
                counts = worth[where]
                if where is Where.OWN:
                    self.own[stem] = credit
                    counts = self._worth_of_own(question)
                self.credits[stem] = max(self.credits[stem], counts * credit)

    @property
    def leads_page(self) -> bool:
        """Whether it is the first sentence of what a page says of its subject."""
        first = next((at for at, unit in enumerate(self.section.units) if unit.kind == "sentence"), None)
        heading = self.section.headings[-1].casefold() if self.section.headings else ""
        return self.index == first and (heading in _LEADING or heading == self.passage.title.casefold())

    def _worth_of_page(self, question: Question) -> float:
        if question.form in (Form.HOW, Form.OPEN):
            return 0.0
        return _NAMED_PAGE + _LEAD_OF_PAGE * self.leads_page

    def _is_page_of(self, vocabulary: Vocabulary) -> float:
        """How far the title of the page is what is asked about, and nothing more: in [0, 1]."""
        title = meaning_words(self.passage.title)
        if not title:
            return 0.0
        return vocabulary.share_of(title) * len(title & vocabulary.said) / len(title)

    def affirms(self, question: Question) -> bool:
        """Whether it says that what is asked for as not so is so."""
        if question.wants_steps or not question.is_negative:
            return False
        return not is_negative(f"{self.unit.lead} {self.unit.text}")

    def _worth_of_own(self, question: Question) -> float:
        if self.unit.kind == "code":
            return _WORTH[Where.OWN] if question.form is Form.CODE else _OWN_CODE
        return _OWN_STEP if self.unit.kind == "step" and question.wants_steps else _WORTH[Where.OWN]

    def _is_named(self, vocabulary: Vocabulary) -> bool:
        """Whether the question names the row, by all of the words in its first cell."""
        cells = self.unit.cells
        return len(cells) > 1 and bool(words := meaning_words(cells[0].text)) and words <= vocabulary.said

    def _look_for_ranges(self, question: Question) -> None:
        """A number is said by a range that holds it; a unit of ranges without it is about other numbers."""
        ranges = ranges_in(self.unit.text)
        if not ranges:
            return
        for number in question.figures:
            holding = [bounds for bounds in ranges if bounds.hold(number)]
            if holding:
                self.range = min(holding, key=lambda bounds: bounds.width)
            if (stem := f"{number:g}") in self.own:
                self.credits[stem] = self.own[stem] = max(self.own[stem], 1.0 if holding else 0.0)
        self._is_about_others = self.range is None

    def _look_for_days(self, question: Question) -> None:
        """A day or a month is said by "Monday to Friday" too; a unit about other days is about something else."""
        for stem, name in question.calendar:
            holds = holds_name(self.unit.text, name)
            if holds is not None and stem in self.credits:
                self.credits[stem] = self.own[stem] = float(holds)
                self._is_about_others |= not holds


def worth_of_rank(rank: int) -> float:
    """Of a passage's place among those found, from 0."""
    return _RANK / (1 + _RANK_DECAY * rank)


class Evidence:
    """All units of the passages, given best first, measured against one question; best first."""

    def __init__(
        self, question: Question, passages: Sequence[PassageExcerpt], spelling: Spelling | None = None
    ) -> None:
        self.question = question
        self.candidates = [
            Candidate(passage, rank, placed)
            for rank, passage in enumerate(passages)
            for placed in placed_units(passage.text, passage.path, passage.title)
        ]
        self.vocabulary = Vocabulary(question.terms, [one.words for one in self.candidates], spelling)
        for one in self.candidates:
            one.measure(question, self.vocabulary)
        self.candidates.sort(key=lambda one: -one.score)
        for one in self.candidates[:_LOOKED_AT_CLOSELY]:
            one.look_closer(question, self.vocabulary)
        self.candidates.sort(key=lambda one: -one.score)

    def lead_of(self, best: Candidate) -> float:
        """How much higher it scores than the best unit of any other page; half of its score where there is none."""
        other = next((one for one in self.candidates if one.passage.title != best.passage.title), None)
        return best.score - other.score if other is not None else best.score / 2

    def missing(self, *units: Candidate) -> list[str]:
        """The words of the question that none of the units says, most telling first."""
        lacking = [term for term in self.question.terms if all(one.credits[term.stem] < SAID for one in units)]
        return [term.word for term in sorted(lacking, key=lambda term: -self.vocabulary.weights[term.stem])]
