"""Both clients over an in-memory transport: what they send, what they retry, what they raise."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from answerable_sdk import (
    Answerable,
    AsyncAnswerable,
    BotNotFoundError,
    ChatResponse,
    IdempotencyConflictError,
    InvalidRequestError,
    NotAuthenticatedError,
    ResponseError,
    RetryPolicy,
    ServiceUnavailableError,
    TurnFailedError,
    UnreachableError,
    WaitTimeoutError,
)

ID = "0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01"
TRACE = "0123456789abcdef" * 2
ANSWER: dict[str, Any] = {
    "session_id": ID,
    "answer": "Open Settings. [1]",
    "citations": [],
    "actions": [],
    "warnings": [],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "meta": {
        "trace_id": TRACE,
        "intent": "how_to",
        "intents": ["how_to"],
        "packs_used": [],
        "latency_ms": 1.0,
        "retrieval": None,
        "tool_calls": [],
    },
    "from_a_newer_server": True,
}
INGEST: dict[str, Any] = {
    "ingest_id": ID,
    "document_id": ID,
    "dataset_id": ID,
    "name": "a.md",
    "title": None,
    "version": 1,
    "state": "running",
    "stage": "embed",
    "done": 1,
    "total": 2,
    "attempts": 1,
    "error": None,
    "artifacts": {},
    "is_live": False,
    "passages": 0,
    "spans": 0,
    "updated_at": "2025-01-31T09:30:00Z",
}
RUNNING = {"trace_id": TRACE, "status": "running", "response": None, "failure": None, "closed_at": None}

Step = httpx.Response | Exception


class Server:
    """Answers with ``steps`` in order, the last one for ever, and remembers what came."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(request.read())
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)

    @property
    def keys(self) -> list[str | None]:
        return [request.headers.get("idempotency-key") for request in self.requests]


class AsyncServer(httpx.AsyncBaseTransport):
    def __init__(self, server: Server) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._server(request)


class Pauses:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)

    async def later(self, seconds: float) -> None:
        self.seconds.append(seconds)


Run = Callable[..., Any]


def run_sync(server: Server, pauses: Pauses, method: str, *args: Any, **kw: Any) -> Any:
    transport = httpx.MockTransport(server)
    with Answerable("http://server.test", "ans_key", transport=transport, sleep=pauses) as client:
        return getattr(client, method)(*args, **kw)


