"""Turns, conversations and passages behind the HTTP edge, in memory and per tenant."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.conversations.conversation import Conversation, ConversationHead, ListedConversation
from domain.conversations.errors import SessionNotFoundError
from domain.conversations.turn import ListedTurn, ListFilter, RecordedTurn, TurnFilter, TurnRequest
from domain.identity.principal import Reader
from domain.search.stored import StoredPassage


class Turns:
    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, str], RecordedTurn] = {}
        self.questions: dict[str, str] = {}

    async def find(self, tenant_id: UUID, turn_id: str, *, of_principal: str | None = None) -> RecordedTurn | None:
        found = self.rows.get((tenant_id, turn_id))
        return found if found and of_principal in (None, found.principal_id) else None

    async def list(
        self, tenant_id: UUID, wanted: TurnFilter, *, limit: int, after: str | None
    ) -> tuple[ListedTurn, ...]:
        found = [
            ListedTurn(channel="api", question=self.questions.get(turn_id, "How?"), **_listed(turn))
            for (owner, turn_id), turn in self.rows.items()
            if owner == tenant_id
            and wanted.of_principal in (None, turn.principal_id)
            and wanted.conversation_id in (None, turn.conversation_id)
            and wanted.outcome in (None, turn.outcome)
        ]
        found.reverse()
        start = [one.turn_id for one in found].index(after) + 1 if after else 0
        return tuple(found[start : start + limit])

    async def is_recorded(self, tenant_id: UUID, turn_id: str) -> bool:
        return (tenant_id, turn_id) in self.rows

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        return self.rows.setdefault((request.tenant_id, turn.turn_id), turn)


def _listed(turn: RecordedTurn) -> dict[str, Any]:
    return {name: getattr(turn, name) for name in ListedTurn.model_fields if hasattr(turn, name)}


class Conversations:
    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, UUID], Conversation] = {}

    async def page(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str | None, limit: int, after: int
    ) -> Conversation:
        found = self.rows.get((tenant_id, conversation_id))
        if found is None or of_principal not in (None, found.principal_id):
            raise SessionNotFoundError("There is no such session.", session_id=str(conversation_id))
        later = [message for message in found.messages if message.sequence > after]
        return found.model_copy(update={"messages": tuple(later[:limit])})

    async def list(
        self, tenant_id: UUID, wanted: ListFilter, *, limit: int, after: UUID | None
    ) -> tuple[ListedConversation, ...]:
        found = [
            ListedConversation(
                question=one.messages[0].text,
                messages=len(one.messages),
                **one.model_dump(include={"conversation_id", "bot_id", "principal_id", "channel", "created_at"}),
            )
            for (owner, _), one in self.rows.items()
            if owner == tenant_id and wanted.of_principal in (None, one.principal_id)
        ]
        found.reverse()
        start = [one.conversation_id for one in found].index(after) + 1 if after else 0
        return tuple(found[start : start + limit])

    async def head(self, tenant_id: UUID, conversation_id: UUID) -> ConversationHead | None:
        found = self.rows.get((tenant_id, conversation_id))
        return ConversationHead(found.principal_id, found.bot_id, len(found.messages)) if found else None

    async def questions_before(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str, through: int, limit: int
    ) -> tuple[()]:
        return ()


class StoredPassages:
    """Passages as they are kept; those in ``unseen`` are nobody's."""

    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, UUID], StoredPassage] = {}
        self.unseen: set[UUID] = set()

    async def get(
        self, tenant_id: UUID, passage_id: UUID, reader: Reader, dataset_ids: Sequence[UUID]
    ) -> StoredPassage | None:
        found = self.rows.get((tenant_id, passage_id))
        is_seen = found is not None and passage_id not in self.unseen and found.passage.dataset_id in dataset_ids
        return found if is_seen else None
