"""What a support person reads in the Temporal UI: one line for each step, and a page for what came of a workflow.

Texts of users and documents appear redacted and shortened. docs/TEMPORAL_UI.md shows where each of these stands.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from activities.turns.answering import Answering
from activities.turns.retrieval import Retrieval
from activities.turns.tool_execution import ToolExecution
from activities.turns.understanding import Understanding
from domain.answers.answer import Answer, Citation, Intent, Outcome
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue
from domain.conversations.turn import TurnRequest
from domain.packs.tool import PlannedCall
from domain.search.reranking import RerankerKind
from domain.search.retrieval import PassageReference
from workflows.pages.text import MESSAGE_CHARACTERS, count, one_line, shown

_TITLE_CHARACTERS: Final = 80
_PASSAGES_SHOWN: Final = 5
_WHY_PACKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "all": " (every pack of the bot)",
        "keywords": " (words of the question name it)",
        "hint": " (the request asked for it)",
    }
)
_PARTS: Final[Mapping[str, AuditKind]] = MappingProxyType(
    {
        "read the question": AuditKind.PACKS_SELECTED,
        "search": AuditKind.RETRIEVAL_PERFORMED,
        "write the answer": AuditKind.ANSWER_COMPOSED,
    }
)


class TurnSoFar(NamedTuple):
    """What a turn has decided until now; parts that did not run are None."""

    request: TurnRequest
    understanding: Understanding | None = None
    retrieval: Retrieval | None = None
    tools: tuple[ToolExecution, ...] = ()
    envelopes: tuple[Envelope, ...] = ()

    def considered(self, answering: Answering) -> "TurnSoFar":
        return self._replace(
            understanding=answering.understanding, retrieval=answering.retrieval, envelopes=answering.envelopes
        )

    def understood(self, understanding: Understanding) -> "TurnSoFar":
        return self._replace(understanding=understanding).with_envelopes(understanding.envelopes)

    def found_passages(self, retrieval: Retrieval) -> "TurnSoFar":
        return self._replace(retrieval=retrieval).with_envelopes(retrieval.envelopes)

    def brought(self, retrieval: Retrieval | None, tools: tuple[ToolExecution, ...]) -> "TurnSoFar":
        """What outside rerankers and tools had to say."""
        return self._replace(retrieval=retrieval, tools=tools).with_envelopes(retrieval.envelopes if retrieval else ())

    def with_envelopes(self, envelopes: tuple[Envelope, ...]) -> "TurnSoFar":
        return self._replace(envelopes=(*self.envelopes, *envelopes))

    def decided(self, *kinds: AuditKind) -> Mapping[str, JsonValue]:
        """By the first of ``kinds`` that has an envelope."""
        sealed = {envelope.kind: envelope.decided for envelope in self.envelopes}
        return next((sealed[kind] for kind in kinds if kind in sealed), {})

    @property
    def intents(self) -> tuple[str, ...]:
        return _texts(self.decided(AuditKind.INTENT_CLASSIFIED).get("intents")) or (Intent.UNKNOWN,)

    @property
    def searched_packs(self) -> tuple[str, ...]:
        """Those that were searched, or were about to be when the turn stopped."""
        if self.understanding is not None and not self.understanding.needs_retrieval:
            return ()
        return _texts(self.decided(AuditKind.PACKS_SELECTED).get("packs"))

    @property
    def found(self) -> tuple[PassageReference, ...]:
        """Best first, in the last order that anybody gave them."""
        if self.retrieval is not None and self.retrieval.passages:
            return tuple(map(PassageReference.of, self.retrieval.passages))
        ranked = self.decided(AuditKind.PASSAGES_RERANKED, AuditKind.RETRIEVAL_PERFORMED).get("passages")
        return tuple(PassageReference.model_validate(one) for one in ranked) if isinstance(ranked, list) else ()


def search_line(understanding: Understanding) -> str:
    return one_line(f"Read as {_names(understanding.intents)}: search {_names(understanding.pack_ids)}")


def tool_line(call: PlannedCall) -> str:
    return one_line(f"Ask {call.tool}: {call.timeframe or 'no timeframe'}")


def rerank_line(reranker: RerankerKind, retrieval: Retrieval) -> str:
    return f"Have {count(len(retrieval.passages), 'passage')} ranked by {reranker}"


def complete_line(understanding: Understanding, retrieval: Retrieval | None, tools: tuple[ToolExecution, ...]) -> str:
    asked = _names(tuple(one.call.tool for one in tools)) if tools else ""
    sources = (asked, count(len(retrieval.passages), "passage") if retrieval else "")
    read = _names(understanding.intents)
    return one_line(
        f"Read as {read}: write the answer{' from ' if any(sources) else ''}{' and '.join(filter(None, sources))}"
    )


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
        _search_lines(so_far),
        _list("Tools asked", [_tool_call(one) for one in so_far.tools]),
        _list("Passages found, best first", _found_passages(answer, so_far)),
        f"**Said:** {shown(said)}",
        _list("Cited", [_citation_line(citation) for citation in answer.citations]),
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
    if Intent.UNKNOWN in so_far.intents:
        return ""
    rules = _texts(so_far.decided(AuditKind.INTENT_CLASSIFIED).get("rules"))
    read = [f"{intent} (rule `{rule}`)" for intent, rule in zip(so_far.intents, rules, strict=False)]
    understood = so_far.decided(AuditKind.FOLLOW_UP_RESOLVED).get("understood_as")
    meaning = f"a follow-up that means “{shown(str(understood))}”, " if understood else ""
    return f"**Read as:** {meaning}{_names(tuple(read) or so_far.intents)}"


def _tool_call(execution: ToolExecution) -> str:
    call, result, warning = execution.call, execution.result, execution.warning
    size = "a result" if result is None or result.meta.rows is None else count(result.meta.rows, "row")
    came_to = f"{size}, {result.meta.duration_ms:,.0f} ms" if result else "no result"
    why = f", `{warning.code}`: {shown(warning.message)}" if warning else ""
    when = call.timeframe or "no timeframe"
    return f"`{call.tool}`, {when}, for the words “{shown(call.matched)}”: {came_to}{why}"


def _found_passages(answer: Answer, so_far: TurnSoFar) -> list[str]:
    """The best few with their scores, whether the answer cites them or not."""
    found = so_far.found
    numbers = {citation.passage_id: citation.number for citation in answer.citations}
    lines = [_scored_line(passage, numbers.get(passage.passage_id)) for passage in found[:_PASSAGES_SHOWN]]
    more = len(found) - len(lines)
    return [*lines, f"and {count(more, 'more passage')}, in the audit"] if more > 0 else lines


def _scored_line(passage: PassageReference, number: int | None) -> str:
    legs = (("meaning", passage.dense), ("words", passage.lexical))
    by = ", ".join(f"{leg} {score:z.2f}" for leg, score in legs if score is not None)
    where = _place(passage.title, passage.section_heading)
    return f"**{passage.fused:.2f}** ({by}) {where}{f', cited as [{number}]' if number else ''}"


def _times(answer: Answer, so_far: TurnSoFar) -> str:
    """What each part said it took; the rest of the whole is waiting between them."""
    took = [f"{part} {found}" for part, kind in _PARTS.items() if (found := _milliseconds(so_far.envelopes, kind))]
    altogether = f"{answer.meta.latency_ms:,.0f} ms from the request to this end"
    return f"**Time:** {altogether}{': ' if took else ''}{', '.join(took)}"


def _milliseconds(envelopes: tuple[Envelope, ...], kind: AuditKind) -> str:
    return next((f"{one.duration_ms:,.0f} ms" for one in envelopes if one.kind is kind), "")


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _reason(answer: Answer, so_far: TurnSoFar) -> str:
    if answer.outcome is Outcome.ANSWERED:
        return _why_answered(answer)
    if answer.outcome is Outcome.REFUSED:
        return _why_refused(so_far)
    if answer.failure is not None:
        return f"{_stopped_line(so_far)}: {answer.failure.code}. {shown(answer.failure.message, MESSAGE_CHARACTERS)}"
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
    if so_far.understanding is None or so_far.retrieval is None:
        return "There was nothing to search: the bot has no documents for this question."
    if not so_far.found:
        return "No passage was found among the documents that the asker may see."
    return f"No passage holds the answer ({_found_lines(so_far)})."


def _stopped_line(so_far: TurnSoFar) -> str:
    if not so_far.envelopes:
        return "Stopped while the question was read"
    if so_far.decided(AuditKind.ANSWER_COMPOSED):
        return "Stopped while the answer was checked"
    if so_far.searched_packs and not so_far.decided(AuditKind.RETRIEVAL_PERFORMED):
        return "Stopped while passages were searched"
    return "Stopped while the answer was written"


def _search_lines(so_far: TurnSoFar) -> str:
    if not so_far.searched_packs:
        return ""
    why = _WHY_PACKS.get(str(so_far.decided(AuditKind.PACKS_SELECTED).get("reason")), "")
    where = f"{_names(so_far.searched_packs)}{why}, in {' and '.join(so_far.request.principal.visibilities)} documents"
    return f"**Searched:** {where}: {_found_lines(so_far)}"


def _found_lines(so_far: TurnSoFar) -> str:
    if so_far.understanding is None or so_far.retrieval is None:
        return "without a result"
    found = count(len(so_far.found), "passage")
    confidence = so_far.decided(AuditKind.ANSWER_COMPOSED).get("confidence")
    if not isinstance(confidence, float):
        return f"{found} found"
    return f"{found} found, confidence {confidence:.2f}, needed {so_far.understanding.minimum_confidence:.2f}"


def _citation_line(citation: Citation) -> str:
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
