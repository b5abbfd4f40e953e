"""What a support person reads in the Temporal UI: one line for each step, and a page for what came of a workflow.

Texts of users and documents appear redacted and shortened. docs/TEMPORAL_UI.md shows where each of these stands.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from activities.generation import Composition
from activities.retrieval import Retrieval
from activities.tools import ToolExecution
from activities.understanding import Understanding
from domain.answer import Answer, Citation, Intent, Outcome
from domain.audit import AuditKind, Envelope
from domain.base import JsonValue
from domain.conversation import TurnRequest
from domain.redaction import PREVIEW_CHARACTERS, redacted_preview
from domain.reranking import RerankerKind
from domain.retrieval import RetrievedPassage
from domain.tool import PlannedCall

# Temporal refuses a summary of more than 400 bytes, and a refused command stops the workflow.
_LINE_BYTES: Final = 250
_TITLE_CHARACTERS: Final = 80
_PASSAGES_SHOWN: Final = 5
_WHY_PACKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "all": " (every pack of the bot)",
        "keywords": " (words of the question name it)",
        "hint": " (the request asked for it)",
    }
)
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
    return f"Have {count(len(retrieval.passages), 'passage')} ranked by {reranker}"


def compose_line(understanding: Understanding, retrieval: Retrieval | None) -> str:
    if retrieval is None:
        return one_line(f"Read as {_names(understanding.intents)}: write the answer without a search")
    return f"Write the answer: {_found(understanding, retrieval)}"


def guard_line(composition: Composition) -> str:
    draft = "the refusal" if composition.outcome is Outcome.REFUSED else "the answer"
    return f"Hide personal data and secrets in {draft}, which cites {count(len(composition.citations), 'passage')}"


def record_line(answer: Answer, so_far: TurnSoFar) -> str:
    """The verdict in one line."""
    return one_line(f"Store as {answer.outcome}. {_reason(answer, so_far)}")


def turn_page(answer: Answer, so_far: TurnSoFar) -> str:
    """Markdown: how the turn ended, why, and what to do; what was decided on the way, and how long it took."""
    said = answer.text.replace("#", "").replace("**", "")
    # Of a denied or failed turn the warning is the reason.
    warnings = answer.warnings if answer.outcome in (Outcome.ANSWERED, Outcome.REFUSED) else ()
    paragraphs = (
        f"**Outcome: {answer.outcome}.** {_reason(answer, so_far)}",
        _what_to_do(answer, so_far),
        _read_as(so_far),
        _searched(so_far),
        _list("Tools asked", [_tool_call(one) for one in so_far.tools]),
        _list("Passages found, best first", _found_passages(answer, so_far)),
        f"**Said:** {shown(said)}",
        _list("Cited", [_cited(citation) for citation in answer.citations]),
        _list("Warnings", [f"`{one.code}`: {shown(one.message, MESSAGE_CHARACTERS)}" for one in warnings]),
        _times(answer, so_far),
        f"**Read on:** every decision with its figures: `answerable audit {so_far.request.turn_id}`",
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _what_to_do(answer: Answer, so_far: TurnSoFar) -> str:
    """For the person on support; nothing where the turn went as it should."""
    if answer.outcome is Outcome.REFUSED:
        return (
            "**If a document should answer this:** is it live (`answerable documents list`), in a dataset of this bot, "
            "and may the asker see it? If so, it says it in other words than the question."
        )
    if answer.outcome is Outcome.DENIED:
        return "**If it should have been answered:** the rule is one of the bot's; an administrator can change it."
    if answer.outcome is Outcome.FAILED:
        return (
            "**What to do:** the asker asks again; a program needs a new `Idempotency-Key`, for this one stays failed. "
            f"If it fails again, look for `{so_far.request.turn_id}` in the logs of the chat workers, which have the "
            "cause of every attempt, and at `GET /v1/ready`."
        )
    return ""


def _read_as(so_far: TurnSoFar) -> str:
    understanding = so_far.understanding
    if understanding is None or Intent.UNKNOWN in understanding.intents:
        return ""
    decided = _decided(understanding.envelopes, AuditKind.INTENT_CLASSIFIED).get("rules")
    rules = decided if isinstance(decided, list) else []
    read = [f"{intent} (rule `{rule}`)" for intent, rule in zip(understanding.intents, rules, strict=False)]
    return f"**Read as:** {_names(tuple(read) or understanding.intents)}"


def _tool_call(execution: ToolExecution) -> str:
    call, result, warning = execution.call, execution.result, execution.warning
    size = "a result" if result is None or result.meta.rows is None else count(result.meta.rows, "row")
    came_to = f"{size}, {result.meta.duration_ms:,.0f} ms" if result else "no result"
    why = f", `{warning.code}`: {shown(warning.message)}" if warning else ""
    when = call.timeframe or "no timeframe"
    return f"`{call.tool}`, {when}, for the words “{shown(call.matched)}”: {came_to}{why}"


def _found_passages(answer: Answer, so_far: TurnSoFar) -> list[str]:
    """The best few with their scores, whether the answer cites them or not."""
    found = so_far.retrieval.passages if so_far.retrieval else ()
    numbers = {citation.passage_id: citation.number for citation in answer.citations}
    lines = [_scored(passage, numbers.get(passage.passage_id)) for passage in found[:_PASSAGES_SHOWN]]
    more = len(found) - len(lines)
    return [*lines, f"and {count(more, 'more passage')}, in the audit"] if more > 0 else lines


def _scored(passage: RetrievedPassage, number: int | None) -> str:
    scores = passage.scores
    legs = (("meaning", scores.dense), ("words", scores.lexical))
    by = ", ".join(f"{leg} {score:.2f}" for leg, score in legs if score is not None)
    where = _place(passage.title, passage.section_heading)
    return f"**{scores.fused:.2f}** ({by}) {where}{f', cited as [{number}]' if number else ''}"


def _times(answer: Answer, so_far: TurnSoFar) -> str:
    """What each step said it took; the rest of the whole is waiting between them."""
    steps = (
        ("read the question", so_far.understanding),
        ("search", so_far.retrieval),
        ("write the answer", so_far.composition),
    )
    took = [f"{step} {_milliseconds(result.envelopes)}" for step, result in steps if result and result.envelopes]
    altogether = f"{answer.meta.latency_ms:,.0f} ms from the request to this end"
    return f"**Time:** {altogether}{': ' if took else ''}{', '.join(took)}"


def _milliseconds(envelopes: tuple[Envelope, ...]) -> str:
    """Each envelope of a step counts from the step's start."""
    return f"{max(envelope.duration_ms for envelope in envelopes):,.0f} ms"


