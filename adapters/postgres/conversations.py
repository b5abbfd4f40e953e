"""Conversations as they are read; turns write them."""

from typing import Final
from uuid import UUID

from psycopg.rows import DictRow

from adapters.postgres.database import Database
from domain.answers.answer import Answer
from domain.conversations.conversation import Conversation, ConversationHead, ListedConversation, Message
from domain.conversations.errors import SessionNotFoundError
from domain.conversations.turn import ListFilter
from domain.questions.follow_up import MAX_CHARACTERS, PastTurn

# A cursor is looked for among what the reader may see: another's is one that does not exist.
_LIST: Final = """
WITH wanted AS NOT MATERIALIZED (
    SELECT * FROM conversations
    WHERE tenant_id = %(tenant_id)s
      AND (%(of_principal)s::text IS NULL OR principal_id = %(of_principal)s)
      AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
)
SELECT w.conversation_id, w.bot_id, w.principal_id, w.channel, m.text AS question, w.last_sequence AS messages,
       w.created_at
FROM wanted w
JOIN messages m ON m.tenant_id = w.tenant_id AND m.conversation_id = w.conversation_id AND m.sequence = 1
WHERE %(after)s::uuid IS NULL
   OR (w.created_at, w.conversation_id)
      < (SELECT created_at, conversation_id FROM wanted WHERE conversation_id = %(after)s)
ORDER BY w.created_at DESC, w.conversation_id DESC LIMIT %(limit)s
"""


class PostgresConversations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str | None, limit: int, after: int
    ) -> Conversation:
        """With at most ``limit`` of its messages, in order, from the one behind the sequence number ``after``.

        Raises SessionNotFoundError, also when it is not the conversation of ``of_principal``; None is everybody.
        """
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT conversation_id, bot_id, principal_id, channel, created_at FROM conversations
                WHERE tenant_id = %s AND conversation_id = %s AND principal_id = coalesce(%s, principal_id)
                """,
                [tenant_id, conversation_id, of_principal],
            )
            row = await cursor.fetchone()
            if row is None:
                raise SessionNotFoundError(
                    "There is no such session. Check the session_id.", session_id=str(conversation_id)
                )
            messages = await connection.execute(
                """
                SELECT m.sequence, m.turn_id, m.role, m.text, m.created_at,
                       CASE m.role WHEN 'assistant' THEN t.answer END AS answer
                FROM messages m JOIN turns t USING (tenant_id, turn_id)
                WHERE m.tenant_id = %s AND m.conversation_id = %s AND m.sequence > %s ORDER BY m.sequence LIMIT %s
                """,
                [tenant_id, conversation_id, after, limit],
            )
            return Conversation(**row, messages=tuple(_message(line) for line in await messages.fetchall()))

    async def list(
        self, tenant_id: UUID, wanted: ListFilter, *, limit: int, after: UUID | None
    ) -> tuple[ListedConversation, ...]:
        """Newest first, from behind the conversation ``after``; behind one that is not in the list is nothing."""
        given = {**wanted.model_dump(), "tenant_id": tenant_id, "limit": limit, "after": after}
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_LIST, given)
            return tuple(ListedConversation.model_validate(row) for row in await cursor.fetchall())

    async def head(self, tenant_id: UUID, conversation_id: UUID) -> ConversationHead | None:
        """None if there is no such conversation."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT principal_id, bot_id, last_sequence FROM conversations
                WHERE tenant_id = %s AND conversation_id = %s
                """,
                [tenant_id, conversation_id],
            )
            row = await cursor.fetchone()
        return ConversationHead(**row) if row else None

    async def questions_before(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str, through: int, limit: int
    ) -> tuple[PastTurn, ...]:
        """The last ``limit`` turns up to the message number ``through``, newest first; none of anybody else's.

        The question of a turn that was a follow-up itself is what it was understood as.
        """
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT m.sequence, m.turn_id, t.outcome, t.answer -> 'meta' -> 'intents' AS intents,
                       left(coalesce(t.answer -> 'meta' ->> 'understood_as', m.text), %s) AS question
                FROM messages m JOIN turns t USING (tenant_id, turn_id)
                WHERE m.tenant_id = %s AND m.conversation_id = %s AND m.sequence <= %s AND m.role = 'user'
                  AND t.principal_id = %s
                ORDER BY m.sequence DESC LIMIT %s
                """,
                # One character more than may be used, so that what was cut is seen to be too long.
                [MAX_CHARACTERS + 1, tenant_id, conversation_id, through, of_principal, limit],
            )
            return tuple(PastTurn.model_validate(row) for row in await cursor.fetchall())


def _message(row: DictRow) -> Message:
    answer = row["answer"] and Answer.model_validate(row["answer"])
    return Message(**{**row, "answer": answer})
