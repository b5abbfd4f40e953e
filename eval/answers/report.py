"""What a run found: by kind and corpus, how far the stated confidence can be trusted, and the worst answers."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from eval.answers.judge import GivenAnswer, Judgement, Verdict
from eval.answers.questions import Question

_BINS: Final = 10
_BAR: Final = 20
_SHOWN_CHARACTERS: Final = 700
_WORST_FIRST: Final = (Verdict.WRONG, Verdict.REFUSED_WRONGLY, Verdict.PARTLY)


class Judged(NamedTuple):
    question: Question
    answer: GivenAnswer
    judgement: Judgement

    @property
    def points(self) -> float:
        return self.judgement.verdict.points


class Bin(NamedTuple):
    """Answers whose confidence is within a tenth: how many, what they stated, and how much of them was right."""

    answers: int
    stated: float
    right: float


def tally(judged: Sequence[Judged]) -> dict[str, Any]:
    counts = {verdict.value: sum(one.judgement.verdict is verdict for one in judged) for verdict in Verdict}
    return {"questions": len(judged), **counts, "score": _mean([one.points for one in judged])}


def grouped(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, dict[str, Any]]:
    return {name: tally([one for one in judged if key(one) == name]) for name in sorted({key(one) for one in judged})}


def reliability(judged: Sequence[Judged]) -> tuple[list[Bin], float | None]:
    """Ten bins of the answers that state a confidence, and the expected calibration error."""
    stated = [
        (one.answer.confidence, one.points)
        for one in judged
        if one.answer.outcome == "answered" and one.answer.confidence is not None
    ]
    bins = []
    for number in range(_BINS):
        inside = [(said, true) for said, true in stated if min(int(said * _BINS), _BINS - 1) == number]
        bins.append(Bin(len(inside), _mean([said for said, _ in inside]), _mean([true for _, true in inside])))
    if not stated:
        return bins, None
    return bins, sum(one.answers * abs(one.stated - one.right) for one in bins) / len(stated)


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Everything as plain values."""
    bins, error = reliability(judged)
    composing = [one.answer.composing_ms for one in judged if one.answer.composing_ms is not None]
    sections = [one.judgement.section_named for one in judged if one.judgement.section_named is not None]
    return {
        "all": tally(judged),
        "answerable": tally([one for one in judged if one.question.answerable]),
        "unanswerable": tally([one for one in judged if not one.question.answerable]),
        "by_kind": grouped(judged, lambda one: one.question.kind),
        "by_corpus": grouped(judged, lambda one: one.question.corpus),
        "reliability": [each._asdict() for each in bins],
        "expected_calibration_error": error,
        "section_named": _mean([float(each) for each in sections]) if sections else None,
        "turn_ms": _times([one.answer.seconds * 1000 for one in judged]),
        "composing_ms": _times(composing) | {"most_passages": max((one.answer.passages for one in judged), default=0)},
        "questions": [_as_data(one) for one in judged],
    }


def show(judged: Sequence[Judged], console: Console) -> None:
    table = Table("", "asked", *(verdict.value for verdict in Verdict), "score")
    found = figures(judged)
    rows = {**found["by_kind"], **found["by_corpus"]}
    rows |= {name: found[name] for name in ("answerable", "unanswerable", "all")}
    # The first line of a block is drawn off from the one before.
    begins = {next(iter(found["by_corpus"]), ""), "answerable"}
    for name, row in rows.items():
        if name in begins:
            table.add_section()
        counts = [str(row[verdict.value] or "") for verdict in Verdict]
        table.add_row(name, str(row["questions"]), *counts, f"{row['score']:.0%}")
    console.print(table)
    _show_reliability(judged, console)
    section, composing = found["section_named"], found["composing_ms"]
    if section is not None:
        console.print(f"the section asked for is named by a citation: {section:.0%}")
    console.print(f"a turn: p50 {found['turn_ms']['p50']:.0f} ms, p95 {found['turn_ms']['p95']:.0f} ms")
    console.print(
        f"composing, of at most {composing['most_passages']} passages: p50 {composing['p50']:.1f} ms, "
        f"p95 {composing['p95']:.1f} ms"
    )


def _show_reliability(judged: Sequence[Judged], console: Console) -> None:
    bins, error = reliability(judged)
    console.print("stated confidence, and the share of the answers that was right (partly counts half):")
    for number, each in enumerate(bins):
        bar = "#" * round(each.right * _BAR)
        shown = f"stated {each.stated:.2f}  right {each.right:.2f} |{bar:<{_BAR}}| {each.answers}"
        low = f"{number / _BINS:.1f}-{(number + 1) / _BINS:.1f}"
        console.print(f"  {low}  {shown if each.answers else '-'}", markup=False, highlight=False)
    if error is not None:
        console.print(f"expected calibration error: {error:.3f}")


def show_worst(judged: Sequence[Judged], console: Console, most: int) -> None:
    """The questions that went wrong, with what was expected and what was said."""
    for verdict in _WORST_FIRST:
        for one in [each for each in judged if each.judgement.verdict is verdict][:most]:
            console.print(_described(one), markup=False, highlight=False)


def _described(one: Judged) -> str:
    question, answer = one.question, one.answer
    before = "".join(f"{message} > " for message in question.conversation)
    needs = "; ".join(" / ".join(group) for group in question.needs)
    text = answer.text if len(answer.text) <= _SHOWN_CHARACTERS else f"{answer.text[:_SHOWN_CHARACTERS]} …"
    confidence = "-" if answer.confidence is None else f"{answer.confidence:.2f}"
    cited = ", ".join(f"{source.name} ({source.heading})" for source in answer.sources) or "nothing"
    return "\n".join(
        (
            f"\n{one.judgement.verdict.upper()}  {question.id}  [{question.corpus}, {question.kind}]",
            f"  asked:    {before}{question.question}",
            f"  expected: {needs or 'a refusal'}" + (f"; from {' or '.join(question.cites)}" if question.cites else ""),
            f"  because:  {'; '.join(one.judgement.reasons)}",
            f"  answer:   ({answer.outcome}, confidence {confidence}) " + text.replace("\n", "\n            "),
            f"  cited:    {cited}",
        )
    )


def _as_data(one: Judged) -> dict[str, Any]:
    return {
        "id": one.question.id,
        "corpus": one.question.corpus,
        "kind": one.question.kind,
        "question": one.question.question,
        **one.judgement.model_dump(mode="json"),
        "answer": one.answer.model_dump(mode="json"),
    }


def _times(milliseconds: Sequence[float]) -> dict[str, float]:
    return {"p50": _quantile(milliseconds, 0.5), "p95": _quantile(milliseconds, 0.95)}


def _quantile(values: Sequence[float], share: float) -> float:
    """The nearest rank; 0 of nothing."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)] if values else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
