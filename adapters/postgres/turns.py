"""Closed turns, recorded once with their messages."""

from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection, Database
from adapters.postgres.storable import storable_json, storable_text
from domain.answer import Answer
from domain.conversation import RecordedTurn, TurnRequest
from domain.errors import SessionNotFoundError


class PostgresTurns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: UUID, turn_id: str) -> RecordedTurn | None:
        async with self._database.transaction(tenant_id) as connection:
            return await _find(connection, tenant_id, turn_id)

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        """Store a closed turn with its two messages and its conversation, in one transaction.

        Idempotent: a turn that is already recorded is left as it is and returned. Raises SessionNotFoundError when the
        conversation is another principal's.
        """
        tenant_id = request.tenant_id
        async with self._database.transaction(tenant_id) as connection:
            if recorded := await _find(connection, tenant_id, turn.turn_id):
                return recorded
            last_sequence = await _lock_conversation(connection, request)
            if await _insert_turn(connection, request, turn):
                await _append_messages(connection, request, turn, last_sequence)
            recorded = await _find(connection, tenant_id, turn.turn_id)
        assert recorded is not None, "the row was inserted, or stood in the way of the insert"  # noqa: S101
        return recorded


async def _lock_conversation(connection: Connection, request: TurnRequest) -> int:
    """Make the conversation if it is new, lock it, and return the sequence number of its last message."""
    await connection.execute(
        """
        INSERT INTO conversations
            (tenant_id, conversation_id, bot_id, principal_id, channel, last_sequence, created_at)
        VALUES (%s, %s, %s, %s, %s, 0, %s)
        ON CONFLICT (tenant_id, conversation_id) DO NOTHING
        """,
        [
            request.tenant_id,
            request.conversation_id,
            request.bot_id,
            request.principal.id,
            request.channel,
            request.received_at,
        ],
    )
    cursor = await connection.execute(
        """
        SELECT last_sequence FROM conversations
        WHERE tenant_id = %s AND conversation_id = %s AND principal_id = %s FOR UPDATE
        """,
        [request.tenant_id, request.conversation_id, request.principal.id],
    )
    row = await cursor.fetchone()
    if row is None:
        raise SessionNotFoundError("There is no such session. Leave session_id out to start one.")
    return int(row["last_sequence"])


async def _insert_turn(connection: Connection, request: TurnRequest, turn: RecordedTurn) -> bool:
    """Whether the turn is new. Another transaction may have recorded it while this one waited for the lock."""
    answer = storable_json(turn.answer.model_dump(mode="json"))
    cursor = await connection.execute(
        """
        INSERT INTO turns (tenant_id, turn_id, conversation_id, bot_id, principal_id, channel, request_sha256,
                           outcome, answer, received_at, closed_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (tenant_id, turn_id) DO NOTHING
        """,
        [
            request.tenant_id,
            turn.turn_id,
            request.conversation_id,
            turn.bot_id,
            request.principal.id,
            request.channel,
            turn.request_sha256,
            turn.outcome,
            Jsonb(answer),
            turn.received_at,
            turn.closed_at,
        ],
    )
    return cursor.rowcount == 1


async def _append_messages(
    connection: Connection, request: TurnRequest, turn: RecordedTurn, last_sequence: int
) -> None:
    said = (("user", request.message, turn.received_at), ("assistant", turn.answer.text, turn.closed_at))
    for sequence, (role, text, moment) in enumerate(said, start=last_sequence + 1):
        await connection.execute(
            """
            INSERT INTO messages (tenant_id, conversation_id, sequence, turn_id, role, text, created_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                request.tenant_id,
                request.conversation_id,
                sequence,
                turn.turn_id,
                role,
                storable_text(text),
                moment,
            ],
        )
    await connection.execute(
        "UPDATE conversations SET last_sequence = %s WHERE tenant_id = %s AND conversation_id = %s",
        [last_sequence + len(said), request.tenant_id, request.conversation_id],
    )


async def _find(connection: Connection, tenant_id: UUID, turn_id: str) -> RecordedTurn | None:
    cursor = await connection.execute(
        """
        SELECT turn_id, conversation_id, bot_id, principal_id, request_sha256, outcome, answer, received_at, closed_at
        FROM turns WHERE tenant_id = %s AND turn_id = %s
        """,
        [tenant_id, turn_id],
    )
    row = await cursor.fetchone()
    return _decode(row) if row else None


def _decode(row: DictRow) -> RecordedTurn:
    return RecordedTurn(**{**row, "answer": Answer.model_validate(row["answer"])})
