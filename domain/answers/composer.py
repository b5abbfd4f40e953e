"""Answers without a model: units taken word for word from the passages, each with its citation, or a refusal that says
what was not found."""

from collections.abc import Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Final

from domain.answers.confidence import confidence_of
from domain.answers.evidence import SAID, Candidate, Evidence, PassageExcerpt
from domain.answers.extremes import asks_for_extreme, extreme_row
from domain.answers.forms import Form
from domain.answers.items import without_item
from domain.answers.parts import parts_of, question_after_story
from domain.answers.question import MAX_QUESTION, Question, read_question
from domain.answers.quoting import Quote, Quoting, list_of, points_back
from domain.answers.ranges import figures_in
from domain.answers.rendering import Used, rendered
from domain.answers.step_lists import StepList, best_steps, heads
from domain.answers.summary import summarised
from domain.answers.units import UnitKind
from domain.answers.vocabulary import Spelling
from domain.base import Value

VERSION: Final = "units-1"
MAX_ITEMS: Final = 12
_WHOLE_LISTS: Final[Mapping[Form, tuple[UnitKind, ...]]] = MappingProxyType(
    {Form.HOW: ("step",), Form.LIST: ("step", "bullet")}
)
_NEARLY: Final = 0.03
_ADDS: Final = 0.12
_LEAST_OF_BEST: Final = 0.75
_MAX_TOGETHER: Final = 2
_MAX_COMPARED: Final = 3
_MAX_ROWS: Final = 3
_MAX_WHOLE: Final = 5
_MAX_WHOLE_CHARACTERS: Final = 600
_MAX_GOING_ON: Final = 2
_LOOKED_AT: Final = 60


class PartAnswer(Value):
    """An answer to one of the things that were asked. ``missing``: words of the question that it does not say."""

    question: str
    quotes: tuple[Quote, ...] = ()
    confidence: float = 0.0
    missing: tuple[str, ...] = ()


class Composed(Value):
    """Marker n of ``markdown`` cites ``used[n - 1]``. ``unanswered``: the parts that nothing was found for; of a
    question that has no answer, all."""

    markdown: str
    used: tuple[Used, ...]
    confidence: float
    answered: tuple[PartAnswer, ...]
    unanswered: tuple[PartAnswer, ...]


def compose(
    message: str, passages: Sequence[PassageExcerpt], minimum: float, spelling: Spelling | None = None
) -> Composed:
    """Answer from ``passages``, given best first, what can be answered with a confidence of ``minimum`` at least."""
    message, item = without_item(message[:MAX_QUESTION])
    parts = [_answer(read_question(message), passages, spelling)]
    if several := parts_of(message):
        split = [_answer(read_question(part), passages, spelling) for part in several]
        if any(one.confidence >= minimum for one in split) and _say_more(split, parts[0], minimum):
            parts = split
    elif parts[0].confidence < minimum and (asked := question_after_story(message)):
        # The numbers of the story choose among ranges.
        question = read_question(asked)._replace(figures=figures_in(message))
        alone = _answer(question, passages, spelling)
        parts = [alone] if alone.confidence >= minimum else parts
    if item is not None:
        parts = [_only(item, one) for one in parts]
    answered = [one for one in parts if one.quotes and one.confidence >= minimum]
    markdown, used = rendered([one.quotes for one in answered])
    return Composed(
        markdown=markdown,
        used=used,
        confidence=min((one.confidence for one in answered), default=parts[0].confidence),
        answered=tuple(answered),
        unanswered=tuple(one for one in parts if one not in answered),
    )


def _only(item: int, answer: PartAnswer) -> PartAnswer:
    """One item of the answer's list; nothing if it has no such item."""
    quotes = answer.quotes[item - 1 : item] if item > 0 else answer.quotes[item:]
    return answer.model_copy(update={"quotes": tuple(one._replace(is_item=False, is_step=False) for one in quotes)})


def _say_more(parts: Sequence[PartAnswer], whole: PartAnswer, minimum: float) -> bool:
    differ = len({(quote.number, quote.start) for one in parts for quote in one.quotes[:1]}) > 1
    mean = sum(one.confidence for one in parts) / len(parts)
    return differ or whole.confidence < minimum or mean > whole.confidence


def _answer(question: Question, passages: Sequence[PassageExcerpt], spelling: Spelling | None) -> PartAnswer:
    """The best answer there is, however good."""
    if question.form is Form.SUMMARY and (summary := summarised(question, passages, spelling)):
        return PartAnswer(question=question.text, **summary._asdict())
    evidence = Evidence(question, passages, spelling) if question.terms else None
    if evidence is None or not evidence.candidates:
        return PartAnswer(question=question.text, missing=tuple(term.word for term in question.terms))
    if steps := _steps(evidence):
        return PartAnswer(
            question=question.text,
            quotes=tuple(list_of(steps.best)[:MAX_ITEMS]),
            confidence=confidence_of(evidence, steps.section, steps.fitness),
            missing=tuple(evidence.missing(*steps.section)),
        )
    chosen = _chosen(evidence)
    return PartAnswer(
        question=question.text,
        quotes=tuple(_quotes(evidence, chosen)[:MAX_ITEMS]),
        confidence=confidence_of(evidence, chosen, chosen[0].fitness),
        missing=tuple(evidence.missing(*chosen)),
    )


def _steps(evidence: Evidence) -> StepList | None:
    if evidence.question.form not in (Form.HOW, Form.OPEN):
        return None
    steps = best_steps(evidence)
    return steps if steps is not None and (evidence.question.wants_steps or heads(steps, evidence)) else None


