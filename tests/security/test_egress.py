"""Services that answer a tool with more than it asked for, or send it elsewhere."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from adapters.http_egress import (
    MAX_HEADER_BYTES,
    MAX_REDIRECTS,
    Caller,
    EgressRefusedError,
    EgressTooLargeError,
    HttpEgress,
    origins,
    redirected,
)
from adapters.tools.http_service import HttpConnector
from adapters.tools.json_reply import MAX_VALUES, parsed
from answerable_sdk.packs import HttpRequest
from domain.packs.errors import ToolDeniedError, ToolReplyInvalidError, ToolReplyTooLargeError
from tests.fixtures.scripted_http import Reply, ScriptedServer, json_reply
from tests.integration.tools.conftest import invocation

SECRET = {"Authorization": "Bearer s3cret", "Cookie": "a=b", "Idempotency-Key": "turn/1"}


@pytest.fixture
async def egress() -> AsyncIterator[HttpEgress]:
    opened = HttpEgress()
    yield opened
    await opened.close()


async def fetch(
    egress: HttpEgress, server: ScriptedServer, *others: ScriptedServer, method: str = "GET", body: Any = None
) -> httpx.Response:
    request = httpx.Request(method, f"{server.url}/a", headers=SECRET, json=body)
    caller = Caller("tool", origins([server.url, *(other.url for other in others)]))
    return await egress.fetch(request, timeout_seconds=5, max_bytes=100_000, caller=caller)


def deflated_twice(size: int) -> bytes:
    return zlib.compress(zlib.compress(b"0" * size, 9), 9)


@pytest.mark.parametrize(
    "coding",
    [
        "deflate, deflate",
        "deflate",
        "gzip",
        "x-gzip",
        "br",
        "zstd",
        "identity, gzip",
        "gzip, identity",
        "GZIP",
        "new",
    ],
)
async def test_an_answer_that_would_have_to_be_unpacked_is_refused_unread(egress: HttpEgress, coding: str) -> None:
    bomb = deflated_twice(50_000_000) if "deflate" in coding else gzip.compress(b"0" * 10_000_000)
    assert len(bomb) < 11_000
    async with ScriptedServer(Reply(bomb, headers={"Content-Encoding": coding})).serving() as server:
        tracemalloc.start()
        with pytest.raises(EgressRefusedError):
            await fetch(egress, server)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert peak < 5_000_000


async def test_an_answer_that_says_it_is_as_it_is_is_taken(egress: HttpEgress) -> None:
    async with ScriptedServer(Reply(b"[1]", headers={"Content-Encoding": "identity"})).serving() as server:
        assert (await fetch(egress, server)).json() == [1]


async def test_headers_are_bounded(egress: HttpEgress) -> None:
    many = {f"X-{number}": "x" * 1_000 for number in range(MAX_HEADER_BYTES // 1_000 + 1)}
    async with ScriptedServer(Reply(headers=many)).serving() as server:
        with pytest.raises(EgressTooLargeError):
            await fetch(egress, server)


async def test_no_secret_goes_to_another_origin(egress: HttpEgress) -> None:
    async with ScriptedServer(json_reply(1)).serving() as stranger:
        moved = Reply(status=302, headers={"Location": f"{stranger.url}/b"})
        async with ScriptedServer(moved).serving() as server:
            assert (await fetch(egress, server, stranger)).json() == 1
    (received,) = stranger.requests
    assert not {"authorization", "cookie", "idempotency-key"} & set(received.headers)


async def test_within_its_origin_a_redirect_keeps_what_was_sent(egress: HttpEgress) -> None:
    moved = Reply(status=307, headers={"Location": "/b"})
    async with ScriptedServer(moved, json_reply(1)).serving() as server:
        await fetch(egress, server, method="POST", body={"city": "Köln"})
    assert server.requests[1].headers["authorization"] == "Bearer s3cret"
    assert (server.requests[1].method, server.requests[1].json()) == ("POST", {"city": "Köln"})


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_post_that_is_answered_elsewhere_becomes_a_get_without_body(egress: HttpEgress, status: int) -> None:
    async with ScriptedServer(Reply(status=status, headers={"Location": "/b"}), json_reply(1)).serving() as server:
        await fetch(egress, server, method="POST", body={"city": "Köln"})
    assert (server.requests[1].method, server.requests[1].body) == ("GET", b"")


@pytest.mark.parametrize("status", [307, 308])
async def test_a_body_goes_to_no_other_origin(egress: HttpEgress, status: int) -> None:
    async with ScriptedServer(json_reply(1)).serving() as stranger:
        moved = Reply(status=status, headers={"Location": f"{stranger.url}/b"})
        async with ScriptedServer(moved).serving() as server:
            with pytest.raises(EgressRefusedError):
                await fetch(egress, server, stranger, method="POST", body={"city": "Köln"})
    assert stranger.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://good.example/b",
        "http://other.example/",
        "file:///etc/passwd",
        "https://u:p@good.example/",
        "ftp://a/",
    ],
)
def test_a_redirect_leads_to_no_weaker_scheme(location: str) -> None:
    with pytest.raises(EgressRefusedError):
        redirected(httpx.Request("GET", "https://good.example/a"), 302, location)


async def test_redirects_are_counted(egress: HttpEgress) -> None:
    async with ScriptedServer(Reply(status=302, headers={"Location": "/again"})).serving() as server:
        with pytest.raises(EgressRefusedError):
            await fetch(egress, server)
    assert len(server.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("allowed", "may"),
    [("some", True), ("some.tool", True), ("other", False), ("some.other", False), ("so", False)],
)
async def test_an_inner_service_is_open_to_the_pack_or_tool_that_is_named(
    egress: HttpEgress, allowed: str, *, may: bool
) -> None:
    async with ScriptedServer(json_reply(1)).serving() as server:
        connector = HttpConnector(egress, {}, {allowed: [server.url]})
        asked = connector.call(HttpRequest(url=f"{server.url}/v1"), invocation())
        if may:
            assert (await asked).data == 1
        else:
            with pytest.raises(ToolDeniedError):
                await asked
    assert bool(server.requests) is may


async def test_one_inner_service_cannot_send_a_tool_to_another_of_the_same_pack(egress: HttpEgress) -> None:
    async with ScriptedServer(json_reply("inner")).serving() as other:
        moved = Reply(status=302, headers={"Location": other.url})
        async with ScriptedServer(moved).serving() as server:
            connector = HttpConnector(egress, {}, {"some": [server.url, other.url]})
            with pytest.raises(ToolDeniedError):
                await connector.call(HttpRequest(url=server.url), invocation())
    assert other.requests == []


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"0,", b'"",', b'{"a":[1]},'])
def test_values_are_counted_before_any_is_built(piece: bytes) -> None:
    body = b"[" + piece * (MAX_VALUES + 1) + b"0]"
    tracemalloc.start()
    with pytest.raises(ToolReplyTooLargeError):
        parsed(body, "some.tool")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * len(body)


@pytest.mark.parametrize("start", [b'"', b'["', b'"a","'])
def test_a_text_without_end_is_read_once(start: bytes) -> None:
    """Once for each of its quotes it would take hours."""
    with pytest.raises((ToolReplyInvalidError, ToolReplyTooLargeError)):
        parsed(start + b'\\",' * 1_000_000, "some.tool")


def test_commas_in_a_text_are_no_values() -> None:
    text = 'a, "quoted", \\ and [more], ' * MAX_VALUES
    assert parsed(json.dumps([text]).encode(), "some.tool") == [text]
