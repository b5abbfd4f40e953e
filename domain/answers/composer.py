"""Answers without a model: units taken word for word from the passages, each with its citation, or a refusal that says
what was not found."""

import re
from collections.abc import Sequence
from typing import Final

from domain.answers.confidence import confidence_of
from domain.answers.evidence import Candidate, Evidence, PassageExcerpt
from domain.answers.forms import Form
from domain.answers.question import Question, read_question
from domain.answers.quoting import Quote, quote_alone, steps_of
from domain.answers.vocabulary import Spelling
from domain.base import Value
from domain.text.clauses import clauses_of

VERSION: Final = "units-1"
MAX_PARTS: Final = 3
MAX_ITEMS: Final = 12
_NEARLY: Final = 0.03
_SAID: Final = 0.5
_ADDS: Final = 0.12
_MAX_TOGETHER: Final = 3
_MAX_WHOLE: Final = 5
_MAX_WHOLE_CHARACTERS: Final = 600


class Used(Value):
    """What a marker cites: the passage by its number, and the quoted unit's offsets in its text."""

    number: int
    start: int
    end: int
    text: str


class PartAnswer(Value):
    """An answer to one of the things that were asked. ``missing``: words of the question that it does not say."""

    question: str
    quotes: tuple[Quote, ...] = ()
    is_how_to: bool = False
    confidence: float = 0.0
    missing: tuple[str, ...] = ()


class Composed(Value):
    """Marker n of ``markdown`` cites ``used[n - 1]``. ``unanswered``: the parts that nothing was found for; of a
    question that has no answer, all."""

    markdown: str
    used: tuple[Used, ...]
    confidence: float
    is_how_to: bool
    answered: tuple[PartAnswer, ...]
    unanswered: tuple[PartAnswer, ...]


def compose(
    message: str, passages: Sequence[PassageExcerpt], minimum: float, spelling: Spelling | None = None
) -> Composed:
    """Answer from ``passages``, given best first, what can be answered with a confidence of ``minimum`` at least."""
    whole = answer_part(read_question(message), passages, spelling)
    parts = [whole]
    if len(clauses := _parts(message)) > 1:
        split = [answer_part(read_question(clause), passages, spelling) for clause in clauses]
        if sum(one.confidence >= minimum for one in split) and (
            whole.confidence < minimum or _mean(split) > whole.confidence or _differ(split)
        ):
            parts = split
    answered = [one for one in parts if one.quotes and one.confidence >= minimum]
    unanswered = [one for one in parts if one not in answered]
    markdown, used = _rendered(answered)
    return Composed(
        markdown=markdown,
        used=used,
        confidence=round(min((one.confidence for one in answered), default=whole.confidence), 4),
        is_how_to=any(one.is_how_to for one in answered),
        answered=tuple(answered),
        unanswered=tuple(unanswered),
    )


def answer_part(question: Question, passages: Sequence[PassageExcerpt], spelling: Spelling | None) -> PartAnswer:
    """The best answer there is, however good; nothing from passages that say no word of the question."""
    if not question.terms:
        return PartAnswer(question=question.text)
    evidence = Evidence(question, passages, spelling)
    if not evidence.candidates:
        return PartAnswer(question=question.text, missing=tuple(term.word for term in question.terms))
    chosen = _chosen(evidence)
    quotes = _quotes(evidence, chosen)
    return PartAnswer(
        question=question.text,
        quotes=tuple(quotes[:MAX_ITEMS]),
        is_how_to=bool(quotes) and all(quote.is_step for quote in quotes),
        confidence=confidence_of(evidence, chosen),
        missing=tuple(evidence.missing(*chosen)),
    )


def _chosen(evidence: Evidence) -> list[Candidate]:
    """The best unit, and those that say what of the question it does not."""
    question, best = evidence.question, evidence.candidates[0]
    if question.wants_steps:
        return [_with_steps(evidence)]
    chosen = [best]
    if best.unit.kind == "row" and question.form is not Form.COMPARE:
        return chosen
    weights, total = evidence.vocabulary.weights, evidence.vocabulary.total or 1.0
    most = _MAX_TOGETHER if question.form is Form.COMPARE else 2
    for one in evidence.candidates[1:40]:
        if len(chosen) == most:
            break
        held = {stem: max(other.credits[stem] for other in chosen) for stem in one.credits}
        adds = sum(weights[stem] * max(0.0, credit - held[stem]) for stem, credit in one.credits.items()) / total
        # What other places say of the rest may be about something else.
        near = question.form is Form.COMPARE or (one.passage is best.passage and one.section is best.section)
        if adds >= _ADDS and near and one.score >= 0.75 * best.score:
            chosen.append(one)
    return chosen


def _with_steps(evidence: Evidence) -> Candidate:
    """The best unit, or a step of its section, or of the section that the steps of its heading are in."""
    best = evidence.candidates[0]
    if best.unit.kind == "step":
        return best
    for one in evidence.candidates[:60]:
        if one.unit.kind == "step" and one.score >= 0.8 * best.score and _same_place(one, best):
            return one
    return best


def _same_place(one: Candidate, other: Candidate) -> bool:
    return one.passage is other.passage and one.section.headings[-1:] == other.section.headings[-1:]