def _chosen(evidence: Evidence) -> list[Candidate]:
    """The best unit, and those that say what of the question it does not."""
    question, best = evidence.question, evidence.candidates[0]
    chosen = [best]
    if question.wants_steps:
        return chosen
    compares = question.form is Form.COMPARE
    if best.unit.kind == "row" and not compares:
        return chosen
    near = [
        one
        for one in evidence.candidates[1:_LOOKED_AT]
        # What other places say of the rest may be about something else.
        if (compares or one.section is best.section) and one.score >= _LEAST_OF_BEST * best.score
    ]
    if not compares:
        chosen += [one for one in near if _says_as_much(one, best)][: _MAX_TOGETHER - 1]
    while near and len(chosen) < (_MAX_COMPARED if compares else _MAX_TOGETHER):
        more = max(near, key=lambda one: _adds(one, chosen, evidence))
        if _adds(more, chosen, evidence) < _ADDS:
            break
        chosen.append(more)
    return chosen


def _says_as_much(one: Candidate, best: Candidate) -> bool:
    """As opening hours of the summer and of the winter do, each in a sentence."""
    return one.unit.kind == best.unit.kind and _covers_as_much(one, best) and one.fitness >= best.fitness


def _covers_as_much(one: Candidate, best: Candidate) -> bool:
    return one.own_coverage >= best.own_coverage - _NEARLY and one.coverage >= best.coverage - _NEARLY


def _adds(one: Candidate, chosen: Sequence[Candidate], evidence: Evidence) -> float:
    """The share of the question that the unit says beyond the others."""
    vocabulary = evidence.vocabulary
    held = {stem: max(other.credits[stem] for other in chosen) for stem in one.credits}
    return vocabulary.share({stem: max(0.0, credit - held[stem]) for stem, credit in one.credits.items()})


def _quotes(evidence: Evidence, chosen: Sequence[Candidate]) -> list[Quote]:
    question, best = evidence.question, chosen[0]
    quoting = Quoting(question, evidence.vocabulary)
    if best.unit.kind in _WHOLE_LISTS.get(question.form, ()):
        return list_of(best)
    if question.wants_steps and (whole := _short_section(best, evidence)):
        return [quoting.alone(one) for one in whole]
    if question.form is Form.COMPARE:
        in_order = sorted(chosen, key=lambda one: (one.passage.number, one.unit.start))
        return [quoting.alone(one) for first in in_order for one in _going_on(first, evidence)]
    if best.unit.kind == "row":
        rows = _rows_like(best, evidence)
        return [quoting.alone(one, is_item=len(rows) > 1) for one in rows]
    quotes = [quoting.alone(one) for one in sorted(chosen, key=lambda one: one.unit.start)]
    # A sentence that names the subject of another is quoted with it.
    return [one for one in quotes if not any(one.text in other.text for other in quotes if other is not one)]


def _short_section(best: Candidate, evidence: Evidence) -> list[Candidate]:
    """All units of the best one's section, if it is short: what to do is seldom said by one sentence of it."""
    units = best.section.units
    if len(units) > _MAX_WHOLE or sum(len(unit.text) for unit in units) > _MAX_WHOLE_CHARACTERS:
        return []
    return _in_section(best, evidence)


def _going_on(first: Candidate, evidence: Evidence) -> list[Candidate]:
    """The unit and the sentences after it that go on about the same."""
    found = [first]
    if first.unit.kind == "sentence":
        for one in _in_section(first, evidence):
            if one.index <= first.index:
                continue
            if one.unit.group != first.unit.group or not points_back(one.unit.text) or len(found) > _MAX_GOING_ON:
                break
            found.append(one)
    return found


def _in_section(best: Candidate, evidence: Evidence) -> list[Candidate]:
    same = (one for one in evidence.candidates if one.passage is best.passage and one.section is best.section)
    return sorted(same, key=lambda one: one.index)


def _rows_like(best: Candidate, evidence: Evidence) -> list[Candidate]:
    """Rows of the same table that say as much of the question, in order; of rows that are ranges, the narrowest."""
    is_list = evidence.question.form is Form.LIST
    table = [one for one in _in_section(best, evidence) if one.unit.group == best.unit.group]
    if is_list:
        needed = [term.stem for term in evidence.question.terms if term.required and best.own[term.stem] >= SAID]
        return [one for one in table if all(one.own[stem] >= SAID for stem in needed)]
    rows = [one for one in table if one.score >= best.score - _NEARLY and _covers_as_much(one, best)]
    if len(rows) > 1 and (sign := asks_for_extreme(evidence.question.text)):
        extreme = extreme_row(rows, sign, evidence.vocabulary)
        rows = [extreme] if extreme is not None else rows
    return _narrowest(rows)[:_MAX_ROWS]


def _narrowest(rows: list[Candidate]) -> list[Candidate]:
    """Of "up to 100", "up to 1,000" and "up to 10,000", the one that holds the number most closely."""
    bounds = [one.range for one in rows if one.range is not None]
    if not bounds:
        return rows
    width = min(bound.width for bound in bounds)
    if width == inf:
        high = min(bound.high for bound in bounds)
        closest = max((bound for bound in bounds if bound.high == high), key=lambda bound: bound.low)
    else:
        closest = min(bounds, key=lambda bound: bound.width)
    return [one for one in rows if one.range == closest]
