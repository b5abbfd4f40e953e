from uuid import UUID, uuid4

import httpx
import pytest

from domain.conversations.conversation import Conversation, Message
from domain.conversations.turn import fingerprint
from domain.errors import Failure, WorkflowServiceUnavailableError
from domain.identity.principal import KeyScope
from tests.unit.api.fake_ports import NOW
from tests.unit.api.fakes import Backend

QUESTION = {"message": "How do I rotate an API key?"}


async def test_an_answer_has_every_field_of_the_contract(client: httpx.AsyncClient) -> None:
    body = (await client.post("/v1/chat", json=QUESTION)).json()

    assert set(body) == {"session_id", "outcome", "answer", "citations", "actions", "warnings", "usage", "meta"}
    assert set(body["meta"]) == {
        "trace_id",
        "intent",
        "intents",
        "packs_used",
        "latency_ms",
        "retrieval",
        "tool_calls",
        "understood_as",
        "confidence",
    }
    assert {"title", "url", "source", "score", "number", "passage_id"} <= set(body["citations"][0])


@pytest.mark.parametrize("path", ["/v1/chat", "/chat", "/v1/query"])
async def test_every_name_of_the_chat_route_answers(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(path, json=QUESTION)).status_code == 200


async def test_the_last_of_several_messages_is_the_question(client: httpx.AsyncClient, backend: Backend) -> None:
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "How do I rotate an API key?"},
    ]

    await client.post("/v1/chat", json={"messages": messages})

    assert [request.message for request in backend.turn_runs.started.values()] == ["How do I rotate an API key?"]


