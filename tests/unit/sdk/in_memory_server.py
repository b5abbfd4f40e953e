"""A server in memory for both clients: answers in steps and remembers what came."""

import asyncio
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import httpx

from answerable_sdk import Answerable, AsyncAnswerable

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
DOCUMENT: dict[str, Any] = {
    "document_id": ID,
    "dataset_id": ID,
    "name": "a.md",
    "state": "live",
    "live": {"version": 1, "ingest_id": ID, "title": "A", "url": None, "visibility": "external", "passages": 2},
    "latest": {
        "version": 1,
        "ingest_id": ID,
        "state": "succeeded",
        "error": None,
        "updated_at": "2025-01-31T09:30:00Z",
    },
    "deleted_at": None,
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
        return attrgetter(method)(client)(*args, **kw)


def run_async(server: Server, pauses: Pauses, method: str, *args: Any, **kw: Any) -> Any:
    async def run() -> Any:
        transport = AsyncServer(server)
        async with AsyncAnswerable("http://server.test", "ans_key", transport=transport, sleep=pauses.later) as client:
            return await attrgetter(method)(client)(*args, **kw)

    return asyncio.run(run())


def reply(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def error(status: int, code: str, **headers: str) -> httpx.Response:
    return reply(status, {"code": code, "message": "Fix it.", "details": {"a": 1}}, **headers)
