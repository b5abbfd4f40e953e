"""What a turn is told of the conversation that it continues."""

from uuid import UUID, uuid4

import httpx

from domain.conversations.conversation import Conversation, Message
from tests.unit.api.fake_ports import NOW
from tests.unit.api.fakes import Backend

QUESTION = {"message": "How do I rotate an API key?"}


def conversation(backend: Backend) -> Conversation:
    """Of the client's own key, with three messages."""
    found = Conversation(
        conversation_id=uuid4(),
        bot_id=backend.bot.bot_id,
        principal_id="key-1",
        channel="api",
        created_at=NOW,
        messages=tuple(
            Message(sequence=number, turn_id="t", role="user", text="How?", created_at=NOW) for number in (1, 2, 3)
        ),
    )
    backend.conversations.rows[backend.tenant_id, found.conversation_id] = found
    return found


async def test_a_turn_sees_the_messages_that_were_recorded_when_it_began(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    found = conversation(backend)

    await client.post("/v1/chat", json={**QUESTION, "session_id": str(found.conversation_id)})
    await client.post("/v1/chat", json=QUESTION)

    assert [turn.history_through for turn in backend.turn_runs.started.values()] == [len(found.messages), 0]


async def test_what_a_user_said_before_goes_along_with_a_message_that_may_need_it(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    said = [{"role": "user", "content": "How do I rotate an API key?"}, {"role": "assistant", "content": "So."}]

    for last in ("how do I revoke it?", "How do I revoke an API key?"):
        await client.post("/v1/chat", json={"messages": [*said, {"role": "user", "content": last}]})

    first, second = backend.turn_runs.started.values()
    assert first.said_before == ("How do I rotate an API key?",)
    assert second.said_before == ()


async def test_a_senders_conversation_is_looked_up_for_a_message_that_may_need_it(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    message = {"channel": "whatsapp", "sender_id": "+15550100", "provider_message_id": "m1", "text": "How do I start?"}
    first = (await client.post("/v1/messages/inbound", json=message)).json()
    held = conversation(backend)
    backend.conversations.rows[backend.tenant_id, UUID(first["session_id"])] = held

    for number, text in enumerate(("and in the sandbox?", "How do I rotate an API key?")):
        await client.post("/v1/messages/inbound", json={**message, "provider_message_id": f"f{number}", "text": text})

    assert [turn.history_through for turn in backend.turn_runs.started.values()] == [0, len(held.messages), 0]
