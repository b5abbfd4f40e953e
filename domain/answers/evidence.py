"""Units measured against a question: how much of it each says, itself and by what it is about."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from domain.answers.fitness import fitness, says_little
from domain.answers.question import Question
from domain.answers.ranges import Bounds, holds_name, ranges_in
from domain.answers.units import Section, Unit, read_sections
from domain.answers.vocabulary import Spelling, Vocabulary
from domain.base import Value
from domain.knowledge.headings import PATH_SEPARATOR
from domain.text.synonyms import meaning_words

SAID: Final = 0.48
"""The credit from which on a unit says a word of the question, itself or by what it is about."""

# Where a word of the question may stand, and what it counts there.
_OWN: Final = 1.0
_HEADING: Final = 0.95
_LEAD: Final = 0.95
_ABOVE: Final = 0.85
_TITLE: Final = 0.8
_NEIGHBOUR: Final = 0.6
_SECTION: Final = 0.35
_OWN_STEP: Final = 0.75
_OF_STEPS: Final = 0.7
"""Of the section, where steps are asked for: no step says what all of them are for."""

_LIKENESS: Final = 0.8
_FITNESS: Final = 0.35
_RANK: Final = 0.12
_RANK_DECAY: Final = 0.5
_UNKNOWN_LIKENESS: Final = 0.3
_RANGE: Final = 0.15
_LITTLE: Final = 0.4
_MAX_SENTENCE: Final = 700
"""Characters; what is longer is no sentence, but a log or what is left of a layout."""
_NAMED_ROW: Final = 0.1


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


class Place(NamedTuple):
    words: frozenset[str]
    worth: float


class Candidate:
    """A unit of a passage. ``index`` is its number within its section."""

    def __init__(self, passage: PassageExcerpt, rank: int, section: Section, index: int, wants_steps: bool) -> None:
        self.passage = passage
        self.rank = rank
        self.section = section
        self.index = index
        self.unit: Unit = section.units[index]
        self.places = tuple(_places(passage, section, index, wants_steps))
        self.words = frozenset().union(*(place.words for place in self.places))
        self.credits: dict[str, float] = {}
        self.own: dict[str, float] = {}
        self.coverage = self.own_coverage = self.fitness = self.score = 0.0
        self.range: Bounds | None = None
        self.outside = False
        self.cosine: float | None = None

    def measure(self, question: Question, vocabulary: Vocabulary) -> None:
        for term in question.terms:
            stem = term.stem
            self.credits[stem] = max(place.worth * vocabulary.credit(stem, place.words) for place in self.places)
            self.own[stem] = vocabulary.credit(stem, self.places[0].words)
        if question.figures:
            self._look_for_ranges(question)
        if question.calendar:
            self._look_for_seasons(question)
        total = vocabulary.total or 1.0
        self.coverage = sum(vocabulary.weights[stem] * credit for stem, credit in self.credits.items()) / total
        self.own_coverage = sum(vocabulary.weights[stem] * credit for stem, credit in self.own.items()) / total
        self.cosine = self.passage.cosine_at(self.unit.start, self.unit.end)
        self.fitness = fitness(question, self.unit, self.section)
        likeness = max(0.0, _UNKNOWN_LIKENESS if self.cosine is None else self.cosine)
        self.score = (
            self.coverage
            + 0.15 * self.own_coverage
            + _LIKENESS * likeness
            + _FITNESS * self.fitness
            + _RANK / (1 + _RANK_DECAY * self.rank)
            + _RANGE * (self.range is not None)
            - _RANGE * self.outside
            + _NAMED_ROW * self._is_named(vocabulary)
            - _LITTLE * says_little(self.unit, vocabulary.said)
        )

    def _is_named(self, vocabulary: Vocabulary) -> bool:
        """Whether the question names the row, by all of the words in its first cell."""
        cells = self.unit.cells
        return len(cells) > 1 and bool(words := meaning_words(cells[0].text)) and words <= vocabulary.said

    def _look_for_ranges(self, question: Question) -> None:
        """A number is said by a range that holds it; one that only ranges without it stand against is not."""
        ranges = ranges_in(self.unit.text)
        for number in question.figures:
            holding = [bounds for bounds in ranges if bounds.hold(number)]
            if holding:
                self.range = min(holding, key=lambda bounds: bounds.width)
            stem = f"{number:g}"
            if ranges and stem in self.own:
                self.credits[stem] = self.own[stem] = max(self.own[stem], 1.0 if holding else 0.0)
        self.outside = bool(ranges) and self.range is None

    def _look_for_seasons(self, question: Question) -> None:
        """A day or a month is said by "Monday to Friday" too; a unit about other days is about something else."""
        for stem, name in question.calendar:
            holds = holds_name(self.unit.text, name)
            if holds:
                self.credits[stem] = self.own[stem] = 1.0
            elif holds is False:
                self.credits[stem] = self.own[stem] = 0.0
                self.outside = True


class Evidence:
    """All units of the passages, given best first, measured against one question; best first."""

    def __init__(
        self, question: Question, passages: Sequence[PassageExcerpt], spelling: Spelling | None = None
    ) -> None:
        self.question = question
        self.candidates = [
            Candidate(passage, rank, section, index, question.wants_steps)
            for rank, passage in enumerate(passages)
            for section in read_sections(passage.text, passage.path)
            for index, unit in enumerate(section.units)
            if unit.kind != "sentence" or len(unit.text) <= _MAX_SENTENCE
        ]
        self.vocabulary = Vocabulary(question.terms, [one.words for one in self.candidates], spelling)
        for one in self.candidates:
            one.measure(question, self.vocabulary)
        self.candidates.sort(key=lambda one: -one.score)

    def missing(self, *units: Candidate) -> list[str]:
        """The words of the question that none of the units says, most telling first."""
        credit = {
            term.stem: max((one.credits[term.stem] for one in units), default=0.0) for term in self.question.terms
        }
        lacking = [term for term in self.question.terms if credit[term.stem] < _NEIGHBOUR * 0.8]
        return [term.word for term in sorted(lacking, key=lambda term: -self.vocabulary.weights[term.stem])]


def _places(passage: PassageExcerpt, section: Section, index: int, wants_steps: bool) -> Iterator[Place]:
    """Where a unit's words stand: its own first."""
    unit = section.units[index]
    own = meaning_words(unit.text)
    if unit.cells:
        own |= meaning_words(" ".join(cell.header for cell in unit.cells if cell.text))
    yield Place(own, _OWN_STEP if wants_steps and unit.kind == "step" else _OWN)
    if section.headings:
        yield Place(meaning_words(section.headings[-1]), _HEADING)
        yield Place(meaning_words(" ".join(section.headings[:-1])), _ABOVE)
    yield Place(meaning_words(passage.title), _TITLE)
    if unit.lead:
        yield Place(meaning_words(unit.lead), _LEAD)
    if index and section.units[index - 1].group == unit.group and unit.kind == "sentence":
        yield Place(meaning_words(section.units[index - 1].text), _NEIGHBOUR)
    yield Place(meaning_words(passage.text[section.start : section.end]), _OF_STEPS if wants_steps else _SECTION)
