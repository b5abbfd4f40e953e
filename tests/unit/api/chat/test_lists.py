"""Turns and conversations, listed."""

from typing import Any

import httpx

from domain.identity.principal import KeyScope
from tests.unit.api.fakes import Backend


async def ask(client: httpx.AsyncClient, backend: Backend, question: str) -> str:
    trace_id = str((await client.post("/v1/chat", json={"message": question})).json()["meta"]["trace_id"])
    backend.turns.questions[trace_id] = question
    return trace_id


def key_of(backend: Backend, *scopes: KeyScope) -> dict[str, str]:
    return {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT, *scopes))}"}


async def listed(client: httpx.AsyncClient, **given: Any) -> list[dict[str, Any]]:
    return list((await client.get("/v1/turns", **given)).json()["items"])


async def test_turns_come_newest_first_page_by_page(client: httpx.AsyncClient, backend: Backend) -> None:
    asked = [await ask(client, backend, f"How do I do {number}?") for number in range(3)]
    first = (await client.get("/v1/turns", params={"limit": 2})).json()
    second = (await client.get("/v1/turns", params={"limit": 2, "after": first["next"]})).json()

    assert [one["trace_id"] for one in (*first["items"], *second["items"])] == asked[::-1]
    assert second["next"] is None
    assert first["items"][0]["outcome"] == "answered"


async def test_turns_of_others_are_listed_for_auditors_only_and_redacted(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    question = "Who is jo@example.com?"
    await ask(client, backend, question)

    assert [one["question"] for one in await listed(client)] == [question]
    assert await listed(client, headers=key_of(backend)) == []
    assert [one["question"] for one in await listed(client, headers=key_of(backend, KeyScope.AUDIT_READ))] == [
        "Who is [email]?"
    ]


async def test_a_long_question_is_cut_after_its_secrets_were_found(client: httpx.AsyncClient, backend: Backend) -> None:
    await ask(client, backend, "w" * 189 + " jo.the.longest.name@example.com " + "w" * 400)
    auditor = key_of(backend, KeyScope.AUDIT_READ)
    (found,) = await listed(client, headers=auditor)

    assert found["question"] == "w" * 189 + " [email]…"


async def test_turns_are_narrowed_by_outcome_and_conversation(client: httpx.AsyncClient, backend: Backend) -> None:
    await ask(client, backend, "How?")
    session_id = (await listed(client))[0]["session_id"]

    assert await listed(client, params={"outcome": "denied"}) == []
    assert len(await listed(client, params={"outcome": "answered", "session_id": session_id})) == 1
    assert (await client.get("/v1/turns", params={"outcome": "fine"})).status_code == 422
    assert (await client.get("/v1/turns", params={"since": "yesterday"})).status_code == 422
