"""How sure it is that a unit answers the question, in [0, 1]."""

import math
from collections.abc import Sequence
from typing import Final

from domain.answers.evidence import Candidate, Evidence
from domain.answers.terms import Term

_SAID: Final = 0.5
_NOT_WITHOUT: Final = 0.15
"""What is left of a confidence when a name, a code or a version of the question stands nowhere."""
_SHORTEST_NAME: Final = 3
_UNKNOWN_COSINE: Final = 0.3


class Signs:
    """What the confidence is made of; each in [0, 1]."""

    def __init__(self, evidence: Evidence, chosen: Sequence[Candidate]) -> None:
        weights, total = evidence.vocabulary.weights, evidence.vocabulary.total or 1.0
        credit = {
            term.stem: max((one.credits[term.stem] for one in chosen), default=0.0) for term in evidence.question.terms
        }
        best = chosen[0]
        self.coverage = sum(weights[stem] * value for stem, value in credit.items()) / total
        self.own = max(one.own_coverage for one in chosen)
        lacking = [term for term in evidence.question.terms if credit[term.stem] < _SAID]
        self.missing = sum(weights[term.stem] / total for term in lacking if term.worth >= 1)
        self.cosine = max(0.0, _UNKNOWN_COSINE if best.cosine is None else best.cosine)
        self.fitness = best.fitness
        self.lacks_required = any(_is_needed(term, evidence, best) for term in lacking) or any(
            term.is_name and not _is_named(term, chosen) for term in evidence.question.terms
        )


def _is_needed(term: Term, evidence: Evidence, best: Candidate) -> bool:
    """Whether nothing is answered without the word: a name, a code, what is asked for, and what tells one row or item
    from the next."""
    if term.required or term == evidence.question.head:
        return True
    return term.worth >= 1 and any(
        other.own[term.stem] >= _SAID
        for other in evidence.candidates
        if other.passage is best.passage and other.unit.group == best.unit.group and best.unit.kind != "sentence"
    )


def _is_named(term: Term, chosen: Sequence[Candidate]) -> bool:
    """Names begin with a capital in the text too: "Business" is not "your business"."""
    name = term.word[:1].upper() + term.word[1 : max(_SHORTEST_NAME, len(term.stem) - 1)]
    about = (
        text
        for one in chosen
        for text in (
            one.unit.text,
            one.unit.lead,
            *one.section.headings,
            one.passage.title,
            *(cell.header for cell in one.unit.cells),
        )
    )
    return any(name in text or name.upper() in text for text in about) or any(
        one.credits[term.stem] < 1 for one in chosen
    )


def confidence_of(evidence: Evidence, chosen: Sequence[Candidate]) -> float:
    signs = Signs(evidence, chosen)
    sum_ = -2.0 + 2.4 * signs.coverage - 4.0 * signs.missing + 1.4 * signs.fitness + 2.0 * signs.coverage * signs.cosine
    likely = 1 / (1 + math.exp(-sum_))
    return round(likely * (_NOT_WITHOUT if signs.lacks_required else 1.0), 4)
