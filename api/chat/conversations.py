"""Conversations as they were held."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Query

from api.chat.bodies import CitationBody
from api.edge.authentication import SECURITY, AuthenticatedRoute, Chatter, reading_as
from api.edge.errors import documented
from api.edge.readers import conversation_as_seen
from api.edge.schema import EXAMPLE_ID, EXAMPLE_TRACE, ResponseBody, example
from api.services import ServicesDep
from domain.answers.answer import AnswerWarning
from domain.conversations.conversation import Conversation, Message, Role

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["conversations"])

_MAX_PAGE: Final = 200
# What the column holds.
_MAX_SEQUENCE: Final = 2**31 - 1


class MessageBody(ResponseBody):
    """One message. An assistant's has its citations, and `understood_as` if it answers a follow-up."""

    sequence: int
    trace_id: str
    role: Role
    text: str
    created_at: datetime
    citations: tuple[CitationBody, ...]
    warnings: tuple[AnswerWarning, ...]
    understood_as: str | None

    @classmethod
    def of(cls, message: Message) -> Self:
        answer = message.answer
        return cls(
            sequence=message.sequence,
            trace_id=message.turn_id,
            role=message.role,
            text=message.text,
            created_at=message.created_at,
            citations=tuple(CitationBody.of(citation) for citation in answer.citations) if answer else (),
            warnings=answer.warnings if answer else (),
            understood_as=answer.meta.understood_as if answer else None,
        )


class ConversationBody(ResponseBody):
    """A conversation with its messages in order. Pass ``next`` as ``after`` to get the next page; null on the last."""

    model_config = example(
        session_id=str(EXAMPLE_ID),
        bot_id=str(EXAMPLE_ID),
        channel="api",
        created_at="2025-01-31T09:30:00Z",
        messages=[
            {
                "sequence": 1,
                "trace_id": EXAMPLE_TRACE,
                "role": "user",
                "text": "How do I rotate an API key?",
                "created_at": "2025-01-31T09:30:00Z",
                "citations": [],
                "warnings": [],
                "understood_as": None,
            }
        ],
        next=None,
    )

    session_id: UUID
    bot_id: UUID
    channel: str
    created_at: datetime
    messages: tuple[MessageBody, ...]
    next: int | None

    @classmethod
    def of(cls, conversation: Conversation, limit: int) -> Self:
        page = conversation.messages[:limit]
        return cls(
            session_id=conversation.conversation_id,
            bot_id=conversation.bot_id,
            channel=conversation.channel,
            created_at=conversation.created_at,
            messages=tuple(MessageBody.of(message) for message in page),
            next=page[-1].sequence if len(conversation.messages) > limit else None,
        )


@router.get("/v1/conversations/{session_id}", responses=documented(404), summary="Get a conversation")
async def read_conversation(
    session_id: UUID,
    principal: Chatter,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    after: Annotated[int, Query(ge=0, le=_MAX_SEQUENCE, description="`next` of the previous page.")] = 0,
) -> ConversationBody:
    """Messages in order, page by page. Conversations of other keys need the scope `audit:read`, else 404."""
    reader = reading_as(principal)
    conversation = await services.conversations.page(
        principal.tenant_id, session_id, of_principal=reader, limit=limit + 1, after=after
    )
    return ConversationBody.of(await conversation_as_seen(conversation, principal, services), limit)
