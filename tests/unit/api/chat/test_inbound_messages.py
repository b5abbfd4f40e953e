"""Messages of channels, and whose they are."""

import httpx

from domain.identity.principal import KeyScope
from tests.unit.api.fakes import Backend


async def test_another_key_neither_reads_nor_takes_the_place_of_an_inbound_message(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    message = {"channel": "whatsapp", "sender_id": "+15550100", "provider_message_id": "m1", "text": "How?"}
    other = {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT,))}"}

    taken = await client.post("/v1/messages/inbound", json={**message, "text": "Something else"}, headers=other)
    asked = await client.post("/v1/messages/inbound", json=message)
    read = await client.post("/v1/messages/inbound", json=message, headers=other)

    assert (taken.status_code, asked.status_code, read.status_code) == (200, 200, 409)
    assert asked.json()["meta"]["trace_id"] != taken.json()["meta"]["trace_id"]
    assert asked.json()["session_id"] != taken.json()["session_id"]
