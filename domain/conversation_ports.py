"""What activities and the API need of where conversations are kept. See ``domain.ports``."""

from typing import Protocol
from uuid import UUID

from domain.conversation import Conversation, Standing
from domain.follow_up import PastTurn


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

    async def standing(self, tenant_id: UUID, conversation_id: UUID) -> Standing | None:
        """None if there is no such conversation."""
        ...
