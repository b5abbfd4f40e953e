"""The answer to a turn: text, the passages behind it, and what it took."""

from enum import StrEnum
from uuid import UUID

from domain.base import JsonValue, Value
from domain.errors import Failure
from domain.retrieval import SearchMode


class Intent(StrEnum):
    HOW_TO = "how_to"
    STATS = "stats"
    ACCESS = "access"
    HAND_OFF = "hand_off"
    SMALL_TALK = "small_talk"


class Outcome(StrEnum):
    """How a turn ended. Every accepted message ends in exactly one of these."""

    ANSWERED = "answered"
    REFUSED = "refused"
    DENIED = "denied"
    FAILED = "failed"


class Warning(Value):
    code: str
    message: str


class Citation(Value):
    """A passage that the answer rests on. ``number`` is its marker in the text, from 1.

    ``start`` and ``end`` are character offsets into the document's parsed text, so that the citation opens there.
    """

    number: int
    passage_id: UUID
    document_id: UUID
    version_id: UUID
    title: str
    url: str | None
    source: str
    section_heading: str
    score: float
    start: int
    end: int


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


class Answer(Value):
    """What a turn ends in. ``failure`` is set if, and only if, the outcome is ``failed``."""

    outcome: Outcome
    text: str
    citations: tuple[Citation, ...] = ()
    actions: tuple[ActionTaken, ...] = ()
    warnings: tuple[Warning, ...] = ()
    usage: Usage = Usage()
    meta: AnswerMeta
    failure: Failure | None = None
