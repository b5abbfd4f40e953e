"""What a support person reads in the Temporal UI about a sweep."""

from typing import Final
from uuid import UUID

from domain.knowledge.sweep import SweepReport

_MAX_LEFT_OVER: Final = 20


def sweep_page(looking_at: str | None, report: SweepReport) -> str:
    """Markdown: how far a sweep has come and what it found; ``looking_at`` is None when it is through."""
    if report.found:
        verdict = f"{report.found:,} left over, {report.removed:,} of them removed."
    else:
        verdict = "Nothing is left over." if looking_at is None else "Nothing found so far."
    named = [f"- {one.kind}{' (removed)' if one.removed else ''} `{one.id}`: {one.reason}" for one in report.left_over]
    more = report.found - len(named[:_MAX_LEFT_OVER])
    found = [*named[:_MAX_LEFT_OVER], *([f"- and {more:,} more, in the result"] if more > 0 else [])]
    checked = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in report.checked.items())
    paragraphs = (
        f"**{f'Looking at {looking_at}' if looking_at else 'Done'}.** {verdict}",
        "\n".join(("**Found:**\n", *found)) if found else "",
        f"**Looked at:** {checked}" if checked else "",
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def sweep_started_page(tenant_id: UUID, *, removes: bool, older_than_seconds: int) -> str:
    task = "Removes what is left over" if removes else "Reports what is left over, and removes nothing"
    return (
        f"**{task}**, of what did not change for {older_than_seconds:,} seconds, "
        f"in tenant `{tenant_id}`.\n\n"
        "**Left over** is what no answer, no citation and no retry needs any more; `answerable sweep` shows it too."
    )