def _decided(envelopes: tuple[Envelope, ...], kind: AuditKind) -> Mapping[str, JsonValue]:
    return next((envelope.decided for envelope in envelopes if envelope.kind is kind), {})


def _reason(answer: Answer, so_far: TurnSoFar) -> str:
    if answer.outcome is Outcome.ANSWERED:
        return _why_answered(answer)
    if answer.outcome is Outcome.REFUSED:
        return _why_refused(so_far)
    if answer.failure is not None:
        return f"{_stopped(so_far)}: {answer.failure.code}. {shown(answer.failure.message, MESSAGE_CHARACTERS)}"
    return " ".join(warning.message for warning in answer.warnings)


def _why_answered(answer: Answer) -> str:
    titles = dict.fromkeys(f"“{shown(citation.title, _TITLE_CHARACTERS)}”" for citation in answer.citations)
    tools = dict.fromkeys(action.tool for action in answer.actions)
    sources = (
        f"The answer comes from {_names(tuple(titles))}." if titles else "",
        f"The figures come from {_names(tuple(tools))}." if tools else "",
    )
    return " ".join(filter(None, sources)) or "The answer needed no document."


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
    if understanding is None or not so_far.searched_packs:
        return ""
    why = _WHY_PACKS.get(str(_decided(understanding.envelopes, AuditKind.PACKS_SELECTED).get("reason")), "")
    where = f"{_names(so_far.searched_packs)}{why}, in {' and '.join(so_far.request.principal.visibilities)} documents"
    return f"**Searched:** {where}: {_found(understanding, retrieval) if retrieval else 'without a result'}"


def _found(understanding: Understanding, retrieval: Retrieval) -> str:
    return (
        f"{count(len(retrieval.passages), 'passage')} found, "
        f"confidence {retrieval.confidence:.2f}, needed {understanding.minimum_confidence:.2f}"
    )


def _cited(citation: Citation) -> str:
    where = _place(citation.title, citation.section_heading)
    page = "" if citation.page is None else f", page {citation.page}"
    return (
        f"[{citation.number}] {where}, from {shown(citation.source, _TITLE_CHARACTERS)}{page}: "
        f"DocumentId `{citation.document_id}`, ingest `{citation.version_id}`"
    )


def _place(title: str, section_heading: str) -> str:
    title, section = shown(title, _TITLE_CHARACTERS), shown(section_heading, _TITLE_CHARACTERS)
    # A section's path often begins with the title.
    if not section or section == title:
        return f"“{title}”"
    return f"“{section}”" if section.startswith(title) else f"“{title}”, section “{section}”"


def _list(title: str, entries: list[str]) -> str:
    return "\n".join((f"**{title}:**\n", *(f"- {entry}" for entry in entries))) if entries else ""


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def count(number: int, noun: str) -> str:
    """``1 span``, ``6,004 spans``, ``no spans``."""
    return f"{f'{number:,}' if number else 'no'} {noun}{'' if number == 1 else 's'}"
