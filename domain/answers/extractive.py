"""How-to answers without a model: steps and sentences taken word for word from the passages, each with its citation."""

from collections.abc import Iterable, Sequence
from typing import Final

from domain.answers.section_match import PassageExcerpt, SectionMatch, SectionMatches
from domain.answers.sections import Statement, StatementKind
from domain.base import Value

__all__ = ["VERSION", "HowTo", "PassageExcerpt", "compose_how_to"]

VERSION: Final = "extractive-2"
MOST_LINES: Final = 5
WANTED_LINES: Final = 3

_FITTING_HEADING: Final = 0.5
_FULL_HEADING: Final = 0.75
_STRONG_LINE: Final = 0.6
_LEAST_OF_BEST_LINE: Final = 0.4


class HowTo(Value):
    """The section of an answer. Marker n of ``markdown`` cites the passage whose number is ``used[n - 1]``."""

    markdown: str
    used: tuple[int, ...]
    steps: int


class _Line(Value):
    statement: Statement
    number: int


def compose_how_to(question: str, passages: Sequence[PassageExcerpt]) -> HowTo | None:
    """Answer from ``passages``, given best first.

    Returns three to five quoted lines, fewer when the passages hold no more, None when none of them fits.
    """
    matches = SectionMatches(question, passages)
    relevant = matches.relevant()
    for best in relevant:
        source = matches.source_for(best)
        lines = _without_repetition(_lines_of(source, matches.wants_steps))
        # A heading that is the question itself has the whole answer below it, however short.
        if lines and len(lines) < WANTED_LINES and best.heading_match < _FULL_HEADING:
            others = (line for other in relevant if other is not source for line in _strong_lines_of(other))
            lines = _without_repetition([*lines, *others])[:WANTED_LINES]
        if lines:
            return _rendered(lines)
    return None


def _lines_of(source: SectionMatch, wants_steps: bool) -> list[_Line]:
    """What to quote of a section, in its order."""
    statements = source.section.statements
    if wants_steps:
        steps, bullets = _first_list(statements, "step"), _first_list(statements, "bullet")
        if len(steps) >= WANTED_LINES:
            return _as_lines(source, steps[:MOST_LINES])
        return _as_lines(source, _best(source, bullets if len(bullets) >= WANTED_LINES else statements))
    told = [statement for statement in statements if statement.kind != "step"]
    return _as_lines(source, _best(source, told or statements))


def _strong_lines_of(source: SectionMatch) -> list[_Line]:
    """Lines that would be worth quoting on their own."""
    strong = [said for said in source.section.statements if source.coverage(said.text) >= _STRONG_LINE]
    return _as_lines(source, strong)


def _best(source: SectionMatch, statements: Sequence[Statement]) -> list[Statement]:
    """The most telling few, in the order of the text. Under a fitting heading, a short section is told whole."""
    if len(statements) <= MOST_LINES and source.heading_match >= _FITTING_HEADING:
        return list(statements)
    worth = {statement: source.worth(statement) for statement in statements}
    least = _LEAST_OF_BEST_LINE * max(worth.values(), default=0.0)
    telling = [statement for statement in statements if worth[statement] >= least and worth[statement] > 0]
    best = sorted(telling, key=lambda statement: (-worth[statement], statement.start))[:MOST_LINES]
    return sorted(best, key=lambda statement: statement.start)


def _first_list(statements: Sequence[Statement], kind: StatementKind) -> list[Statement]:
    found = [statement for statement in statements if statement.kind == kind]
    return [statement for statement in found if statement.list_number == found[0].list_number]


def _as_lines(source: SectionMatch, statements: Iterable[Statement]) -> list[_Line]:
    return [_Line(statement=statement, number=source.passage.number) for statement in statements]


def _without_repetition(lines: Iterable[_Line]) -> list[_Line]:
    """Overlapping passages say some things twice."""
    unique: dict[str, _Line] = {}
    for line in lines:
        unique.setdefault(" ".join(line.statement.text.casefold().split()), line)
    return list(unique.values())


def _rendered(lines: Sequence[_Line]) -> HowTo:
    lists = {(line.number, line.statement.kind, line.statement.list_number) for line in lines}
    numbered = len(lists) == 1 and lines[0].statement.kind == "step"
    used = tuple(dict.fromkeys(line.number for line in lines))
    markers = {number: marker for marker, number in enumerate(used, start=1)}
    written = [
        f"{f'{place}.' if numbered else '-'} {_cited(line.statement.text, markers[line.number])}"
        for place, line in enumerate(lines, start=1)
    ]
    return HowTo(
        markdown="\n".join(("### How-to", *written)),
        used=used,
        steps=len(lines),
    )


def _cited(text: str, number: int) -> str:
    """The marker goes behind the words: at the end of a block of code it would become part of the code."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if place and line.lstrip().startswith(("```", "~~~")):
            words = "\n".join(lines[:place]).rstrip()
            return f"{words} [{number}]{text[len(words) :]}"
    return f"{text} [{number}]"
