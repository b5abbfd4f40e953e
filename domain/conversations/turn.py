"""One user message, and the turn that it becomes."""

import hashlib
from datetime import datetime
from uuid import UUID

from pydantic import Field

from domain.answers.answer import Answer, Outcome
from domain.base import JsonValue, Value
from domain.identity.principal import Principal
from domain.text.canonical import canonical

MAX_MESSAGE_CHARACTERS = 8_000


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


class ListedTurn(Value):
    """A closed turn as lists show it: what was asked, and how it ended."""

    turn_id: str
    conversation_id: UUID
    bot_id: UUID
    principal_id: str
    channel: str
    outcome: Outcome
    question: str
    received_at: datetime
    closed_at: datetime


class ListFilter(Value):
    """What is listed: what came in from ``since`` on and before ``until``; None narrows nothing. ``of_principal``: what
    this principal asked; None is everybody."""

    of_principal: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class TurnFilter(ListFilter):
    conversation_id: UUID | None = None
    outcome: Outcome | None = None


def turn_id_for(tenant_id: UUID, asker: str, bot_id: UUID, key: str) -> str:
    """Return the id of the turn that ``key`` names for this asker: 32 hex characters, no client text.

    Source of the shape: a digest over length-prefixed parts, so that no two different tuples collide by joining.
    """
    digest = hashlib.sha256()
    for part in (str(tenant_id), asker, str(bot_id), key):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]


def fingerprint(request: dict[str, JsonValue]) -> str:
    """SHA-256 (hex) over the canonical JSON of a request."""
    return hashlib.sha256(canonical(request).encode("utf-8", "surrogatepass")).hexdigest()
