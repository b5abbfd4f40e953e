"""Closed turns, recorded once with their messages."""

from typing import Final
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection, Database
from adapters.postgres.storable import storable_json, storable_text
from domain.answers.answer import Answer
from domain.conversations.errors import SessionNotFoundError
from domain.conversations.turn import ListedTurn, RecordedTurn, TurnFilter, TurnRequest

# The turn first: who inserts it has the right to say something in its conversation, and whoever comes second waits
# for it and then does nothing. Foreign keys are checked when the whole statement has run.
_RECORD: Final = """
WITH new_turn AS (
    INSERT INTO turns (tenant_id, turn_id, conversation_id, bot_id, principal_id, channel, request_sha256, outcome,
                       answer, received_at, closed_at)
    VALUES (%(tenant_id)s, %(turn_id)s, %(conversation_id)s, %(bot_id)s, %(principal_id)s, %(channel)s,
            %(request_sha256)s, %(outcome)s, %(answer)s, %(received_at)s, %(closed_at)s)
    ON CONFLICT (tenant_id, turn_id) DO NOTHING
    RETURNING 1
), conversation AS (
    INSERT INTO conversations (tenant_id, conversation_id, bot_id, principal_id, channel, last_sequence, created_at)
    SELECT %(tenant_id)s, %(conversation_id)s, %(bot_id)s, %(principal_id)s, %(channel)s, 2, %(received_at)s
    FROM new_turn
    ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET last_sequence = conversations.last_sequence + 2
    WHERE conversations.principal_id = excluded.principal_id
    RETURNING last_sequence
), said AS (
    INSERT INTO messages (tenant_id, conversation_id, sequence, turn_id, role, text, created_at)
    SELECT %(tenant_id)s, %(conversation_id)s, last_sequence - 1, %(turn_id)s, 'user', %(question)s, %(received_at)s
    FROM conversation
    UNION ALL
    SELECT %(tenant_id)s, %(conversation_id)s, last_sequence, %(turn_id)s, 'assistant', %(said)s, %(closed_at)s
    FROM conversation
)
SELECT EXISTS (SELECT FROM new_turn) AS is_new, EXISTS (SELECT FROM conversation) AS has_conversation
"""

# A cursor is looked for among what the reader may see: another's is one that does not exist.
_LIST: Final = """
WITH wanted AS NOT MATERIALIZED (
    SELECT * FROM turns
    WHERE tenant_id = %(tenant_id)s
      AND (%(of_principal)s::text IS NULL OR principal_id = %(of_principal)s)
      AND (%(conversation_id)s::uuid IS NULL OR conversation_id = %(conversation_id)s)
      AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
      AND (%(since)s::timestamptz IS NULL OR received_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR received_at < %(until)s)
)
SELECT w.turn_id, w.conversation_id, w.bot_id, w.principal_id, w.channel, w.outcome, m.text AS question,
       w.received_at, w.closed_at
FROM wanted w JOIN messages m ON m.tenant_id = w.tenant_id AND m.turn_id = w.turn_id AND m.role = 'user'
WHERE %(after)s::text IS NULL
   OR (w.received_at, w.turn_id) < (SELECT received_at, turn_id FROM wanted WHERE turn_id = %(after)s)
ORDER BY w.received_at DESC, w.turn_id DESC LIMIT %(limit)s
"""


class PostgresTurns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: UUID, turn_id: str, *, of_principal: str | None = None) -> RecordedTurn | None:
        """The turn, if it is that of ``of_principal``; None is everybody. Another's takes as long as one that does not
        exist."""
        async with self._database.transaction(tenant_id) as connection:
            return await _find(connection, tenant_id, turn_id, of_principal)

    async def list(
        self, tenant_id: UUID, wanted: TurnFilter, *, limit: int, after: str | None
    ) -> tuple[ListedTurn, ...]:
        """Closed turns, newest first, from behind the turn ``after``; behind one that is not in the list is nothing."""
        given = {**wanted.model_dump(), "tenant_id": tenant_id, "limit": limit, "after": after}
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(_LIST, given)
            return tuple(ListedTurn.model_validate(row) for row in await cursor.fetchall())

    async def is_recorded(self, tenant_id: UUID, turn_id: str) -> bool:
        """Whether the turn is closed, whoever's it is."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                "SELECT EXISTS (SELECT FROM turns WHERE tenant_id = %s AND turn_id = %s) AS is_recorded",
                [tenant_id, turn_id],
            )
            row = await cursor.fetchone()
        return bool(row and row["is_recorded"])

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        """Store a closed turn with its two messages and its conversation, in one statement.

        Idempotent: a turn that is already recorded is left as it is and returned. Raises SessionNotFoundError when the
        conversation is another principal's.
        """
        said = turn.answer.model_dump(mode="json")
        answer = storable_json(said)
        async with self._database.transaction(request.tenant_id) as connection:
            cursor = await connection.execute(_RECORD, _row(request, turn) | {"answer": Jsonb(answer)})
            row = await cursor.fetchone()
            assert row is not None, "the statement selects without a table"  # noqa: S101
            if not row["is_new"]:
                recorded = await _find(connection, request.tenant_id, turn.turn_id)
                assert recorded is not None, "the row stood in the way of the insert"  # noqa: S101
                return recorded
            if not row["has_conversation"]:
                raise SessionNotFoundError("There is no such session. Leave session_id out to start one.")
        return turn if answer == said else turn.model_copy(update={"answer": Answer.model_validate(answer)})


def _row(request: TurnRequest, turn: RecordedTurn) -> dict[str, object]:
    return {
        "tenant_id": request.tenant_id,
        "turn_id": turn.turn_id,
        "conversation_id": request.conversation_id,
        "bot_id": turn.bot_id,
        "principal_id": request.principal.id,
        "channel": request.channel,
        "request_sha256": turn.request_sha256,
        "outcome": turn.outcome,
        "received_at": turn.received_at,
        "closed_at": turn.closed_at,
        "question": storable_text(request.message),
        "said": storable_text(turn.answer.text),
    }


async def _find(
    connection: Connection, tenant_id: UUID, turn_id: str, of_principal: str | None = None
) -> RecordedTurn | None:
    cursor = await connection.execute(
        """
        SELECT turn_id, conversation_id, bot_id, principal_id, request_sha256, outcome, answer, received_at, closed_at
        FROM turns WHERE tenant_id = %s AND turn_id = %s AND principal_id = coalesce(%s, principal_id)
        """,
        [tenant_id, turn_id, of_principal],
    )
    row = await cursor.fetchone()
    return _decode(row) if row else None


def _decode(row: DictRow) -> RecordedTurn:
    return RecordedTurn(**{**row, "answer": Answer.model_validate(row["answer"])})
