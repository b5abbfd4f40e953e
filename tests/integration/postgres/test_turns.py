"""Recording turns: once, whole, in order, in the asker's own conversation."""

import asyncio
from uuid import UUID, uuid4

import pytest

from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.turns import PostgresTurns
from domain.conversations.conversation import Conversation
from domain.conversations.errors import SessionNotFoundError
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import turn_of


async def sequences(tenant: TenantHandle, conversation_id: UUID) -> list[int]:
    found = await whole(tenant, conversation_id)
    return [message.sequence for message in found.messages]


async def whole(tenant: TenantHandle, conversation_id: UUID) -> Conversation:
    conversations = PostgresConversations(tenant.database)
    return await conversations.page(tenant.tenant_id, conversation_id, of_principal=None, limit=100, after=0)


async def test_a_recorded_turn_is_found_with_its_answer(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant)
    assert await turns.find(tenant.tenant_id, turn.turn_id) is None
    assert await turns.record(request, turn) == turn
    assert await turns.find(tenant.tenant_id, turn.turn_id) == turn


async def test_another_principals_turn_is_not_read_and_only_known_to_exist(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant)
    assert not await turns.is_recorded(tenant.tenant_id, turn.turn_id)
    await turns.record(request, turn)

    assert await turns.find(tenant.tenant_id, turn.turn_id, of_principal=turn.principal_id) == turn
    assert await turns.find(tenant.tenant_id, turn.turn_id, of_principal="key-other") is None
    assert await turns.is_recorded(tenant.tenant_id, turn.turn_id)
    assert not await turns.is_recorded(other_tenant.tenant_id, turn.turn_id)


async def test_a_conversation_shows_its_messages_in_order_with_the_answers(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    first, one = turn_of(tenant, message="First?", text="One.")
    await turns.record(first, one)
    second, two = turn_of(tenant, message="Second?", text="Two.", conversation_id=first.conversation_id)
    await turns.record(second, two)
    found = await whole(tenant, first.conversation_id)
    shown = [(message.sequence, message.role, message.text) for message in found.messages]
    assert shown == [(1, "user", "First?"), (2, "assistant", "One."), (3, "user", "Second?"), (4, "assistant", "Two.")]
    assert [message.answer for message in found.messages] == [None, one.answer, None, two.answer]
    assert (found.principal_id, found.bot_id, found.channel) == ("key-1", tenant.bot.bot_id, "api")


async def test_a_turn_recorded_again_stays_as_it_was(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant, text="The first answer.")
    await turns.record(request, turn)
    other = turn.model_copy(update={"answer": turn.answer.model_copy(update={"text": "Another answer."})})
    assert (await turns.record(request, other)).answer.text == "The first answer."
    assert await sequences(tenant, request.conversation_id) == [1, 2]


async def test_twenty_at_once_record_one_turn(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant)
    recorded = await asyncio.gather(*(turns.record(request, turn) for _ in range(20)))
    assert recorded == [turn] * 20
    assert await sequences(tenant, request.conversation_id) == [1, 2]


async def test_twenty_turns_at_once_in_one_conversation_number_their_messages_without_a_gap(
    tenant: TenantHandle,
) -> None:
    turns, conversation_id = PostgresTurns(tenant.database), uuid4()
    pairs = [turn_of(tenant, message=f"Question {n}", conversation_id=conversation_id) for n in range(20)]
    await asyncio.gather(*(turns.record(request, turn) for request, turn in pairs))
    found = await whole(tenant, conversation_id)
    assert [message.sequence for message in found.messages] == list(range(1, 41))
    question_and_answer = [
        (a.turn_id, a.role, b.turn_id, b.role) for a, b in zip(found.messages[::2], found.messages[1::2], strict=True)
    ]
    assert all(row == (row[0], "user", row[0], "assistant") for row in question_and_answer)


async def test_a_conversation_of_another_principal_is_never_touched(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant)
    await turns.record(request, turn)
    intruding = turn_of(tenant, conversation_id=request.conversation_id, principal_id="key-2")
    with pytest.raises(SessionNotFoundError):
        await turns.record(*intruding)
    assert await turns.find(tenant.tenant_id, intruding[1].turn_id) is None
    assert await sequences(tenant, request.conversation_id) == [1, 2]


async def test_the_same_turn_id_of_another_tenant_is_another_turn(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant, text="Mine.")
    theirs, their_turn = turn_of(other_tenant, text="Theirs.", conversation_id=request.conversation_id)
    await turns.record(request, turn)
    same_ids = {"turn_id": turn.turn_id}
    await turns.record(theirs.model_copy(update=same_ids), their_turn.model_copy(update=same_ids))
    mine = await turns.find(tenant.tenant_id, turn.turn_id)
    other = await turns.find(other_tenant.tenant_id, turn.turn_id)
    assert mine is not None
    assert other is not None
    assert (mine.answer.text, other.answer.text) == ("Mine.", "Theirs.")


async def test_text_that_the_database_cannot_hold_does_not_lose_the_turn(tenant: TenantHandle) -> None:
    turns = PostgresTurns(tenant.database)
    request, turn = turn_of(tenant, message="a\0b", text="c\0d \\u0000 😀")
    recorded = await turns.record(request, turn)
    assert recorded.answer.text == "c\ufffdd \\u0000 😀"
    assert await turns.find(tenant.tenant_id, turn.turn_id) == recorded


async def test_the_owner_of_a_conversation_is_told_to_its_tenant_only(
    tenant: TenantHandle, other_tenant: TenantHandle
) -> None:
    conversations = PostgresConversations(tenant.database)
    request, turn = turn_of(tenant)
    await PostgresTurns(tenant.database).record(request, turn)
    assert await conversations.head(tenant.tenant_id, request.conversation_id) == ("key-1", tenant.bot.bot_id, 2)
    assert await conversations.head(other_tenant.tenant_id, request.conversation_id) is None
    with pytest.raises(SessionNotFoundError):
        await whole(other_tenant, request.conversation_id)


async def test_a_conversation_is_read_page_by_page_by_its_principal_only(tenant: TenantHandle) -> None:
    conversations, conversation_id = PostgresConversations(tenant.database), uuid4()
    for _ in range(2):
        await PostgresTurns(tenant.database).record(*turn_of(tenant, conversation_id=conversation_id))

    async def page(of_principal: str | None, limit: int, after: int) -> list[int]:
        found = await conversations.page(
            tenant.tenant_id, conversation_id, of_principal=of_principal, limit=limit, after=after
        )
        return [message.sequence for message in found.messages]

    assert [await page("key-1", 3, after) for after in (0, 3, 4)] == [[1, 2, 3], [4], []]
    assert await page(None, 1, 0) == [1]
    with pytest.raises(SessionNotFoundError):
        await page("key-2", 3, 0)
