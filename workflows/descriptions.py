"""What a support person reads in the Temporal UI: one line for each step, and a page for what came of a workflow.

Texts of users and documents appear redacted and shortened. docs/TEMPORAL_UI.md shows where each of these stands.
"""

import json
from typing import Final, NamedTuple

from activities.generation import Composition
from activities.retrieval import Retrieval
from activities.tools import ToolExecution
from activities.understanding import Understanding
from domain.answer import Answer, Citation, Intent, Outcome
from domain.conversation import TurnRequest
from domain.redaction import PREVIEW_CHARACTERS, redacted_preview
from domain.reranking import RerankerKind
from domain.tool import PlannedCall

# Temporal refuses a summary of more than 400 bytes, and a refused command stops the workflow.
_LINE_BYTES: Final = 250
_TITLE_CHARACTERS: Final = 80
MESSAGE_CHARACTERS: Final = 400


def shown(text: str, length: int = PREVIEW_CHARACTERS) -> str:
    """The redacted start of a text on one line. The UI renders Markdown: links, images and HTML of others go dead."""
    flat = redacted_preview(text, length).replace("](", "] (").replace("<", "\u2039")
    return "".join(character for character in flat if character.isprintable())


def one_line(text: str) -> str:
    """The same, short enough to be the summary of a step or a workflow."""
    line = shown(text, _LINE_BYTES)
    while len(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")) > _LINE_BYTES:
        line = f"{line[:-2].rstrip()}…"
    return line


class TurnSoFar(NamedTuple):
    """What a turn has decided until now; the steps that did not run are None."""

    request: TurnRequest
    understanding: Understanding | None = None
    retrieval: Retrieval | None = None
    composition: Composition | None = None
    tools: tuple[ToolExecution, ...] = ()

    @property
    def intents(self) -> tuple[Intent, ...]:
        return self.understanding.intents if self.understanding else (Intent.UNKNOWN,)

    @property
    def searched_packs(self) -> tuple[str, ...]:
        return self.understanding.pack_ids if self.understanding and self.understanding.needs_retrieval else ()

    @property
    def used_packs(self) -> tuple[str, ...]:
        """Those whose documents were searched and whose tools were called."""
        searched = self.searched_packs if self.retrieval else ()
        return tuple(dict.fromkeys((*searched, *(one.call.pack_id for one in self.tools))))


def tool_line(call: PlannedCall) -> str:
    return one_line(f"Ask {call.tool}: {call.timeframe or 'no timeframe'}")


def search_line(understanding: Understanding) -> str:
    return one_line(f"Read as {_names(understanding.intents)}: search {_names(understanding.pack_ids)}")


def rerank_line(reranker: RerankerKind, retrieval: Retrieval) -> str:
    return f"Have {_count(len(retrieval.passages), 'passage')} ranked by {reranker}"


def compose_line(understanding: Understanding, retrieval: Retrieval | None) -> str:
    if retrieval is None:
        return one_line(f"Read as {_names(understanding.intents)}: write the answer without a search")
    return f"Write the answer: {_found(understanding, retrieval)}"


def guard_line(composition: Composition) -> str:
    draft = "the refusal" if composition.outcome is Outcome.REFUSED else "the answer"
    return f"Hide personal data and secrets in {draft}, which cites {_count(len(composition.citations), 'passage')}"


def record_line(answer: Answer, so_far: TurnSoFar) -> str:
    """The verdict in one line."""
    return one_line(f"Store as {answer.outcome}. {_reason(answer, so_far)}")


def turn_page(answer: Answer, so_far: TurnSoFar) -> str:
    """Markdown: how the turn ended and why, what was decided on the way, what is cited, where to read on."""
    said = answer.text.replace("#", "").replace("**", "")
    # Of a denied or failed turn the warning is the reason.
    warnings = answer.warnings if answer.outcome in (Outcome.ANSWERED, Outcome.REFUSED) else ()
    paragraphs = (
        f"**Outcome: {answer.outcome}.** {_reason(answer, so_far)}",
        f"**Read as:** {_names(so_far.intents)}" if Intent.UNKNOWN not in so_far.intents else "",
        _searched(so_far),
        f"**Said:** {shown(said)}",
        _list("Cited", [_cited(citation) for citation in answer.citations]),
        _list("Warnings", [f"`{one.code}`: {shown(one.message, MESSAGE_CHARACTERS)}" for one in warnings]),
        f"**Read on:** every decision with its figures: `answerable audit {so_far.request.turn_id}`",
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _reason(answer: Answer, so_far: TurnSoFar) -> str:
    if answer.outcome is Outcome.ANSWERED:
        return _why_answered(answer)
    if answer.outcome is Outcome.REFUSED:
        return _why_refused(so_far)
    if answer.failure is not None:
        return f"{_stopped(so_far)}: {answer.failure.code}. {shown(answer.failure.message, MESSAGE_CHARACTERS)}"
    return " ".join(warning.message for warning in answer.warnings)


def _why_answered(answer: Answer) -> str:
    if answer.actions and not answer.citations:
        return f"The figures come from {_names(tuple(dict.fromkeys(action.tool for action in answer.actions)))}."
    if not answer.citations:
        return "The answer needed no document."
    titles = dict.fromkeys(f"“{shown(citation.title, _TITLE_CHARACTERS)}”" for citation in answer.citations)
    return f"The answer comes from {_names(tuple(titles))}."


def _why_refused(so_far: TurnSoFar) -> str:
    understanding, retrieval = so_far.understanding, so_far.retrieval
    if understanding is None or retrieval is None:
        return "There was nothing to search: the bot has no documents for this question."
    if not retrieval.passages:
        return "No passage was found among the documents that the asker may see."
    if retrieval.confidence < understanding.minimum_confidence:
        return f"The passages are too far from the question ({_found(understanding, retrieval)})."
    return f"No passage holds the answer ({_found(understanding, retrieval)})."


def _stopped(so_far: TurnSoFar) -> str:
    if so_far.understanding is None:
        return "Stopped while the question was read"
    if so_far.composition is not None:
        return "Stopped while the answer was checked"
    if so_far.retrieval is None and so_far.searched_packs:
        return "Stopped while passages were searched"
    return "Stopped while the answer was written"


def _searched(so_far: TurnSoFar) -> str:
    understanding, retrieval = so_far.understanding, so_far.retrieval
    if understanding is None or retrieval is None:
        return ""
    principal = so_far.request.principal
    seen = f"{' and '.join(principal.visibilities)} documents"
    return f"**Searched:** {_names(understanding.pack_ids)} ({seen}): {_found(understanding, retrieval)}"


def _found(understanding: Understanding, retrieval: Retrieval) -> str:
    return (
        f"{_count(len(retrieval.passages), 'passage')} found, "
        f"confidence {retrieval.confidence:.2f}, needed {understanding.minimum_confidence:.2f}"
    )


def _cited(citation: Citation) -> str:
    section = shown(citation.section_heading, _TITLE_CHARACTERS)
    title = shown(citation.title, _TITLE_CHARACTERS)
    where = f"{title}, section “{section}”" if section and section != title else title
    return (
        f"[{citation.number}] {where}, score {citation.score:.2f}, from {shown(citation.source, _TITLE_CHARACTERS)}: "
        f"DocumentId `{citation.document_id}`, ingest `{citation.version_id}`"
    )


def _list(title: str, entries: list[str]) -> str:
    return "\n".join((f"**{title}:**\n", *(f"- {entry}" for entry in entries))) if entries else ""


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
