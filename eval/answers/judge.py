"""What a person would say of an answer: right, partly right, wrong, rightly refused or wrongly refused.

A fact from the neighbouring row is not the answer, the answer hidden in a page of other things is half of one, and an
answer without its document cannot be checked.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from eval.answers.matching import plain, says
from eval.answers.questions import Question

_MOST_TIMES_TOO_LONG: Final = 3
_IDLE_CITATIONS: Final = 2
_MARKER: Final = re.compile(r"\[(\d{1,3})\]")


class Verdict(StrEnum):
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    REFUSED_RIGHTLY = "refused rightly"
    REFUSED_WRONGLY = "refused wrongly"

    @property
    def points(self) -> float:
        return {"right": 1.0, "refused rightly": 1.0, "partly": 0.5}.get(self.value, 0.0)


class Source(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    heading: str = ""


class GivenAnswer(BaseModel):
    """An answer as its reader sees it. ``outcome``: answered, refused, denied or failed."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    text: str
    sources: tuple[Source, ...] = ()
    confidence: float | None = None
    seconds: float = 0.0
    composing_ms: float | None = None
    passages: int = 0
    warnings: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()


class Judgement(BaseModel):
    """``reasons`` say what is missing, what should not be there, and why a true answer is not a good one."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    section_named: bool | None = None


def judge(question: Question, answer: GivenAnswer) -> Judgement:
    if answer.outcome == "failed":
        return Judgement(verdict=Verdict.WRONG, reasons=("the turn failed",))
    if answer.outcome in ("refused", "denied"):
        return _refused(question)
    if not question.answerable:
        return Judgement(verdict=Verdict.WRONG, reasons=("answered what the documents do not say",))
    return _answered(question, answer)


def _refused(question: Question) -> Judgement:
    if question.answerable:
        return Judgement(verdict=Verdict.REFUSED_WRONGLY, reasons=("the documents say it",))
    return Judgement(verdict=Verdict.REFUSED_RIGHTLY)


def _answered(question: Question, answer: GivenAnswer) -> Judgement:
    text = plain(answer.text)
    missing = [f"missing: {' / '.join(group)}" for group in question.needs if not _any(text, group)]
    false = [f"says: {fact}" for fact in question.wrong if says(text, fact)]
    beside = [f"says beside it: {fact}" for fact in question.neighbours if says(text, fact)]
    named = _names_section(question, answer.sources)
    if false or (missing and (beside or len(missing) == len(question.needs))):
        return Judgement(verdict=Verdict.WRONG, reasons=(*false, *missing, *beside), section_named=named)
    reasons = (*missing, *beside, *_dilution(question, answer.text), *_citation(question, answer.sources))
    return Judgement(verdict=Verdict.PARTLY if reasons else Verdict.RIGHT, reasons=reasons, section_named=named)


def _any(text: str, facts: Sequence[str]) -> bool:
    return any(says(text, fact) for fact in facts)


def _dilution(question: Question, text: str) -> list[str]:
    """Whether the reader has to look for the answer among other things."""
    said, good = len(plain(text)), question.good_length
    found = []
    if said > _MOST_TIMES_TOO_LONG * good:
        found.append(f"{said} characters where {good} do")
    idle = _idle_citations(question, text)
    if len(idle) >= _IDLE_CITATIONS:
        found.append(f"quotes {len(idle)} passages that say nothing asked for")
    return found


def _idle_citations(question: Question, text: str) -> set[str]:
    """Numbers of citations none of whose lines holds anything that the answer needs."""
    at_work = set[str]()
    cited = set[str]()
    for paragraph in text.split("\n\n"):
        lines = plain(paragraph)
        numbers = set(_MARKER.findall(paragraph))
        cited |= numbers
        if any(_any(lines, group) for group in question.needs):
            at_work |= numbers
    return cited - at_work


def _citation(question: Question, sources: Sequence[Source]) -> list[str]:
    if not question.cites or any(name in source.name for source in sources for name in question.cites):
        return []
    return [f"does not cite {' or '.join(question.cites)}"]


def _names_section(question: Question, sources: Sequence[Source]) -> bool | None:
    if question.section is None:
        return None
    return any(says(plain(source.heading), question.section) for source in sources)
