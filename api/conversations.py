"""Conversations as they were held."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter

from api.authentication import SECURITY, AuthenticatedRoute, Chatter
from api.chat_models import CitationBody
from api.errors import documented
from api.schema import EXAMPLE_ID, EXAMPLE_TRACE, ResponseBody, example
from api.services import ServicesDep
from api.turns import owned_by
from domain.answer import AnswerWarning
from domain.conversation import Conversation, Message, Role
from domain.errors import SessionNotFoundError

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["conversations"])


class MessageBody(ResponseBody):
    """One message; an assistant's has the passages behind it."""

    sequence: int
    trace_id: str
    role: Role
    text: str
    created_at: datetime
    citations: tuple[CitationBody, ...]
    warnings: tuple[AnswerWarning, ...]

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
        )


class ConversationBody(ResponseBody):
    """A conversation with its messages in order."""

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
            }
        ],
    )

    session_id: UUID
    bot_id: UUID
    channel: str
    created_at: datetime
    messages: tuple[MessageBody, ...]

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls(
            session_id=conversation.conversation_id,
            bot_id=conversation.bot_id,
            channel=conversation.channel,
            created_at=conversation.created_at,
            messages=tuple(MessageBody.of(message) for message in conversation.messages),
        )


@router.get("/v1/conversations/{session_id}", responses=documented(404), summary="Read a conversation")
async def read_conversation(session_id: UUID, principal: Chatter, services: ServicesDep) -> ConversationBody:
    """Messages in order. Others' conversations need the scope audit:read; without it they do not exist."""
    conversation = await services.conversations.get(principal.tenant_id, session_id)
    if not owned_by(principal, conversation.principal_id):
        raise SessionNotFoundError("There is no such session. Check the session_id.", session_id=str(session_id))
    return ConversationBody.of(conversation)
