"""Bad keys, bad bodies and missing servers on the real API: one error shape, the right status, in time [H9, H11]."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack
from tests.fixtures.turns import turn_started
from tests.scenario.conftest import KeyDesk, Tenant

QUESTION = {"message": "How do I rotate an API key?"}


def assert_refused(response: httpx.Response, status: int, code: str) -> None:
    assert set(response.json()) == {"code", "message", "details"}
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda stack, desk, stranger: desk.issue_and_revoke(),
        lambda stack, desk, stranger: desk.issue(lifetime=timedelta(seconds=-1)),
        lambda stack, desk, stranger: stack.api_key[:-1] + ("x" if stack.api_key[-1] != "x" else "y"),
        lambda stack, desk, stranger: stack.api_key.replace(stack.tenant_id.hex, stranger.tenant_id.hex),
        lambda stack, desk, stranger: "ans_nonsense",
    ],
    ids=["revoked", "expired", "wrong secret", "moved to another tenant", "malformed"],
)
def test_keys_that_are_no_keys_are_refused_alike(
    stack: Stack, key_desk: KeyDesk, stranger: Tenant, spoil: Callable[[Stack, KeyDesk, Tenant], str]
) -> None:
    headers = {"X-API-Key": spoil(stack, key_desk, stranger)}

    response = httpx.post(f"{stack.api_url}/v1/chat", json=QUESTION, headers=headers)

    assert_refused(response, 401, "not_authenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "malformed_request"),
        (b'{"message": "\xff"}', 400, "malformed_request"),
        (b'{"message": "a", "colour": "red"}', 422, "invalid_request"),
        (b'{"message": "a\\u0000"}', 422, "invalid_request"),
        (b'{"message": "' + b"a" * 2_000_000 + b'"}', 413, "too_large"),
        (b'{"message": "a", "bot_id": "0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01"}', 404, "bot_not_found"),
        (b'{"message": "a", "session_id": "0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01"}', 404, "session_not_found"),
        (b'{"message": "a", "pack_hint": "nothing"}', 404, "pack_not_found"),
    ],
    ids=["empty", "not UTF-8", "unknown field", "NUL", "oversized", "unknown bot", "unknown session", "unknown pack"],
)
def test_bad_bodies_are_refused(http: httpx.Client, content: bytes, status: int, code: str) -> None:
    response = http.post("/v1/chat", content=content, headers={"Content-Type": "application/json"})

    assert_refused(response, status, code)


def test_an_oversized_body_without_a_length_is_cut_off(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    response = http.post("/v1/chat", content=endless(), headers={"Content-Type": "application/json"})

    assert_refused(response, 413, "too_large")


def test_another_tenants_bot_does_not_exist(http: httpx.Client, stranger: Tenant) -> None:
    assert_refused(http.post("/v1/chat", json={**QUESTION, "bot_id": str(stranger.bot_id)}), 404, "bot_not_found")


def test_nonsense_on_the_wire_does_not_stop_the_server(stack: Stack, http: httpx.Client) -> None:
    address = httpx.URL(stack.api_url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01nonsense\r\n\r\n")
        connection.recv(1024)

    assert http.get("/health").json() == {"status": "ok"}


class Server(Protocol):
    def kill(self) -> None: ...

    def start(self) -> None: ...


@contextmanager
def killed(server: Server, http: httpx.Client) -> Iterator[None]:
    """The server dead for the block, and everything ready again after it."""
    server.kill()
    try:
        yield
    finally:
        server.start()
        eventually(lambda: http.get("/v1/ready").status_code == 200, "everything is ready again")


@pytest.mark.parametrize(
    ("part", "dependency", "code"),
    [
        ("temporal", "temporal", "workflow_service_unavailable"),
        ("postgres", "database", "database_unavailable"),
    ],
)
def test_a_dead_dependency_is_a_prompt_503_that_says_when_to_come_back(
    stack: Stack, http: httpx.Client, part: str, dependency: str, code: str
) -> None:
    with killed(getattr(stack, part), http):
        started = time.monotonic()
        response = http.post("/v1/chat", json=QUESTION)
        took = time.monotonic() - started
        found = {one["name"]: one for one in http.get("/v1/ready").json()["dependencies"]}
        alive = http.get("/v1/health").status_code

    assert_refused(response, 503, code)
    assert int(response.headers["retry-after"]) > 0
    assert took < 15
    assert (found[dependency]["ok"], alive) == (False, 200)
    assert found[dependency]["hint"]
    assert http.post("/v1/chat", json=QUESTION).status_code == 200


def test_a_dead_object_store_stops_uploads_and_nothing_else(stack: Stack, http: httpx.Client) -> None:
    with killed(stack.object_store, http):
        uploaded = http.post(f"/v1/datasets/{stack.dataset_id}/documents", files={"file": ("a.md", b"# A")})
        asked = http.post("/v1/chat", json=QUESTION)

    assert_refused(uploaded, 503, "object_store_unavailable")
    assert asked.status_code == 200


def test_an_api_that_is_stopped_tells_waiting_clients_where_to_look(stack: Stack, http: httpx.Client) -> None:
    key = str(uuid4())
    stack.chat_worker.stop()
    try:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(http.post, "/v1/chat", json=QUESTION, headers={"Idempotency-Key": key})
            eventually(lambda: turn_started(stack, key), "the turn started")
            stack.api.stop()
            accepted = waiting.result()
    finally:
        stack.api.start()
        stack.chat_worker.start()

    location = accepted.headers["location"]
    assert (accepted.status_code, accepted.json()["location"]) == (202, location)
    eventually(lambda: http.get(location).json()["status"] == "closed", "the turn closed")
