"""Answers to questions."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict
from uuid import UUID

import httpx

from answerable_sdk.model import Model, Notice
from answerable_sdk.transport.call import Call, Id, idempotency, parse_as, without_none

Messages: TypeAlias = Sequence[Mapping[str, str]]


class AskOptions(TypedDict, total=False):
    """What a question may say besides its text. ``pack_hint``: search this pack only."""

    bot_id: Id
    session_id: Id
    pack_hint: str
    metadata: Mapping[str, Any]


class Citation(Model):
    """A passage that the answer rests on. ``number`` is its marker in the text; ``start`` and ``end`` are character
    offsets of the passage in the document's text, ``page`` counts from 1 where the format has pages. ``quote`` is what
    was taken from it first, at ``quote_start`` to ``quote_end`` of the passage's text."""

    number: int
    title: str
    url: str | None
    source: str
    score: float
    passage_id: UUID
    document_id: UUID
    section_heading: str
    page: int | None = None
    start: int
    end: int
    quote: str | None = None
    quote_start: int | None = None
    quote_end: int | None = None


class Action(Model):
    """A tool that ran for the answer."""

    tool: str
    args: dict[str, Any]
    result_meta: dict[str, Any]


class Usage(Model):
    """Tokens that a chat model charged."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Retrieval(Model):
    """How the passages were found; ``confidence`` is in [0, 1]."""

    mode: str
    passages: int
    confidence: float
    index_generation: UUID | None
    embedding_model: str | None


class Meta(Model):
    """How the answer came about. ``trace_id`` finds everything about it; ``understood_as`` is the question that a
    follow-up was read as, None for a message that was answered as it stands. ``confidence``, in [0, 1], is how sure it
    is that the answer from documents is right; None where none was asked for."""

    trace_id: str
    intent: str
    intents: tuple[str, ...]
    packs_used: tuple[str, ...]
    latency_ms: float
    retrieval: Retrieval | None
    tool_calls: tuple[Action, ...]
    understood_as: str | None = None
    confidence: float | None = None


class ChatResponse(Model):
    """An answer. ``outcome``: answered, refused (the documents do not say it), denied (by policy) or failed."""

    session_id: UUID
    outcome: str | None = None
    answer: str
    citations: tuple[Citation, ...]
    actions: tuple[Action, ...]
    warnings: tuple[Notice, ...]
    usage: Usage
    meta: Meta


class TurnAccepted(Model):
    """A turn that still runs."""

    trace_id: str
    status: str
    location: str


def ask_call(question: str | Messages, key: str | None, options: AskOptions) -> Call[ChatResponse | TurnAccepted]:
    """A text, or messages of which the last is the user's."""
    text = {"message": question} if isinstance(question, str) else {"messages": [dict(one) for one in question]}
    return Call("POST", "/v1/chat", _parse_answer, json=text | without_none(**options), headers=idempotency(key))


def _parse_answer(response: httpx.Response) -> ChatResponse | TurnAccepted:
    if response.status_code == httpx.codes.ACCEPTED:
        return parse_as(TurnAccepted)(response)
    return parse_as(ChatResponse)(response)
