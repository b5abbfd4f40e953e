"""The sections of an answer that come from no passage, and what a refusal and its warnings say."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.answers.answer import AnswerWarning, Intent
from domain.answers.phrases import Phrases, phrases_for
from domain.text.canonical import listed

GREETING: Final = phrases_for("en").greeting
HAND_OFF: Final = "I cannot hand this conversation over to a person here. Please contact your administrator."

MAX_TITLES: Final = 25
_MAX_NAMED: Final = 4
_MAX_NEAR: Final = 3


class Figure(NamedTuple):
    """What a tool brought: the time it spans, what was asked for by name, and the result as Markdown."""

    tool: str
    timeframe: str | None
    is_default_time: bool
    named: dict[str, object]
    rendered: str


def access_summary(roles: Sequence[str], pack_ids: Sequence[str], tools: Sequence[str]) -> str:
    """The section that tells a principal what it may use."""
    return "\n".join(
        (
            "### Access summary",
            f"- Roles: {listed(roles)}",
            f"- Packs: {listed(pack_ids)}",
            f"- Tools: {listed(tools)}",
        )
    )


def documents_section(titles: Sequence[str], phrases: Phrases) -> str:
    """The titles of the documents that a principal may be answered from; of very many, the first."""
    if not titles:
        return phrases.no_documents
    lines = [f"- {title}" for title in titles[:MAX_TITLES]]
    return "\n".join(
        ("### Documents", f"{phrases.documents}\n", *lines, *(["- …"] if len(titles) > MAX_TITLES else []))
    )


def stats_section(figures: Sequence[Figure]) -> str | None:
    """The figures, each with its tool and the time that it spans; None when no tool brought any."""
    return "\n\n".join(("### Stats", *map(_stats, figures))) if figures else None


def refusal_sections(
    refusal: str, intents: Sequence[Intent], untold: Sequence[AnswerWarning], askable_figures: Sequence[str]
) -> list[str]:
    """The bot's own words; of figures, why there is none (``untold``) and which there are."""
    if Intent.STATS not in intents:
        return [refusal]
    reasons = "\n".join(f"- {warning.message}" for warning in untold)
    is_about_figures_alone = bool(untold) and Intent.HOW_TO not in intents
    return [
        *(() if is_about_figures_alone else (refusal,)),
        *((f"### Stats\nNo figure was looked up:\n{reasons}",) if untold else ()),
        *((f"Figures that you can ask for: {', '.join(askable_figures)}.",) if askable_figures else ()),
    ]


def no_tool_warning(askable_figures: Sequence[str]) -> AnswerWarning:
    """For a question for figures that no tool was called for."""
    none = "No tool brings this figure." if askable_figures else "No tool for live figures is available."
    return AnswerWarning(code="no_tool_available", message=none)


def low_confidence_warning(missing: Sequence[str] = ()) -> AnswerWarning:
    """Of a question whose answer is not surely in the documents; ``missing``: its words that no quote says."""
    named = ", ".join(f"“{word}”" for word in missing[:_MAX_NAMED])
    about = f" Nothing was found about {named}." if named else ""
    return AnswerWarning(code="low_confidence", message=f"The documents do not surely say this.{about}")


def partly_answered_warning() -> AnswerWarning:
    return AnswerWarning(code="partly_answered", message="A part of the question was not found in the documents.")


def unanswered_section(questions: Sequence[str]) -> str:
    """What of a message was not found."""
    asked = "; ".join(f"“{question}”" for question in questions)
    return f"I could not find an answer to {asked}."


def near_titles(titles: Sequence[str], phrases: Phrases) -> str | None:
    """What a refusal offers instead."""
    shown = [f"“{title}”" for title in dict.fromkeys(titles) if title][:_MAX_NEAR]
    return f"{phrases.nearest} {', '.join(shown)}." if shown else None


def _stats(figure: Figure) -> str:
    assumed = " (by default)" if figure.is_default_time else ""
    span = f", {figure.timeframe}{assumed}" if figure.timeframe else ""
    where = [f", {name} {value}" for name, value in figure.named.items() if name not in ("since", "until")]
    return "\n".join((f"**{figure.tool}**{span}{''.join(where)}", "", figure.rendered))
