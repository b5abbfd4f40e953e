"""Conversations, their turns and their messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of
from domain.base import JsonValue


class ConversationRow(TenantTable):
    """The row is the lock under which message sequence numbers are allocated."""

    __tablename__ = "conversations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "bot_id"], ["bots.tenant_id", "bots.bot_id"]),
        Index("ix_conversations_newest", "tenant_id", text("created_at DESC"), text("conversation_id DESC")),
        Index(
            "ix_conversations_own", "tenant_id", "principal_id", text("created_at DESC"), text("conversation_id DESC")
        ),
    )

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID]
    principal_id: Mapped[str]
    channel: Mapped[str]
    last_sequence: Mapped[int]
    created_at: Mapped[datetime] = created_now()


class TurnRow(TenantTable):
    """A closed turn: the answer that a repeated request gets, even after the history expired."""

    __tablename__ = "turns"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.conversation_id"]
        ),
        Index(None, "tenant_id", "conversation_id"),
        Index("ix_turns_newest", "tenant_id", text("received_at DESC"), text("turn_id DESC")),
        Index("ix_turns_own", "tenant_id", "principal_id", text("received_at DESC"), text("turn_id DESC")),
    )

    turn_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    bot_id: Mapped[UUID]
    principal_id: Mapped[str]
    channel: Mapped[str]
    request_sha256: Mapped[str]
    outcome: Mapped[str]
    answer: Mapped[dict[str, JsonValue]]
    received_at: Mapped[datetime]
    closed_at: Mapped[datetime]


class MessageRow(TenantTable):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "turn_id", "role"),
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.conversation_id"]
        ),
        ForeignKeyConstraint(["tenant_id", "turn_id"], ["turns.tenant_id", "turns.turn_id"]),
        one_of("role", ("user", "assistant")),
    )

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str]
    role: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime]
