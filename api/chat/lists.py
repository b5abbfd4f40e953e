"""Turns and conversations, listed newest first."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.chat.traces import TRACE_PATTERN
from api.edge.authentication import SECURITY, AuthenticatedRoute, Chatter, reading_as
from api.edge.errors import documented
from api.edge.readers import listed_as_seen
from api.edge.schema import EXAMPLE_ID, EXAMPLE_TRACE, Moment, ResponseBody, example
from api.services import ServicesDep
from domain.answers.answer import Outcome
from domain.conversations.conversation import ListedConversation
from domain.conversations.turn import ListedTurn, ListFilter, TurnFilter

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["conversations"])

_MAX_PAGE: Final = 200
_QUESTION: Final = "How do I rotate an API key?"
_TURN: Final = {
    "trace_id": EXAMPLE_TRACE,
    "session_id": str(EXAMPLE_ID),
    "bot_id": str(EXAMPLE_ID),
    "channel": "api",
    "outcome": "answered",
    "question": _QUESTION,
    "received_at": "2025-01-31T09:30:00Z",
    "closed_at": "2025-01-31T09:30:01Z",
}
_CONVERSATION: Final = {
    "session_id": str(EXAMPLE_ID),
    "bot_id": str(EXAMPLE_ID),
    "channel": "api",
    "question": _QUESTION,
    "messages": 2,
    "created_at": "2025-01-31T09:30:00Z",
}

Limit = Annotated[int, Query(ge=1, le=_MAX_PAGE)]


async def _own(
    principal: Chatter,
    since: Annotated[Moment | None, Query(description="Only what came in then or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only what came in before then.")] = None,
) -> ListFilter:
    return ListFilter(of_principal=reading_as(principal), since=since, until=until)


OwnDep = Annotated[ListFilter, Depends(_own)]
"""What the principal may read, within the times that it asks for."""


class TurnItem(ResponseBody):
    """A closed turn. ``question`` is its beginning, at most 200 characters."""

    model_config = example(**_TURN)

    trace_id: str
    session_id: UUID
    bot_id: UUID
    channel: str
    outcome: Outcome
    question: str
    received_at: datetime
    closed_at: datetime

    @classmethod
    def of(cls, turn: ListedTurn) -> Self:
        fields = turn.model_dump(exclude={"turn_id", "conversation_id", "principal_id"})
        return cls(trace_id=turn.turn_id, session_id=turn.conversation_id, **fields)


class TurnPage(ResponseBody):
    """Turns, newest first. Pass ``next`` as ``after`` to get the next page; null on the last."""

    model_config = example(items=[_TURN], next=None)

    items: tuple[TurnItem, ...]
    next: str | None


class ConversationItem(ResponseBody):
    """A conversation. ``question`` is the beginning of what was asked first, at most 200 characters; ``messages``
    counts questions and answers."""

    model_config = example(**_CONVERSATION)

    session_id: UUID
    bot_id: UUID
    channel: str
    question: str
    messages: int
    created_at: datetime

    @classmethod
    def of(cls, conversation: ListedConversation) -> Self:
        fields = conversation.model_dump(exclude={"conversation_id", "principal_id"})
        return cls(session_id=conversation.conversation_id, **fields)


class ConversationPage(ResponseBody):
    """Conversations, newest first. Pass ``next`` as ``after`` to get the next page; null on the last."""

    model_config = example(items=[_CONVERSATION], next=None)

    items: tuple[ConversationItem, ...]
    next: UUID | None


@router.get("/v1/turns", responses=documented(), summary="List turns")
async def list_turns(
    principal: Chatter,
    services: ServicesDep,
    own: OwnDep,
    session_id: UUID | None = None,
    outcome: Outcome | None = None,
    limit: Limit = 50,
    after: Annotated[
        str | None, Query(pattern=TRACE_PATTERN, max_length=32, description="`next` of the previous page.")
    ] = None,
) -> TurnPage:
    """Closed turns, newest first: those of the key, or, with the scope `audit:read`, of everybody, their questions
    redacted."""
    wanted = TurnFilter(conversation_id=session_id, outcome=outcome, **own.model_dump())
    found = await services.turns.list(principal.tenant_id, wanted, limit=limit + 1, after=after)
    page = await listed_as_seen(found[:limit], principal, services)
    return TurnPage(
        items=tuple(TurnItem.of(turn) for turn in page), next=page[-1].turn_id if len(found) > limit else None
    )


@router.get("/v1/conversations", responses=documented(), summary="List conversations")
async def list_conversations(
    principal: Chatter,
    services: ServicesDep,
    wanted: OwnDep,
    limit: Limit = 50,
    after: Annotated[UUID | None, Query(description="`next` of the previous page.")] = None,
) -> ConversationPage:
    """Newest first: those of the key, or, with the scope `audit:read`, of everybody, their questions redacted."""
    found = await services.conversations.list(principal.tenant_id, wanted, limit=limit + 1, after=after)
    page = await listed_as_seen(found[:limit], principal, services)
    return ConversationPage(
        items=tuple(ConversationItem.of(one) for one in page),
        next=page[-1].conversation_id if len(found) > limit else None,
    )