async def test_the_fingerprint_of_a_request_is_of_what_was_sent_and_of_no_default(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    await client.post("/v1/chat", json=QUESTION)

    (request,) = backend.turn_runs.started.values()
    assert request.request_sha256 == fingerprint({**QUESTION, "bot_id": str(request.bot_id)})


async def test_a_repeated_key_gets_the_same_bytes_and_starts_nothing(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await client.post("/v1/chat", json=QUESTION, headers=headers)
    backend.turn_runs.started.clear()

    second = await client.post("/v1/chat", json=QUESTION, headers=headers)

    assert second.content == first.content
    assert backend.turn_runs.started == {}


async def test_requests_without_a_key_are_turns_of_their_own(client: httpx.AsyncClient, backend: Backend) -> None:
    for _ in range(2):
        await client.post("/v1/chat", json=QUESTION)

    assert len(backend.turn_runs.started) == 2


@pytest.mark.parametrize("recorded", [True, False])
async def test_a_repeated_key_with_another_body_is_a_conflict(
    client: httpx.AsyncClient, backend: Backend, recorded: bool
) -> None:
    backend.turn_runs.running = not recorded
    headers = {"Idempotency-Key": "one"}
    await client.post("/v1/chat", json=QUESTION, headers=headers)

    response = await client.post("/v1/chat", json={"message": "Something else?"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")


async def test_another_principals_equal_key_is_another_turn(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"Idempotency-Key": "one"}
    mine = await client.post("/v1/chat", json=QUESTION, headers=headers)
    headers["Authorization"] = f"Bearer {backend.new_key()}"

    theirs = await client.post("/v1/chat", json=QUESTION, headers=headers)

    assert theirs.json()["meta"]["trace_id"] != mine.json()["meta"]["trace_id"]


async def test_a_turn_that_takes_too_long_is_accepted_with_a_place_to_look(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    backend.turn_runs.running = True

    accepted = await client.post("/v1/chat", json=QUESTION)
    status = await client.get(accepted.headers["location"])

    assert accepted.status_code == 202
    assert set(accepted.json()) == {"trace_id", "status", "location"}
    assert status.json()["status"] == "running"


async def test_an_asynchronous_request_is_accepted_at_once_and_answered_later(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    accepted = await client.post("/v1/chat", json=QUESTION, headers={"Prefer": "wait=5, Respond-Async"})

    status = (await client.get(accepted.headers["location"])).json()

    assert (accepted.status_code, accepted.headers["preference-applied"]) == (202, "respond-async")
    assert status["status"] == "closed"
    assert status["response"]["meta"]["trace_id"] == accepted.json()["trace_id"]


@pytest.mark.parametrize(
    ("preferences", "status"),
    [(("respond-async;a=b", "wait=5"), 202), (("wait=5", "respond-async"), 202), (('AB"q;',), 200), (("",), 200)],
)
async def test_preferences_may_be_spread_over_headers_and_unknown_ones_are_ignored(
    client: httpx.AsyncClient, preferences: tuple[str, ...], status: int
) -> None:
    answered = await client.post("/v1/chat", json=QUESTION, headers=[("Prefer", one) for one in preferences])

    assert answered.status_code == status


async def test_the_description_allows_every_preference(client: httpx.AsyncClient) -> None:
    described = (await client.get("/v1/openapi.json")).json()["paths"]["/v1/chat"]["post"]["parameters"]
    (prefer,) = [one for one in described if one["name"] == "prefer"]

    assert {"type": "string"} in prefer["schema"]["anyOf"]


async def test_the_answer_is_repeated_as_output_for_those_who_ask(client: httpx.AsyncClient) -> None:
    body = (await client.post("/v1/chat?alias=output", json=QUESTION)).json()

    assert body["output"] == body["answer"]


@pytest.mark.parametrize(("cause", "status"), [("internal_error", 500), ("database_unavailable", 503)])
async def test_a_failed_turn_is_an_error_that_repeats(
    client: httpx.AsyncClient, backend: Backend, cause: str, status: int
) -> None:
    backend.turn_runs.cause = Failure(code=cause, message="It broke.")
    headers = {"Idempotency-Key": "one"}

    first = await client.post("/v1/chat", json=QUESTION, headers=headers)
    second = await client.post("/v1/chat", json=QUESTION, headers=headers)

    assert (first.status_code, first.json()["code"]) == (status, "turn_failed")
    assert first.json()["details"]["cause"]["code"] == cause
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert "retry-after" not in first.headers


async def test_a_failed_turn_shows_as_closed_with_its_failure(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.turn_runs.cause = Failure(code="internal_error", message="It broke.")
    trace_id = (await client.post("/v1/chat", json=QUESTION)).json()["details"]["trace_id"]

    status = (await client.get(f"/v1/turns/{trace_id}")).json()

    assert (status["status"], status["response"], status["failure"]["code"]) == ("closed", None, "turn_failed")


async def test_an_unavailable_dependency_says_when_to_try_again(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.turn_runs.failure = WorkflowServiceUnavailableError("Temporal does not answer.")

    response = await client.post("/v1/chat", json=QUESTION)

    assert (response.status_code, response.json()["code"]) == (503, "workflow_service_unavailable")
    assert int(response.headers["retry-after"]) > 0


def conversation(backend: Backend, principal_id: str) -> Conversation:
    found = Conversation(
        conversation_id=uuid4(),
        bot_id=backend.bot.bot_id,
        principal_id=principal_id,
        channel="api",
        created_at=NOW,
    )
    backend.conversations.rows[backend.tenant_id, found.conversation_id] = found
    return found


async def test_a_conversation_is_read_page_by_page(client: httpx.AsyncClient, backend: Backend) -> None:
    found = conversation(backend, "key-1")
    said = [
        Message(sequence=number, turn_id="t", role="user", text=str(number), created_at=NOW) for number in range(1, 6)
    ]
    held = found.model_copy(update={"messages": tuple(said)})
    backend.conversations.rows[backend.tenant_id, found.conversation_id] = held

    sequences: list[list[int]] = []
    after: int | None = 0
    while after is not None:
        page = (
            await client.get(f"/v1/conversations/{found.conversation_id}", params={"limit": 2, "after": after})
        ).json()
        sequences.append([message["sequence"] for message in page["messages"]])
        after = page["next"]

    assert sequences == [[1, 2], [3, 4], [5]]


async def test_a_session_of_ones_own_is_continued(client: httpx.AsyncClient, backend: Backend) -> None:
    session_id = str(conversation(backend, "key-1").conversation_id)

    response = await client.post("/v1/chat", json={**QUESTION, "session_id": session_id})

    assert response.json()["session_id"] == session_id


async def test_another_principals_session_does_not_exist(client: httpx.AsyncClient, backend: Backend) -> None:
    session_id = str(conversation(backend, "key-other").conversation_id)

    asked = await client.post("/v1/chat", json={**QUESTION, "session_id": session_id})
    unknown = await client.post("/v1/chat", json={**QUESTION, "session_id": str(uuid4())})
    read = await client.get(f"/v1/conversations/{session_id}")

    assert [found.status_code for found in (asked, unknown, read)] == [404] * 3
    assert asked.json()["message"] == unknown.json()["message"]


async def test_others_turns_and_conversations_need_the_audit_scope(client: httpx.AsyncClient, backend: Backend) -> None:
    trace_id = (await client.post("/v1/chat", json=QUESTION)).json()["meta"]["trace_id"]
    session_id = conversation(backend, "key-1").conversation_id
    curious = {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT,))}"}
    auditor = {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT, KeyScope.AUDIT_READ))}"}

    for path in (f"/v1/turns/{trace_id}", f"/v1/conversations/{session_id}"):
        assert (await client.get(path, headers=curious)).status_code == 404
        assert (await client.get(path, headers=auditor)).status_code == 200


async def test_anothers_answer_is_withheld_where_it_rests_on_what_the_reader_may_not_see(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    asked = (await client.post("/v1/chat", json={"message": "Who is jo@example.com?"})).json()
    trace_id = asked["meta"]["trace_id"]
    backend.documents.unseen = {UUID(int=3)}
    auditor = {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT, KeyScope.AUDIT_READ))}"}

    own = (await client.get(f"/v1/turns/{trace_id}")).json()["response"]
    response = (await client.get(f"/v1/turns/{trace_id}", headers=auditor)).json()["response"]

    assert own == asked
    assert (response["answer"], response["citations"]) == ("[withheld]", [])
    assert [warning["code"] for warning in response["warnings"]] == ["withheld"]


async def test_two_keys_of_other_roles_are_two_askers_however_the_roles_are_spelled(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    message = {"channel": "whatsapp", "sender_id": "+15550100", "provider_message_id": "m1", "text": "How?"}
    for roles in (("a,b",), ("a", "b")):
        headers = {"Authorization": f"Bearer {backend.new_key((KeyScope.CHAT,), roles=roles)}"}
        await client.post("/v1/messages/inbound", json=message, headers=headers)

    assert len(backend.turn_runs.started) == 2


async def test_an_inbound_message_is_answered_once_and_continues_its_senders_conversation(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    message = {"channel": "whatsapp", "sender_id": "+15550100", "provider_message_id": "m1", "text": "How?"}

    first = await client.post("/v1/messages/inbound", json=message)
    redelivered = await client.post("/v1/messages/inbound", json=message)
    following = await client.post("/v1/messages/inbound", json={**message, "provider_message_id": "m2"})

    assert first.status_code == 200
    assert redelivered.content == first.content
    assert following.json()["session_id"] == first.json()["session_id"]
    assert len(backend.turn_runs.started) == 2


async def test_a_key_without_the_chat_scope_may_not_ask(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"X-API-Key": backend.new_key((KeyScope.KNOWLEDGE_READ,))}
    del client.headers["Authorization"]

    response = await client.post("/v1/chat", json=QUESTION, headers=headers)

    assert (response.status_code, response.json()["details"]) == (403, {"required_scope": "chat"})
