"""Conversations and their messages."""

from datetime import datetime
from uuid import UUID

from answerable_sdk.model import Model, Notice
from answerable_sdk.resources.answers import Citation
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, iterator, method
from answerable_sdk.transport.paging import MAX_PAGE, items_of_pages
from answerable_sdk.transport.steps import Items, Steps


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


class ListedConversation(Model):
    """A conversation by the beginning of what was asked first. ``messages`` counts questions and answers."""

    session_id: UUID
    bot_id: UUID
    channel: str
    question: str
    messages: int
    created_at: datetime


class ConversationPage(Model):
    """Conversations, newest first; ``next`` continues the list as ``after``."""

    items: tuple[ListedConversation, ...]
    next: UUID | None


class Conversations(Resource[Mode]):
    """``client.conversations``."""

    @method
    def list(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: Id | None = None,
    ) -> Steps[ConversationPage]:
        """One page of conversations, newest first: the key's own, or everybody's for a key that may audit."""
        return self._send(_page_call(since, until, limit, after))

    @iterator
    def all(self, *, since: datetime | None = None, until: datetime | None = None) -> Items[ListedConversation]:
        """Every conversation, newest first, fetched page by page."""
        return items_of_pages(lambda after: self._send(_page_call(since, until, MAX_PAGE, after)))

    @method
    def get(self, session_id: Id, *, limit: int = 50, after: int | None = None) -> Steps[Conversation]:
        """A conversation with a page of its messages, oldest first; ``next`` of a page is ``after`` of the next."""
        path = f"/v1/conversations/{segment(session_id)}"
        params = without_none(limit=limit, after=after)
        return self._send(Call("GET", path, parse_as(Conversation), params=params))


def _page_call(since: datetime | None, until: datetime | None, limit: int, after: Id | None) -> Call[ConversationPage]:
    params = without_none(
        since=since and since.isoformat(), until=until and until.isoformat(), limit=limit, after=after
    )
    return Call("GET", "/v1/conversations", parse_as(ConversationPage), params=params)
