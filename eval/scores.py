"""How many cases each metric counts, and how many of them are right, by set and altogether."""

from collections.abc import Sequence
from typing import NamedTuple

from eval.judging import Metric, Verdict

TOTAL = "total"


class Score(NamedTuple):
    right: int
    of: int

    @property
    def rate(self) -> float | None:
        return round(self.right / self.of, 4) if self.of else None

    def __str__(self) -> str:
        """As tables show it."""
        return f"{self.right}/{self.of}" if self.of else "-"


Scores = dict[str, dict[str, Score]]
"""By set, the last one ``total``; then by metric, and ``cases`` for those without any miss."""


def score(verdicts: Sequence[Verdict]) -> Scores:
    names = list(dict.fromkeys(verdict.set_name for verdict in verdicts))
    by_set = {name: [verdict for verdict in verdicts if verdict.set_name == name] for name in names}
    return {name: _row(group) for name, group in {**by_set, TOTAL: list(verdicts)}.items()}


def _row(verdicts: Sequence[Verdict]) -> dict[str, Score]:
    row = {"cases": Score(sum(verdict.passed for verdict in verdicts), len(verdicts))}
    for metric in Metric:
        counted = [verdict for verdict in verdicts if metric in verdict.judged]
        missed = sum(any(miss.metric is metric for miss in verdict.misses) for verdict in counted)
        row[metric.value] = Score(len(counted) - missed, len(counted))
    return row