def _quotes(evidence: Evidence, chosen: Sequence[Candidate]) -> list[Quote]:
    question, best = evidence.question, chosen[0]
    if question.wants_steps and best.unit.kind == "step":
        return steps_of(best)
    if question.wants_steps and (whole := _short_section(best, evidence)):
        return [quote_alone(one, question, evidence.vocabulary) for one in whole]
    if question.form is Form.LIST and best.unit.kind in ("bullet", "step"):
        return steps_of(best)
    if best.unit.kind == "row" and question.form is not Form.COMPARE:
        rows = _rows_like(best, evidence)
        return [quote_alone(one, question, evidence.vocabulary)._replace(is_item=len(rows) > 1) for one in rows]
    return [
        quote_alone(one, question, evidence.vocabulary)
        for one in sorted(chosen, key=lambda one: (one.passage.number, one.unit.start))
    ]


def _short_section(best: Candidate, evidence: Evidence) -> list[Candidate]:
    """All units of the best one's section, if it is short: what to do is seldom said by one sentence of it."""
    units = best.section.units
    if len(units) > _MAX_WHOLE or sum(len(unit.text) for unit in units) > _MAX_WHOLE_CHARACTERS:
        return []
    whole = [one for one in evidence.candidates if one.section is best.section and one.passage is best.passage]
    return sorted(whole, key=lambda one: one.index)


def _rows_like(best: Candidate, evidence: Evidence) -> list[Candidate]:
    """Rows of the same table that say as much of the question, in order; of rows that are ranges, the narrowest."""
    question = evidence.question
    table = [
        one
        for one in evidence.candidates
        if one.unit.kind == "row" and one.passage is best.passage and one.unit.group == best.unit.group
    ]
    if question.form is Form.LIST:
        needed = [term.stem for term in question.terms if term.required and best.own[term.stem] >= _SAID]
        rows = [one for one in table if all(one.own[stem] >= _SAID for stem in needed)]
    else:
        rows = [
            one
            for one in table
            if one.score >= best.score - _NEARLY
            and one.own_coverage >= best.own_coverage - _NEARLY
            and one.coverage >= best.coverage - _NEARLY
        ]
    if any(one.range for one in rows):
        narrowest = min(one.range.width if one.range else float("inf") for one in rows)
        ends = [one.range for one in rows if one.range]
        if narrowest == float("inf"):
            high = min((bounds.high for bounds in ends), default=0.0)
            rows = [one for one in rows if one.range and one.range.high == high]
            low = max(one.range.low for one in rows if one.range)
            rows = [one for one in rows if one.range and one.range.low == low]
        else:
            rows = [one for one in rows if one.range and one.range.width == narrowest]
    rows = rows[: MAX_ITEMS if question.form is Form.LIST else 3]
    return sorted(rows, key=lambda one: one.unit.start)


def _parts(message: str) -> list[str]:
    found = [part.strip() for clause in clauses_of(message) for part in _SPLIT.split(clause)]
    parts = [part for part in found if len(part) > _SHORTEST_PART]
    # "My laptop was stolen. What do I do?" is one question.
    return parts[:MAX_PARTS] if all(_ASKS.match(part) or part.endswith("?") for part in parts) else []


_SHORTEST_PART: Final = 3
_ASKS: Final = re.compile(
    r"(?:also\s+|and\s+|until\s+|from\s+|in\s+)?(?:what|who|when|where|which|why|how|is|are|does|do|can|could|may|has|was|wie|wer"
    r"|wann|wo|welche\w*|kann|darf|gibt|combien|où|quand|cuánto|dónde|cuándo|list|compare|tell|show|give)\b",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(
    r",?\s+(?:and|und|et|y)\s+(?=(?:until |from |since |in |at |for )?(?:what|who|when|where|which|why|how|is|are|does|do|can|could|may|has|"
    r"was|wie|wer|wann|wo|welche\w*|kann|darf|gibt|combien|où|quand|cuánto|dónde|cuándo)\b)",
    re.IGNORECASE,
)


def _mean(parts: Sequence[PartAnswer]) -> float:
    return sum(one.confidence for one in parts) / len(parts)


def _differ(parts: Sequence[PartAnswer]) -> bool:
    return len({(quote.number, quote.start) for one in parts for quote in one.quotes[:1]}) > 1


def _rendered(answers: Sequence[PartAnswer]) -> tuple[str, tuple[Used, ...]]:
    used: list[Used] = []
    blocks: list[str] = []
    for answer in answers:
        lines: list[str] = []
        if answer.is_how_to:
            blocks.append("### How-to")
        for place, quote in enumerate(answer.quotes, start=1):
            marker = _marker(used, quote)
            text = _cited(quote.text, marker)
            lines.append(f"{place}. {text}" if quote.is_step else f"- {text}" if quote.is_item else text)
        blocks.append(("\n" if answer.quotes and answer.quotes[0].is_item else "\n\n").join(lines))
    return "\n\n".join(blocks), tuple(used)


def _marker(used: list[Used], quote: Quote) -> int:
    """One for each passage: the first quote of it is what the citation shows."""
    for place, one in enumerate(used, start=1):
        if one.number == quote.number:
            return place
    used.append(Used(number=quote.number, start=quote.start, end=quote.end, text=quote.text))
    return len(used)


def _cited(text: str, number: int) -> str:
    """The marker goes after the words: at the end of a block of code it would become part of the code."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            words = "\n".join(lines[:place]).rstrip()
            return f"{words} [{number}]{text[len(words) :]}" if words else f"[{number}]\n\n{text}"
    return f"{text} [{number}]"
