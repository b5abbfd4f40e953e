"""What the methods of both clients do beyond one request."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from answerable_sdk import Answerable, AsyncAnswerable, PassageErasedError, TurnFailedError, WaitTimeoutError
from tests.unit.sdk.in_memory_server import (
    ANSWER,
    DOCUMENT,
    ID,
    INGEST,
    RUNNING,
    TRACE,
    AsyncServer,
    Pauses,
    Run,
    Server,
    error,
    reply,
)

POLICY: dict[str, Any] = {
    "bot_id": None,
    "version": 2,
    "set_by": "ada",
    "set_at": None,
    "policy": {},
    "warnings": [],
}
TENANT = {"tenant_id": ID, "name": "Example Ltd", "time_zone": "UTC"}

LISTED = {
    "trace_id": TRACE,
    "session_id": ID,
    "bot_id": ID,
    "channel": "api",
    "outcome": "answered",
    "question": "How?",
    "received_at": "2025-01-31T09:30:00Z",
    "closed_at": "2025-01-31T09:30:01Z",
}
LISTED_CONVERSATION = {
    "session_id": ID,
    "bot_id": ID,
    "channel": "api",
    "question": "How?",
    "messages": 2,
    "created_at": "2025-01-31T09:30:00Z",
}
PASSAGE = {
    **dict.fromkeys(("passage_id", "document_id", "dataset_id"), ID),
    **dict.fromkeys(("pack_id", "title", "source", "section_heading", "text"), "text"),
    **dict.fromkeys(("url", "page", "suspicious")),
    "start": 0,
    "end": 4,
    "version": 1,
    "submitted_at": "2025-01-31T09:30:00Z",
    "state": "current",
    "quotes": [{"start": 0, "end": 4, "text": "text"}],
    "warnings": [],
}


def test_an_answer_that_takes_longer_is_asked_for_again(run: Run, pauses: Pauses) -> None:
    closed = {**RUNNING, "status": "closed", "response": ANSWER}
    server = Server(
        reply(202, {"trace_id": TRACE, "status": "running", "location": "/v1/turns/x"}),
        reply(200, RUNNING),
        reply(200, closed),
    )

    answer = run(server, pauses, "ask", "How?")

    assert answer.answer == ANSWER["answer"]
    assert [request.url.path for request in server.requests[1:]] == [f"/v1/turns/{TRACE}"] * 2


def test_a_turn_that_fails_while_it_is_awaited_raises(run: Run, pauses: Pauses) -> None:
    failure = {"code": "turn_failed", "message": "It broke.", "details": {"trace_id": TRACE}}
    accepted = reply(202, {"trace_id": TRACE, "status": "running", "location": "/v1/turns/x"})

    with pytest.raises(TurnFailedError, match="It broke"):
        run(Server(accepted, reply(200, {**RUNNING, "status": "closed", "failure": failure})), pauses, "ask", "How?")


def test_waiting_ends(run: Run, pauses: Pauses) -> None:
    accepted = reply(202, {"trace_id": TRACE, "status": "running", "location": "/v1/turns/x"})

    with pytest.raises(WaitTimeoutError, match=TRACE):
        run(Server(accepted, reply(200, RUNNING)), pauses, "ask", "How?", timeout=0)


def test_a_file_is_sent_whole_on_every_attempt(run: Run, pauses: Pauses, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"# Rotate")
    server = Server(httpx.ConnectError("refused"), error(503, "x"), reply(202, INGEST))

    ingest = run(
        server, pauses, "documents.upload", ID, path, name="guides/a.md", title="Rotate", roles=["staff", "lead"]
    )

    assert str(ingest.ingest_id) == ID
    assert all(b"# Rotate" in body for body in server.bodies)
    assert server.bodies[-1].count(b'name="roles"') == 2
    assert b"guides/a.md" in server.bodies[-1]
    assert len(set(server.keys)) == 1


def test_bytes_need_a_name(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ValueError, match="name"):
        run(Server(reply(202, INGEST)), pauses, "documents.upload", ID, b"# Rotate")


def test_an_ingest_is_followed_to_its_end(run: Run, pauses: Pauses) -> None:
    seen = []
    server = Server(reply(200, INGEST), reply(200, {**INGEST, "done": 2}), reply(200, {**INGEST, "state": "failed"}))

    ended = run(server, pauses, "ingests.wait", ID, progress=lambda now: seen.append(now.done))

    assert (ended.state, ended.succeeded) == ("failed", False)
    assert seen == [1, 2, 1]


def test_readiness_is_read_also_when_it_is_bad_news(run: Run, pauses: Pauses) -> None:
    bad = {"ready": False, "dependencies": [{"name": "temporal", "ok": False, "latency_ms": 1, "hint": "Start it."}]}

    readiness = run(Server(reply(503, bad)), pauses, "ready")

    assert readiness.dependencies[0].hint == "Start it."


@pytest.mark.parametrize(
    ("method", "args", "path", "body"),
    [
        ("audit.get", (TRACE,), f"/v1/audit/{TRACE}", {"trace_id": TRACE, "events": []}),
        ("turns.get", ("a/../b",), "/v1/turns/a%2F..%2Fb", RUNNING),
        ("datasets.list", (), "/v1/datasets", {"datasets": []}),
        ("packs.list", (), "/v1/packs", {"packs": []}),
        ("bots.list", (), "/v1/bots", {"bots": []}),
        ("policies.get", (), "/v1/policy", POLICY),
        ("policies.get", ("a/b",), "/v1/bots/a%2Fb/policy", POLICY),
        ("tenant.get", (), "/v1/tenant", TENANT),
        ("health", (), "/v1/health", {"status": "ok"}),
        ("turns.list", (), "/v1/turns?limit=50", {"items": [], "next": None}),
        ("conversations.list", (), "/v1/conversations?limit=50", {"items": [], "next": None}),
        ("passages.get", (ID,), f"/v1/passages/{ID}", PASSAGE),
        (
            "conversations.get",
            (ID,),
            f"/v1/conversations/{ID}?limit=50",
            {"session_id": ID, "bot_id": ID, "channel": "api", "created_at": "2025-01-31T09:30:00Z", "messages": []},
        ),
    ],
)
def test_reads_go_to_their_paths(
    run: Run, pauses: Pauses, method: str, args: tuple[str, ...], path: str, body: dict[str, Any]
) -> None:
    server = Server(reply(200, body))

    run(server, pauses, method, *args)

    assert server.requests[0].url.raw_path.decode() == path


def test_a_document_is_deleted_by_its_id(run: Run, pauses: Pauses) -> None:
    deleted = {**DOCUMENT, "state": "deleted", "live": None}
    server = Server(error(503, "database_unavailable"), reply(200, deleted))

    document = run(server, pauses, "documents.delete", ID, "a/b")

    assert (document.state, document.live) == ("deleted", None)
    assert [request.method for request in server.requests] == ["DELETE", "DELETE"]
    assert server.requests[1].url.raw_path.decode() == f"/v1/datasets/{ID}/documents/a%2Fb"


def test_what_is_set_of_a_bot_may_be_none(run: Run, pauses: Pauses) -> None:
    bot = {"bot_id": ID, "name": "Bot", "version": 2, "is_default": True, "dataset_ids": [ID]}
    server = Server(reply(200, {**bot, "reranker": None, "minimum_confidence": 0.04}))

    changed = run(server, pauses, "bots.update", ID, reranker=None)

    assert (changed.version, changed.reranker) == (2, None)
    assert (server.requests[0].method, server.requests[0].url.path) == ("PATCH", f"/v1/bots/{ID}")
    assert server.bodies == [b'{"reranker":null}']


def test_a_policy_is_set_as_a_whole_and_a_tenants_time_zone_alone(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, POLICY), reply(200, TENANT))

    stored = run(server, pauses, "policies.set", {"smallest_count": 5}, ID)
    run(server, pauses, "tenant.update", time_zone="UTC")

    assert stored.version == 2
    assert [(one.method, one.url.path) for one in server.requests] == [
        ("PUT", f"/v1/bots/{ID}/policy"),
        ("PATCH", "/v1/tenant"),
    ]
    assert server.bodies == [b'{"smallest_count":5}', b'{"time_zone":"UTC"}']


def test_an_ingest_is_found_by_its_id(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, INGEST))

    assert run(server, pauses, "ingests.get", "a/b").name == "a.md"
    assert server.requests[0].url.raw_path == b"/v1/ingests/a%2Fb"


def test_a_rating_names_its_passage(run: Run, pauses: Pauses) -> None:
    given = {"trace_id": TRACE, "rating": "down", "passage_id": ID, "given_at": "2025-01-31T09:30:00Z"}
    server = Server(error(503, "database_unavailable"), reply(200, given))

    assert run(server, pauses, "feedback.give", TRACE, "down", passage_id=UUID(ID)).rating == "down"
    assert json.loads(server.bodies[1]) == {"trace_id": TRACE, "rating": "down", "passage_id": ID}


@pytest.mark.parametrize(
    ("method", "args", "body"),
    [("create", (), b"{}"), ("activate", (0,), b'{"activate":0}')],
    ids=["create", "activate"],
)
def test_tunings_are_learned_and_rolled_back(
    run: Run, pauses: Pauses, method: str, args: tuple[int, ...], body: bytes
) -> None:
    tuning = {"version": 3, "active": True, "feedback": 7, "created_at": "2025-01-31T09:30:00Z", "created_by": "ada"}
    server = Server(reply(200, {**tuning, "boosts": []}))

    assert run(server, pauses, f"tunings.{method}", *args).version == 3
    assert (server.requests[0].url.path, server.bodies) == ("/v1/admin/tuning", [body])


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
async def test_all_documents_are_fetched_page_by_page(asynchronous: bool) -> None:
    server = Server(reply(200, {"items": [DOCUMENT], "next": ID}), reply(200, {"items": [DOCUMENT], "next": None}))
    if asynchronous:
        async with AsyncAnswerable("http://server.test", "ans_key", transport=AsyncServer(server)) as client:
            found = [document async for document in client.documents.all(ID, state="live")]
    else:
        with Answerable("http://server.test", "ans_key", transport=httpx.MockTransport(server)) as plain:
            found = list(plain.documents.all(ID, state="live"))

    assert [document.live.version for document in found if document.live] == [1, 1]
    assert dict(server.requests[1].url.params) == {"state": "live", "limit": "200", "after": ID}


def test_all_ingests_are_fetched_page_by_page() -> None:
    server = Server(reply(200, {"items": [INGEST], "next": ID}), reply(200, {"items": [INGEST], "next": None}))
    with Answerable("http://server.test", "ans_key", transport=httpx.MockTransport(server)) as client:
        assert len(list(client.ingests.all())) == 2

    assert "after" not in server.requests[0].url.params
    assert server.requests[1].url.params["after"] == ID


async def test_all_ingests_are_fetched_page_by_page_asynchronously() -> None:
    server = Server(reply(200, {"items": [INGEST], "next": ID}), reply(200, {"items": [INGEST], "next": None}))
    async with AsyncAnswerable("http://server.test", "ans_key", transport=AsyncServer(server)) as client:
        assert len([ingest async for ingest in client.ingests.all()]) == 2


@pytest.mark.parametrize(
    ("url", "key"), [("server.test", "ans_key"), ("http://server.test", "schlüssel"), ("http://x", "a\nb")]
)
def test_what_cannot_be_sent_is_refused_at_once(url: str, key: str) -> None:
    with pytest.raises(ValueError, match=r"address|API key"):
        Answerable(url, key)


def test_turns_are_listed_through_all_pages_within_the_times() -> None:
    second = {**LISTED, "trace_id": "f" * 32}
    server = Server(reply(200, {"items": [LISTED], "next": TRACE}), reply(200, {"items": [second], "next": None}))
    with Answerable("http://server.test", "ans_key", transport=httpx.MockTransport(server)) as client:
        found = list(client.turns.all(since=datetime(2025, 1, 31, tzinfo=UTC), outcome="answered"))

    assert [one.trace_id for one in found] == [TRACE, "f" * 32]
    asked = [dict(request.url.params) for request in server.requests]
    assert asked[0] == {"limit": "200", "outcome": "answered", "since": "2025-01-31T00:00:00+00:00"}
    assert asked[1] == {**asked[0], "after": TRACE}


async def test_all_conversations_are_listed_asynchronously() -> None:
    page = {"items": [{**LISTED_CONVERSATION}], "next": ID}
    server = Server(reply(200, page), reply(200, {**page, "next": None}))
    async with AsyncAnswerable("http://server.test", "ans_key", transport=AsyncServer(server)) as client:
        assert [one.messages async for one in client.conversations.all()] == [2, 2]
    assert server.requests[1].url.params["after"] == ID


def test_an_erased_passage_is_an_error_of_its_own(run: Run, pauses: Pauses) -> None:
    server = Server(error(410, "passage_erased"))

    with pytest.raises(PassageErasedError):
        run(server, pauses, "passages.get", ID, turn=TRACE)
    assert dict(server.requests[0].url.params) == {"turn": TRACE}
