"""Conversations, their turns and messages."""

import hashlib
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

from domain.access import Principal
from domain.answer import Answer, Outcome
from domain.base import JsonValue, Value
from domain.canonical import canonical

MAX_MESSAGE_CHARACTERS = 8_000

Role = Literal["user", "assistant"]


class TurnRequest(Value):
    """One accepted user message. It is the input of the turn's workflow.

    ``request_sha256`` fingerprints what the client sent, so that a key that comes again with another body is
    noticed. ``conversation_id`` is chosen before the turn starts and does not change when the request is repeated.
    """

    tenant_id: UUID
    turn_id: str
    conversation_id: UUID
    principal: Principal
    channel: str
    bot_id: UUID
    message: str
    pack_hint: str | None = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    request_sha256: str
    received_at: datetime
    history_through: int = 0
    """The last message of the conversation when the turn began: what it may see of it. 0 where there was none."""
    said_before: tuple[str, ...] = ()
    """The last messages of a user whose client keeps the conversation itself, oldest first."""


class RecordedTurn(Value):
    """The row of a closed turn: what a repeated request is answered from, even after the history expired."""

    turn_id: str
    conversation_id: UUID
    bot_id: UUID
    principal_id: str
    request_sha256: str
    outcome: Outcome
    answer: Answer
    received_at: datetime
    closed_at: datetime


class Message(Value):
    """One message of a conversation. ``sequence`` counts from 1 and is allocated when the turn is recorded."""

    sequence: int
    turn_id: str
    role: Role
    text: str
    created_at: datetime
    answer: Answer | None = None


class Standing(NamedTuple):
    """Whose a conversation is, with which bot, and the sequence number of its last message."""

    principal_id: str
    bot_id: UUID
    last_sequence: int


class Conversation(Value):
    conversation_id: UUID
    bot_id: UUID
    principal_id: str
    channel: str
    created_at: datetime
    messages: tuple[Message, ...] = ()


def turn_id_for(tenant_id: UUID, asker: str, bot_id: UUID, key: str) -> str:
    """Return the id of the turn that ``key`` names for this asker: 32 hex characters, no client text.

    Source of the shape: a digest over length-prefixed parts, so that no two different tuples collide by joining.
    """
    digest = hashlib.sha256()
    for part in (str(tenant_id), asker, str(bot_id), key):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]


def conversation_id_for(tenant_id: UUID, turn_id: str) -> UUID:
    """The id of the conversation that a turn without one opens; the same for every repetition of the turn."""
    return uuid5(NAMESPACE_URL, f"answerable:conversation:{tenant_id}:{turn_id}")


def fingerprint(request: dict[str, JsonValue]) -> str:
    """SHA-256 (hex) over the canonical JSON of a request."""
    return hashlib.sha256(canonical(request).encode("utf-8", "surrogatepass")).hexdigest()
