"""Conversations and their messages."""

from datetime import datetime
from uuid import UUID

from answerable_sdk.model import Model, Notice
from answerable_sdk.resources.answers import Citation
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Message(Model):
    """One message of a conversation; an assistant's has the passages behind it."""

    sequence: int
    trace_id: str
    role: str
    text: str
    created_at: datetime
    citations: tuple[Citation, ...]
    warnings: tuple[Notice, ...]
    understood_as: str | None = None


class Conversation(Model):
    """A conversation with its messages in order; ``next`` continues them as ``after``."""

    session_id: UUID
    bot_id: UUID
    channel: str
    created_at: datetime
    messages: tuple[Message, ...]
    next: int | None = None


class Conversations(Resource[Mode]):
    """``client.conversations``."""

    @method
    def get(self, session_id: Id, *, limit: int = 50, after: int | None = None) -> Steps[Conversation]:
        """A conversation with a page of its messages, oldest first; ``next`` of a page is ``after`` of the next."""
        path = f"/v1/conversations/{segment(session_id)}"
        params = without_none(limit=limit, after=after)
        return self._send(Call("GET", path, parse_as(Conversation), params=params))
