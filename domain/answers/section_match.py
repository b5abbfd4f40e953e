"""Which section of which passage answers a question.

The words of the headings and of the text decide; the place of the passage and its best span tip the scales.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Final

from domain.answers.question_words import QuestionWords
from domain.answers.sections import Section, Statement, StatementKind, read_sections
from domain.base import Value
from domain.knowledge.headings import PATH_SEPARATOR
from domain.text.stems import stem_set

# Set by hand on the demonstration pack's questions, those that have no answer among them; what makes a section relevant
# also on questions whose document was removed (docs/adr/0010).
_HEADING_ABOVE: Final = 0.6
_BODY: Final = 0.5
_BODY_WITHOUT_HEADING: Final = 0.85
_LEAST_MATCH: Final = 0.4
_LEAST_MATCH_AND_SIMILARITY: Final = 0.7
_LIKELY_SIMILARITY: Final = 0.4
_UNRELATED_SIMILARITY: Final = 0.2
_MOST_LIKENESS: Final = 0.25
_LIKENESS_WITHOUT_SIMILARITY: Final = 0.15
_SHARE_OF_SPAN_BELOW: Final = 0.6
_STEPS_BONUS: Final = 0.25
_ENOUGH_STEPS: Final = 3
_QUESTION_BONUS: Final = 0.2
_MEANING_BONUS: Final = 0.3
_PLACE_BONUS: Final = 0.25
_PLACE_DECAY: Final = 0.25
_LINE_SPAN_BONUS: Final = 0.15


class PassageExcerpt(Value):
    """A passage to answer from. ``number`` is its place among them; the span's offsets are relative to ``text``.

    ``title`` and ``section_heading`` (the path of headings at the passage's start) give meaning to a passage that
    begins in the middle of a document; ``similarity`` is the cosine of its best span to the question.
    """

    number: int
    text: str
    span_start: int
    span_end: int
    score: float
    title: str = ""
    section_heading: str = ""
    similarity: float | None = None


class SectionMatch:
    """One section of one passage, measured against the question.

    ``position`` is its number among all sections of all passages, ``place`` that of its passage, best first.
    """

    def __init__(
        self, passage: PassageExcerpt, section: Section, words: QuestionWords, position: int, place: int
    ) -> None:
        self.passage = passage
        self.section = section
        self.position = position
        self.steps_within = min(_ENOUGH_STEPS, sum(said.kind == "step" for said in section.statements))
        self.span_below: SectionMatch | None = None
        self._words = words
        self._place = place

    @cached_property
    def match(self) -> float:
        """How much of the question the section takes up, in [0, 1]."""
        above = stem_set(" ".join((self.passage.title, *self.section.headings[:-1])))
        body = stem_set(self.passage.text[self.section.start : self.section.end])
        worth = _BODY if self.section.headings else _BODY_WITHOUT_HEADING
        own = stem_set(self.section.headings[-1]) if self.section.headings else ()
        return self._words.coverage((own, 1.0), (above, _HEADING_ABOVE), (body, worth))

    @cached_property
    def heading_match(self) -> float:
        """How much of the question its own heading takes up, in [0, 1]."""
        return self.coverage(self.section.headings[-1]) if self.section.headings else 0.0

    @property
    def holds_span(self) -> bool:
        return self.section.start < self.passage.span_end and self.passage.span_start < self.section.end

    @property
    def is_relevant(self) -> bool:
        """By its words, or by its words and the likeness of its meaning together."""
        if self.match >= _LEAST_MATCH:
            return True
        return self.holds_span and self.match + self._similarity >= _LEAST_MATCH_AND_SIMILARITY

    @cached_property
    def rank(self) -> float:
        bonus = self.likeness + _PLACE_BONUS / (1 + _PLACE_DECAY * self._place)
        if self._words.wants_steps:
            bonus += _STEPS_BONUS * self.steps_within / _ENOUGH_STEPS
        elif self.section.headings and self.section.headings[-1].endswith("?"):
            bonus += _QUESTION_BONUS
        if self._words.wants_meaning and any(map(self._says_what_it_is, self.section.statements)):
            bonus += _MEANING_BONUS
        return self.match + bonus

    @property
    def likeness(self) -> float:
        """What it is worth that the best span lies here, or right below."""
        if not self.holds_span:
            return _SHARE_OF_SPAN_BELOW * self.span_below.likeness if self.span_below else 0.0
        if self.passage.similarity is None:
            return _LIKENESS_WITHOUT_SIMILARITY
        return min(_MOST_LIKENESS, max(0.0, self._similarity - _UNRELATED_SIMILARITY))

    @property
    def _similarity(self) -> float:
        return self.passage.similarity or 0.0

    def has(self, kind: StatementKind) -> bool:
        return any(statement.kind == kind for statement in self.section.statements)

    def coverage(self, text: str) -> float:
        """The share of the question that ``text`` takes up, in [0, 1]."""
        return self._words.coverage((stem_set(text), 1.0))

    def worth(self, statement: Statement) -> float:
        """What a statement is worth by itself; lying in the best span counts where the index is sure of that span."""
        coverage = self.coverage(statement.text)
        in_span = statement.start < self.passage.span_end and self.passage.span_start < statement.end
        is_sure = coverage > 0 or (
            self._similarity >= _LIKELY_SIMILARITY and self.match + self._similarity >= _LEAST_MATCH_AND_SIMILARITY
        )
        return coverage + _LINE_SPAN_BONUS * (in_span and is_sure)

    def _says_what_it_is(self, statement: Statement) -> bool:
        subject = statement.subject
        return subject is not None and self.coverage(subject) >= 1.0


class SectionMatches:
    """Every section of the passages, measured against one question."""

    def __init__(self, question: str, passages: Sequence[PassageExcerpt]) -> None:
        sections = [
            (passage, section, place)
            for place, passage in enumerate(passages)
            for section in read_sections(passage.text, _path(passage))
        ]
        words = QuestionWords(question, (_words_of(passage, section) for passage, section, _ in sections))
        self.wants_steps = words.wants_steps
        self._matches = [
            SectionMatch(passage, section, words, position, place)
            for position, (passage, section, place) in enumerate(sections)
        ]
        for match in reversed(self._matches):
            self._tell_parent(match)

    def relevant(self) -> list[SectionMatch]:
        """Those that may answer the question, best first."""
        return sorted((match for match in self._matches if match.is_relevant), key=lambda match: -match.rank)

    def source_for(self, match: SectionMatch) -> SectionMatch:
        """The section itself, or the one below or above that has what it lacks: the steps asked for, or any text."""
        if match.has("step") or (match.section.statements and not self.wants_steps):
            return match
        below = list(self._below(match))
        if with_steps := [other for other in below if other.has("step")]:
            return max(with_steps, key=lambda other: other.rank)
        above = self._parent(match)
        if above is not None and above.has("step") and above.match >= match.match:
            return above
        return match if match.section.statements else max(below, key=lambda other: other.rank, default=match)

    def _tell_parent(self, match: SectionMatch) -> None:
        parent = self._parent(match)
        if parent is None:
            return
        parent.steps_within = max(parent.steps_within, match.steps_within)
        # A document's first heading stands above everything: a span below it says nothing.
        if match.holds_span and parent.section.level > 1:
            parent.span_below = match

    def _below(self, match: SectionMatch) -> Iterator[SectionMatch]:
        """The sections under its heading, as far as the passage holds them."""
        for other in self._matches[match.position + 1 :]:
            if other.passage is not match.passage or other.section.level <= match.section.level:
                return
            yield other

    def _parent(self, match: SectionMatch) -> SectionMatch | None:
        for position in range(match.position - 1, -1, -1):
            other = self._matches[position]
            if other.passage is not match.passage:
                return None
            if other.section.level < match.section.level:
                return other
        return None


def _path(passage: PassageExcerpt) -> tuple[str, ...]:
    return tuple(filter(None, passage.section_heading.split(PATH_SEPARATOR)))


def _words_of(passage: PassageExcerpt, section: Section) -> Collection[str]:
    return stem_set(passage.text[section.start : section.end])