def run_async(server: Server, pauses: Pauses, method: str, *args: Any, **kw: Any) -> Any:
    async def run() -> Any:
        transport = AsyncServer(server)
        async with AsyncAnswerable("http://server.test", "ans_key", transport=transport, sleep=pauses.later) as client:
            return await getattr(client, method)(*args, **kw)

    return asyncio.run(run())


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def reply(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def error(status: int, code: str, **headers: str) -> httpx.Response:
    return reply(status, {"code": code, "message": "Mend it.", "details": {"a": 1}}, **headers)


def test_a_question_is_sent_with_the_key_and_its_choices(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    answer = run(server, pauses, "ask", "How?", session_id=ID, pack_hint="support")

    assert isinstance(answer, ChatResponse)
    assert server.requests[0].headers["authorization"] == "Bearer ans_key"
    assert json.loads(server.bodies[0]) == {"message": "How?", "session_id": ID, "pack_hint": "support"}


def test_messages_are_sent_as_they_are(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    run(server, pauses, "ask", [{"role": "user", "content": "How?"}])

    assert json.loads(server.bodies[0]) == {"messages": [{"role": "user", "content": "How?"}]}


@pytest.mark.parametrize(
    "trouble",
    [
        error(503, "workflow_service_unavailable"),
        error(429, "rate_limited"),
        httpx.Response(502, text="<html>"),
        httpx.Response(504),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("gone"),
    ],
    ids=lambda trouble: str(getattr(trouble, "status_code", type(trouble).__name__)),
)
def test_passing_trouble_is_tried_again_with_the_same_key(run: Run, pauses: Pauses, trouble: Step) -> None:
    server = Server(trouble, trouble, reply(200, ANSWER))

    run(server, pauses, "ask", "How?")

    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    assert server.keys[0]
    assert len(pauses.seconds) == 2


def test_every_question_has_a_key_of_its_own(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    run(server, pauses, "ask", "How?")
    run(server, pauses, "ask", "How?")
    run(server, pauses, "ask", "How?", idempotency_key="mine")

    assert len(set(server.keys)) == 3
    assert server.keys[2] == "mine"


def test_the_servers_wish_for_a_pause_is_honoured(run: Run, pauses: Pauses) -> None:
    run(Server(error(503, "x", retry_after="7"), reply(200, ANSWER)), pauses, "ask", "How?")

    assert pauses.seconds == [7.0]


def test_pauses_grow_and_attempts_end(run: Run, pauses: Pauses) -> None:
    with pytest.raises(UnreachableError, match=r"http://server\.test"):
        run(Server(httpx.ConnectError("refused")), pauses, "ask", "How?")

    assert len(pauses.seconds) == RetryPolicy().attempts - 1
    assert pauses.seconds[-1] > pauses.seconds[0]
    assert max(pauses.seconds) <= RetryPolicy().longest_pause


def test_the_last_failure_is_raised_when_trouble_stays(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ServiceUnavailableError):
        run(Server(error(503, "workflow_service_unavailable")), pauses, "ask", "How?")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not_authenticated", NotAuthenticatedError),
        (404, "bot_not_found", BotNotFoundError),
        (409, "idempotency_conflict", IdempotencyConflictError),
        (422, "invalid_request", InvalidRequestError),
        (500, "turn_failed", TurnFailedError),
        (503, "turn_failed", TurnFailedError),
        (418, "new_code", ResponseError),
    ],
)
def test_errors_come_by_code_and_are_not_tried_again(
    run: Run, pauses: Pauses, status: int, code: str, kind: type[ResponseError]
) -> None:
    with pytest.raises(kind) as caught:
        run(Server(error(status, code, x_request_id="r1")), pauses, "ask", "How?")

    raised = caught.value
    assert (raised.status, raised.code, raised.message, raised.request_id) == (status, code, "Mend it.", "r1")
    assert raised.details == {"a": 1}
    assert pauses.seconds == []


def test_an_error_that_is_no_error_body_is_an_error_too(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ResponseError) as caught:
        run(Server(httpx.Response(500, text="<html>")), pauses, "ask", "How?")

    assert caught.value.code == "http_500"


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
        run(Server(accepted, reply(200, RUNNING)), pauses, "ask", "How?", wait=0)


def test_a_file_is_sent_whole_on_every_attempt(run: Run, pauses: Pauses, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"# Rotate")
    server = Server(httpx.ConnectError("refused"), error(503, "x"), reply(202, INGEST))

    ingest = run(server, pauses, "upload", ID, path, name="guides/a.md", title="Rotate", roles=["staff", "lead"])

    assert str(ingest.ingest_id) == ID
    assert all(b"# Rotate" in body for body in server.bodies)
    assert server.bodies[-1].count(b'name="roles"') == 2
    assert b"guides/a.md" in server.bodies[-1]
    assert len(set(server.keys)) == 1


def test_bytes_need_a_name(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ValueError, match="name"):
        run(Server(reply(202, INGEST)), pauses, "upload", ID, b"# Rotate")


def test_an_ingest_is_followed_to_its_end(run: Run, pauses: Pauses) -> None:
    seen = []
    server = Server(reply(200, INGEST), reply(200, {**INGEST, "done": 2}), reply(200, {**INGEST, "state": "failed"}))

    ended = run(server, pauses, "wait_for_ingest", ID, progress=lambda now: seen.append(now.done))

    assert (ended.state, ended.succeeded) == ("failed", False)
    assert seen == [1, 2, 1]


def test_readiness_is_read_also_when_it_is_bad_news(run: Run, pauses: Pauses) -> None:
    bad = {"ready": False, "dependencies": [{"name": "temporal", "ok": False, "latency_ms": 1, "hint": "Start it."}]}

    readiness = run(Server(reply(503, bad)), pauses, "ready")

    assert readiness.dependencies[0].hint == "Start it."


@pytest.mark.parametrize(
    ("method", "args", "path", "body"),
    [
        ("audit", (TRACE,), f"/v1/audit/{TRACE}", {"trace_id": TRACE, "events": []}),
        ("turn", ("a/../b",), "/v1/turns/a%2F..%2Fb", RUNNING),
        ("datasets", (), "/v1/datasets", {"datasets": []}),
        ("packs", (), "/v1/packs", {"packs": []}),
        ("health", (), "/v1/health", {"status": "ok"}),
        (
            "conversation",
            (ID,),
            f"/v1/conversations/{ID}",
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


def test_all_ingests_are_fetched_page_by_page() -> None:
    server = Server(reply(200, {"items": [INGEST], "next": ID}), reply(200, {"items": [INGEST], "next": None}))
    with Answerable("http://server.test", "ans_key", transport=httpx.MockTransport(server)) as client:
        assert len(list(client.all_ingests())) == 2

    assert "after" not in server.requests[0].url.params
    assert server.requests[1].url.params["after"] == ID


async def test_all_ingests_are_fetched_page_by_page_asynchronously() -> None:
    server = Server(reply(200, {"items": [INGEST], "next": ID}), reply(200, {"items": [INGEST], "next": None}))
    async with AsyncAnswerable("http://server.test", "ans_key", transport=AsyncServer(server)) as client:
        assert len([ingest async for ingest in client.all_ingests()]) == 2


@pytest.mark.parametrize(
    ("url", "key"), [("server.test", "ans_key"), ("http://server.test", "schlüssel"), ("http://x", "a\nb")]
)
def test_what_cannot_be_sent_is_refused_at_once(url: str, key: str) -> None:
    with pytest.raises(ValueError, match=r"address|API key"):
        Answerable(url, key)
