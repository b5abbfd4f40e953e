"""The report of a golden run: one HTML page that needs nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.judging import Metric, Verdict
from eval.scores import TOTAL, Scores

_FOLDER: Final = Path(__file__).parent


def write_report(folder: Path, scores: Scores, verdicts: Sequence[Verdict], target: str) -> Path:
    """Write report.html into ``folder``, made if need be, and return its path."""
    # Everything that a case or an answer says is text, whatever it looks like.
    pages = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = pages.get_template("golden_report.html.j2").render(
        target=target,
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        scores=scores,
        rows=["cases", *(metric.value for metric in Metric)],
        total=scores[TOTAL]["cases"],
        missed=[verdict for verdict in verdicts if not verdict.passed],
        passed=[verdict for verdict in verdicts if verdict.passed],
        left_out=sum(len(verdict.left_out) for verdict in verdicts),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path
