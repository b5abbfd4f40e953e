"""The answer to a turn: text, the passages behind it, and what it took."""

from collections.abc import Set
from enum import StrEnum
from uuid import UUID

from domain.base import JsonValue, Value
from domain.errors import Failure
from domain.search.retrieval import SearchMode


class Intent(StrEnum):
    HOW_TO = "how_to"
    STATS = "stats"
    ACCESS = "access"
    HAND_OFF = "hand_off"
    SMALL_TALK = "small_talk"
    UNKNOWN = "unknown"
    """Of a turn that was stopped before it was classified, or failed."""


class Outcome(StrEnum):
    """How a turn ended. Every accepted message ends in exactly one of these."""

    ANSWERED = "answered"
    REFUSED = "refused"
    DENIED = "denied"
    FAILED = "failed"


class AnswerWarning(Value):
    code: str
    message: str


class Citation(Value):
    """A passage that the answer rests on. ``number`` is its marker in the text, from 1.

    ``start`` and ``end`` are character offsets into the document's parsed text, so that the citation opens there.
    ``quote`` is what was taken from the passage first, ``quote_start`` and ``quote_end`` its offsets in the passage's
    text; None in answers of earlier releases.
    """

    number: int
    passage_id: UUID
    document_id: UUID
    version_id: UUID
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None = None
    score: float
    start: int
    end: int
    quote: str | None = None
    quote_start: int | None = None
    quote_end: int | None = None


class ActionTaken(Value):
    """A tool that ran for the answer."""

    tool: str
    args: dict[str, JsonValue]
    result_meta: dict[str, JsonValue]


class Usage(Value):
    """Tokens that a chat model charged; all zero for extractive answers."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class RetrievalMeta(Value):
    """How the passages were found. ``confidence`` is in [0, 1]: how sure we are that the answer is in them."""

    mode: SearchMode
    passages: int
    confidence: float
    index_generation: UUID | None
    embedding_model: str | None


class AnswerMeta(Value):
    trace_id: str
    intent: Intent
    intents: tuple[Intent, ...]
    packs_used: tuple[str, ...]
    latency_ms: float
    retrieval: RetrievalMeta | None
    tool_calls: tuple[ActionTaken, ...]
    understood_as: str | None = None
    """The question that a follow-up was read as; None for a message that was answered as it stands."""
    confidence: float | None = None
    """How sure it is that the answer from documents is right, in [0, 1]; None where none was asked for."""


class Answer(Value):
    """What a turn ends in. ``failure`` is set if, and only if, the outcome is ``failed``."""

    outcome: Outcome
    text: str
    citations: tuple[Citation, ...] = ()
    actions: tuple[ActionTaken, ...] = ()
    warnings: tuple[AnswerWarning, ...] = ()
    usage: Usage = Usage()
    meta: AnswerMeta
    failure: Failure | None = None


DENIED_TEXT = "I am not able to help with that question."
WITHHELD_TEXT = "[withheld]"
FAILED_TEXT = "Something went wrong on our side and this question could not be answered. Please ask it again."


def denied_warning(reason: str | None, rule_id: str | None) -> AnswerWarning:
    """Why a question, or a search, was refused."""
    return AnswerWarning(code="denied", message=f"{reason or 'Policy refused this question.'} (rule {rule_id})")


def denied_answer(trace_id: str, latency_ms: float, reason: str | None, rule_id: str | None) -> Answer:
    """The polite end of a turn that policy stopped; why stands in the warnings."""
    return Answer(
        outcome=Outcome.DENIED,
        text=DENIED_TEXT,
        warnings=(denied_warning(reason, rule_id),),
        meta=_bare_meta(trace_id, latency_ms),
    )


def withheld_answer(answer: Answer, seen: Set[UUID]) -> Answer:
    """What somebody else reads of an answer that says what they may not see; ``seen``: versions that they may."""
    citations = tuple(citation for citation in answer.citations if citation.version_id in seen)
    message = "This answer rests on documents or tools that this key may not use, so it is withheld."
    return answer.model_copy(
        update={
            "text": WITHHELD_TEXT,
            "citations": citations,
            "actions": (),
            "warnings": (AnswerWarning(code="withheld", message=message),),
            "meta": answer.meta.model_copy(update={"retrieval": None, "tool_calls": (), "understood_as": None}),
        }
    )


def failed_answer(trace_id: str, latency_ms: float, failure: Failure) -> Answer:
    """The explicit end of a turn that could not be answered."""
    return Answer(
        outcome=Outcome.FAILED,
        text=FAILED_TEXT,
        warnings=(AnswerWarning(code=failure.code, message=failure.message),),
        meta=_bare_meta(trace_id, latency_ms),
        failure=failure,
    )


def _bare_meta(trace_id: str, latency_ms: float) -> AnswerMeta:
    return AnswerMeta(
        trace_id=trace_id,
        intent=Intent.UNKNOWN,
        intents=(Intent.UNKNOWN,),
        packs_used=(),
        latency_ms=round(max(0.0, latency_ms), 1),
        retrieval=None,
        tool_calls=(),
    )
