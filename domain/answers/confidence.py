"""How sure it is that a unit answers the question, in [0, 1]."""

import math
from collections.abc import Sequence
from typing import Final

from domain.answers.evidence import Candidate, Evidence

_SAID: Final = 0.5
_NOT_WITHOUT: Final = 0.15
"""What is left of a confidence when a name, a code or a version of the question stands nowhere."""
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
        required = [term.stem for term in evidence.question.terms if term.required]
        self.lacks_required = any(credit[stem] < _SAID for stem in required)


def confidence_of(evidence: Evidence, chosen: Sequence[Candidate]) -> float:
    signs = Signs(evidence, chosen)
    sum_ = -3.4 + 3.0 * signs.coverage + 0.5 * signs.own - 7.0 * signs.missing + 3.5 * signs.cosine + 1.2 * signs.fitness
    likely = 1 / (1 + math.exp(-sum_))
    return round(likely * (_NOT_WITHOUT if signs.lacks_required else 1.0), 4)
