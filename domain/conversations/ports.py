"""What activities and the API need of where conversations are kept. See ``domain.knowledge.ports``."""

from typing import Protocol
from uuid import UUID

from domain.conversations.conversation import Conversation, ConversationHead, ListedConversation
from domain.conversations.turn import ListedTurn, ListFilter, RecordedTurn, TurnFilter, TurnRequest
from domain.questions.follow_up import PastTurn


class PastQuestions(Protocol):
    async def questions_before(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str, through: int, limit: int
    ) -> tuple[PastTurn, ...]:
        """The last ``limit`` turns of a conversation of ``of_principal`` up to the message number ``through``, newest
        first; none of anybody else's. Raises DatabaseUnavailableError (retryable)."""
        ...


class ConversationRepository(PastQuestions, Protocol):
    async def page(
        self, tenant_id: UUID, conversation_id: UUID, *, of_principal: str | None, limit: int, after: int
    ) -> Conversation:
        """With at most ``limit`` of its messages, in order, from the one behind the sequence number ``after``.

        Raises SessionNotFoundError, also when it is not the conversation of ``of_principal``; None is everybody.
        """
        ...

    async def list(
        self, tenant_id: UUID, wanted: ListFilter, *, limit: int, after: UUID | None
    ) -> tuple[ListedConversation, ...]:
        """Newest first, from behind the conversation ``after``; behind one that is not in the list is nothing."""
        ...

    async def head(self, tenant_id: UUID, conversation_id: UUID) -> ConversationHead | None:
        """None if there is no such conversation."""
        ...


class TurnRepository(Protocol):
    async def find(self, tenant_id: UUID, turn_id: str, *, of_principal: str | None = None) -> RecordedTurn | None:
        """The turn, if it is that of ``of_principal``; None is everybody."""
        ...

    async def is_recorded(self, tenant_id: UUID, turn_id: str) -> bool:
        """Whether the turn is closed, whoever's it is."""
        ...

    async def record(self, request: TurnRequest, turn: RecordedTurn) -> RecordedTurn:
        """Store a closed turn with its two messages and its conversation, in one transaction.

        Idempotent: a turn that is already recorded is left as it is and returned. Raises SessionNotFoundError when
        the conversation is another principal's.
        """
        ...


class TurnArchive(TurnRepository, Protocol):
    async def list(
        self, tenant_id: UUID, wanted: TurnFilter, *, limit: int, after: str | None
    ) -> tuple[ListedTurn, ...]:
        """Closed turns, newest first, from behind the turn ``after``; behind one that is not in the list is nothing."""
        ...
