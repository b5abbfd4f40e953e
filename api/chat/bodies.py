"""Bodies of the chat routes. ``session_id`` is the conversation's id at this edge."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.edge.errors import ErrorBody
from api.edge.schema import (
    EXAMPLE_ID,
    EXAMPLE_TRACE,
    BoundedMetadata,
    Label,
    RequestBody,
    ResponseBody,
    SpokenText,
    Text,
    example,
)
from domain.answers.answer import ActionTaken, AnswerWarning, Citation, Intent, Outcome, RetrievalMeta, Usage
from domain.base import JsonValue
from domain.conversations.conversation import Role
from domain.conversations.turn import MAX_MESSAGE_CHARACTERS, RecordedTurn
from domain.text.folding import normalise

MAX_MESSAGES: Final = 50

Question = Annotated[SpokenText, Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)]


class ChatMessage(RequestBody):
    """One message of a client-held conversation."""

    role: Role
    content: Annotated[Text, Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)]


class ChatRequest(RequestBody):
    """A question, as ``message`` or as ``messages`` of which the last one is the user's question.

    Without ``bot_id`` the session's bot answers, or the tenant's default one. ``pack_hint`` limits the search to
    one pack of the bot.
    """

    model_config = RequestBody.model_config | example(
        message="How do I rotate an API key?", metadata={"page": "/settings/keys"}
    )

    bot_id: UUID | None = None
    session_id: UUID | None = None
    message: Question | None = None
    messages: Annotated[tuple[ChatMessage, ...], Field(max_length=MAX_MESSAGES)] | None = None
    pack_hint: Label | None = None
    metadata: BoundedMetadata = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks_one_question(self) -> Self:
        if (self.message is None) == (self.messages is None):
            raise ValueError("send exactly one of message and messages")
        if self.messages is not None:
            last = self.messages[-1] if self.messages else None
            if last is None or last.role != "user" or not normalise(last.content):
                raise ValueError("the last of messages must be a user's, and not blank")
        return self

    @property
    def question(self) -> str:
        return self.messages[-1].content if self.messages else self.message or ""

    @property
    def said_before(self) -> tuple[str, ...]:
        """What the user said before the question, oldest first."""
        return tuple(one.content for one in (self.messages or ())[:-1] if one.role == "user")


class InboundMessage(RequestBody):
    """A message that a channel received. ``provider_message_id`` is its idempotency key: a redelivery gets the
    same answer. Messages of one sender that come with one API key continue one conversation."""

    model_config = RequestBody.model_config | example(
        channel="whatsapp",
        sender_id="+15550100",
        provider_message_id="wamid.HBgLMTU1NTAxMDA",
        text="How do I rotate an API key?",
    )

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    sender_id: Label
    provider_message_id: Label
    text: Question
    bot_id: UUID | None = None
    pack_hint: Label | None = None
    metadata: BoundedMetadata = Field(default_factory=dict)


class CitationBody(ResponseBody):
    """A passage that supports the answer; ``number`` is its marker in the text. ``start`` and ``end`` are character
    offsets of the passage in the document's text, ``page`` counts from 1 and is null where the format has no pages.
    ``quote`` is what was taken from it first, at ``quote_start`` to ``quote_end`` of the passage's text."""

    number: int
    title: str
    url: str | None
    source: str
    score: float
    passage_id: UUID
    document_id: UUID
    section_heading: str
    page: int | None
    start: int
    end: int
    quote: str | None
    quote_start: int | None
    quote_end: int | None

    @classmethod
    def of(cls, citation: Citation) -> Self:
        return cls(**citation.model_dump(exclude={"version_id"}))


class MetaBody(ResponseBody):
    """How the answer came about. ``retrieval`` is null for answers that searched nothing, ``understood_as`` for
    messages that stood by themselves: of a follow-up it is the question that was answered. ``confidence``, in [0, 1],
    is how sure it is that the answer from documents is right; null where none was asked for."""

    trace_id: str
    intent: Intent
    intents: tuple[Intent, ...]
    packs_used: tuple[str, ...]
    latency_ms: float
    retrieval: RetrievalMeta | None
    tool_calls: tuple[ActionTaken, ...]
    understood_as: str | None
    confidence: float | None


class ChatResponse(ResponseBody):
    """The answer. ``outcome``: answered; refused, because the documents do not say it; denied by policy; or failed.
    Repeating a request with its Idempotency-Key returns the same bytes."""

    model_config = example(
        session_id=str(EXAMPLE_ID),
        outcome="answered",
        answer="### How-to\n\n1. Open Settings and choose API keys. [1]",
        citations=[
            {
                "number": 1,
                "title": "Rotate an API key",
                "url": None,
                "source": "rotate-an-api-key.md",
                "score": 0.93,
                "passage_id": str(EXAMPLE_ID),
                "document_id": str(EXAMPLE_ID),
                "section_heading": "Rotate an API key",
                "page": None,
                "start": 0,
                "end": 1800,
                "quote": "Open Settings and choose API keys.",
                "quote_start": 120,
                "quote_end": 154,
            }
        ],
        actions=[],
        warnings=[],
        usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        meta={
            "trace_id": EXAMPLE_TRACE,
            "intent": "how_to",
            "intents": ["how_to"],
            "packs_used": ["product_support"],
            "latency_ms": 84.2,
            "retrieval": {
                "mode": "hybrid",
                "passages": 5,
                "confidence": 0.81,
                "index_generation": str(EXAMPLE_ID),
                "embedding_model": "all-MiniLM-L6-v2",
            },
            "tool_calls": [],
            "understood_as": None,
            "confidence": 0.86,
        },
    )

    session_id: UUID
    outcome: Outcome
    answer: str
    citations: tuple[CitationBody, ...]
    actions: tuple[ActionTaken, ...]
    warnings: tuple[AnswerWarning, ...]
    usage: Usage
    meta: MetaBody

    @classmethod
    def of(cls, turn: RecordedTurn) -> Self:
        answer = turn.answer
        return cls(
            session_id=turn.conversation_id,
            outcome=answer.outcome,
            answer=answer.text,
            citations=tuple(CitationBody.of(citation) for citation in answer.citations),
            actions=answer.actions,
            warnings=answer.warnings,
            usage=answer.usage,
            meta=MetaBody(**answer.meta.model_dump()),
        )


class ChatResponseWithOutput(ChatResponse):
    """The answer, repeated as ``output`` for clients that ask for it with ``?alias=output``."""

    output: str

    @classmethod
    def of(cls, turn: RecordedTurn) -> Self:
        fields: dict[str, JsonValue] = ChatResponse.of(turn).model_dump()
        return cls.model_validate({**fields, "output": turn.answer.text})


class TurnAccepted(ResponseBody):
    """The turn is running; ``location`` returns its status and, in the end, its answer."""

    model_config = example(trace_id=EXAMPLE_TRACE, status="running", location=f"/v1/turns/{EXAMPLE_TRACE}")

    trace_id: str
    status: Literal["running"]
    location: str


class TurnStatus(ResponseBody):
    """The status of a turn. A closed one has a ``response`` or a ``failure``."""

    model_config = example(trace_id=EXAMPLE_TRACE, status="running", response=None, failure=None, closed_at=None)

    trace_id: str
    status: Literal["running", "closed"]
    response: ChatResponse | None = None
    failure: ErrorBody | None = None
    closed_at: datetime | None = None
