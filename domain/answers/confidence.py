"""How sure it is that units answer a question, in [0, 1].

A logistic curve over what the units say of the question, fitted on natural questions of the development half of
``eval/answers`` with their judged answers (docs/EVALUATION.md).
"""

from collections.abc import Sequence
from math import exp
from typing import Final, NamedTuple

from domain.answers.evidence import SAID, Candidate, Evidence
from domain.answers.terms import Term

_UNKNOWN_COSINE: Final = 0.45
_SHORTEST_NAME: Final = 3
_MAX_LEAD: Final = 0.8
_WHOLE: Final = 0.93
"""The coverage of what says the whole question, also to a search that compares no vectors."""


class _Curve(NamedTuple):
    """``not_without``: what is left of a confidence when a name, a code or what is asked for is nowhere."""

    start: float
    coverage: float
    missing: float
    fitness: float
    cosine: float
    both: float
    lead: float
    whole: float
    not_without: float

    def at(self, signs: "Signs") -> float:
        likely = 1 / (1 + exp(-self._sum(signs)))
        return likely * (self.not_without if signs.lacks_needed else 1.0)

    def _sum(self, signs: "Signs") -> float:
        return (
            self.start
            + self.coverage * signs.coverage
            + self.missing * signs.missing
            + self.fitness * signs.fitness
            + self.cosine * signs.cosine
            + self.both * signs.coverage * signs.cosine
            + self.lead * signs.lead
            + self.whole * signs.is_whole
        )


# Steps are told by what they are like more than by their words: who asks how to avoid a high bill means the budget.
_STEPS: Final = _Curve(-6.5, 0.8, -0.2, 2.8, 5.3, 3.8, 0.0, 1.5, not_without=0.4)
_ANYTHING: Final = _Curve(-2.0, 0.8, -3.0, 1.6, 0.0, 1.6, 1.5, 0.0, not_without=0.15)


def confidence_of(evidence: Evidence, chosen: Sequence[Candidate], fitness: float) -> float:
    """Of ``chosen``, the best first, which fits the form of the question as far as ``fitness``."""
    is_steps = any(one.unit.kind == "step" for one in chosen) or chosen[0].unit.kind != "row"
    curve = _STEPS if evidence.question.wants_steps and is_steps else _ANYTHING
    return round(curve.at(Signs(evidence, chosen, fitness)), 4)


class Signs:
    """What the confidence is made of. ``coverage``: the share of the question that is said; ``missing``: the share of
    words that matter and are not; ``cosine`` and ``fitness`` of the best unit."""

    def __init__(self, evidence: Evidence, chosen: Sequence[Candidate], fitness: float) -> None:
        weights, total, terms = evidence.vocabulary.weights, evidence.vocabulary.total, evidence.question.terms
        best = chosen[0]
        credit = {term.stem: max(one.credits[term.stem] for one in chosen) for term in terms}
        # "November to March" says December without its name.
        days = {stem for stem, _ in evidence.question.calendar}
        lacking = [term for term in terms if credit[term.stem] < SAID]
        self.coverage = evidence.vocabulary.share(credit)
        self.missing = sum(weights[term.stem] / total for term in lacking if term.worth >= 1)
        self.cosine = max(0.0, _UNKNOWN_COSINE if best.cosine is None else best.cosine)
        self.fitness = fitness
        self.lead = min(_MAX_LEAD, max(0.0, evidence.lead_of(best)))
        self.is_whole = self.coverage >= _WHOLE and fitness == 1.0
        self.lacks_needed = (
            all(one.affirms(evidence.question) for one in chosen)
            or any(_is_needed(term, evidence, best) for term in lacking)
            or any(term.is_name and not _is_named(term, chosen) for term in terms if term.stem not in days)
        )


def _is_needed(term: Term, evidence: Evidence, best: Candidate) -> bool:
    """Whether nothing is answered without the word: a name, a code, what is asked for, and what tells one row or item
    from the next."""
    if term.required and evidence.question.wants_steps:
        # Steps are for all that their page is about.
        return not any(one.own[term.stem] >= SAID for one in evidence.candidates if one.passage is best.passage)
    if term.required or term == evidence.question.head:
        return True
    if term.worth < 1 or best.unit.kind == "sentence":
        return False
    return any(
        other.own[term.stem] >= SAID
        for other in evidence.candidates
        if other.passage is best.passage and other.unit.group == best.unit.group
    )


def _is_named(term: Term, chosen: Sequence[Candidate]) -> bool:
    """Names begin with a capital in the text too: "Business" is not "your business"."""
    if max(one.credits[term.stem] for one in chosen) < 1:
        return True
    name = term.word[:1].upper() + term.word[1 : max(_SHORTEST_NAME, len(term.stem) - 1)]
    return any(name in text or name.upper() in text for one in chosen for text in _about(one))


def _about(one: Candidate) -> tuple[str, ...]:
    headers = (cell.header for cell in one.unit.cells)
    return one.unit.text, one.unit.lead, *one.section.headings, one.passage.title, *headers
