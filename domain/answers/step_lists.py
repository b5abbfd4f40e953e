"""Which steps answer a question for steps: no step says what all are for, so their section is measured whole."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.answers.evidence import FITNESS, LIKENESS, Candidate, Evidence, worth_of_rank
from domain.text.synonyms import meaning_words

_LEAST_OF_BEST: Final = 0.9
_HEADING: Final = 0.25
_HEADED: Final = 0.7
_UNNAMED: Final = 0.3
"""The fitness of steps whose heading says nothing of the question."""


class StepList(NamedTuple):
    """``best`` is the step that scores highest; ``section`` are the units around the steps too, the most like one
    first."""

    best: Candidate
    section: tuple[Candidate, ...]
    fitness: float
    score: float


def best_steps(evidence: Evidence) -> StepList | None:
    """The list that fits best, if nothing else fits much better."""
    sections: dict[tuple[int, int], list[Candidate]] = {}
    for one in evidence.candidates:
        sections.setdefault((one.passage.number, one.section.start), []).append(one)
    lists = [_measured(units, evidence) for units in sections.values() if any(one.unit.kind == "step" for one in units)]
    best = max(lists, key=lambda steps: steps.score, default=None)
    if best is None or best.score < _LEAST_OF_BEST * evidence.candidates[0].score:
        return None
    return best


def heads(steps: StepList, evidence: Evidence) -> bool:
    """Whether the steps are what words without a question ("api key rotation") are the heading of."""
    above = meaning_words(" ".join((steps.best.passage.title, *steps.best.section.headings)))
    return evidence.vocabulary.share_of(above) >= _HEADED


def _named_by_heading(one: Candidate, evidence: Evidence) -> float:
    """The share of the question that its own heading says."""
    own = meaning_words(one.section.headings[-1]) if one.section.headings else frozenset[str]()
    return evidence.vocabulary.share_of(own)


def _measured(units: Sequence[Candidate], evidence: Evidence) -> StepList:
    first = max((one for one in units if one.unit.kind == "step"), key=lambda one: one.score)
    section = sorted(units, key=lambda one: -(one.cosine or 0.0))
    said = {stem: max(one.credits[stem] for one in units) for stem in first.credits}
    above = meaning_words(" ".join((first.unit.lead, *first.section.headings)))
    fitness = _UNNAMED if evidence.vocabulary.said.isdisjoint(above) else 1.0
    score = (
        evidence.vocabulary.share(said)
        + _HEADING * _named_by_heading(first, evidence)
        + LIKENESS * max(0.0, section[0].cosine or 0.0)
        + FITNESS * fitness
        + worth_of_rank(first.rank)
    )
    return StepList(first, tuple(section), fitness, score)
