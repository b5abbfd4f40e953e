"""Conversations, their turns and messages."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.answers.answer import Answer
from domain.base import Value

Role = Literal["user", "assistant"]


class Message(Value):
    """One message of a conversation. ``sequence`` counts from 1 and is allocated when the turn is recorded."""

    sequence: int
    turn_id: str
    role: Role
    text: str
    created_at: datetime
    answer: Answer | None = None


class ConversationHead(NamedTuple):
    """The newest state of a conversation: whose it is, with which bot, and its last message's sequence number."""

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


class ListedConversation(Value):
    """A conversation as lists show it, by what was asked first. ``messages`` counts questions and answers."""

    conversation_id: UUID
    bot_id: UUID
    principal_id: str
    channel: str
    question: str
    messages: int
    created_at: datetime


def conversation_id_for(tenant_id: UUID, turn_id: str) -> UUID:
    """The id of the conversation that a turn without one opens; the same for every repetition of the turn."""
    return uuid5(NAMESPACE_URL, f"answerable:conversation:{tenant_id}:{turn_id}")
