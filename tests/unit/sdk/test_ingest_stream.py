"""Ingests followed by their events, with both clients."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from answerable_sdk import Answerable, AsyncAnswerable, Ingest, NotFoundError, RetryPolicy, UnreachableError
from tests.unit.sdk.in_memory_server import INGEST, AsyncServer, Pauses, Server, error


def stream(*events: tuple[str, str, dict[str, Any]], cut: int = 0) -> httpx.Response:
    """A stream of (id, kind, changes); without its last ``cut`` characters."""
    blocks = [f"id: {one}\nevent: {kind}\ndata: {json.dumps(INGEST | data)}\n\n" for one, kind, data in events]
    text = "retry: 1000\n\n: still there\n\n" + "".join(blocks)
    return httpx.Response(200, text=text[: len(text) - cut], headers={"content-type": "text/event-stream"})


def follow_sync(server: Server, pauses: Pauses, retries: RetryPolicy | None = None) -> list[Ingest]:
    transport = httpx.MockTransport(server)
    with Answerable("http://s.test", "ans_key", transport=transport, sleep=pauses, retries=retries) as client:
        return list(client.ingests.follow("one"))


def follow_async(server: Server, pauses: Pauses, retries: RetryPolicy | None = None) -> list[Ingest]:
    async def run() -> list[Ingest]:
        client = AsyncAnswerable(
            "http://s.test", "ans_key", transport=AsyncServer(server), sleep=pauses.later, retries=retries
        )
        async with client:
            return [ingest async for ingest in client.ingests.follow("one")]

    return asyncio.run(run())


@pytest.fixture(params=[follow_sync, follow_async], ids=["sync", "async"])
def follow(request: pytest.FixtureRequest) -> Any:
    return request.param


ENDED = {"state": "succeeded"}


def test_every_change_is_told_until_the_end(follow: Any, pauses: Pauses) -> None:
    server = Server(stream(("1", "progress", {"done": 1}), ("2", "progress", {"done": 2}), ("3", "done", ENDED)))

    seen = follow(server, pauses)

    assert [(ingest.done, ingest.state) for ingest in seen] == [(1, "running"), (2, "running"), (1, "succeeded")]
    assert (server.requests[0].url.path, pauses.seconds) == ("/v1/ingests/one/events", [])


def test_a_broken_stream_is_taken_up_behind_its_last_whole_event(follow: Any, pauses: Pauses) -> None:
    broken = stream(("1", "progress", {}), ("2", "progress", {}), cut=5)
    server = Server(
        broken, httpx.ConnectError("away"), error(503, "database_unavailable"), stream(("3", "done", ENDED))
    )

    seen = follow(server, pauses)

    assert [ingest.state for ingest in seen] == ["running", "succeeded"]
    assert [request.headers.get("last-event-id") for request in server.requests] == [None, "1", "1", "1"]
    assert len(pauses.seconds) == 3


def test_a_stream_whose_end_was_seen_before_is_over(follow: Any, pauses: Pauses) -> None:
    server = Server(stream(("1", "progress", {})), httpx.Response(204))

    assert [ingest.state for ingest in follow(server, pauses)] == ["running"]


def test_an_unknown_ingest_is_an_error_at_once(follow: Any, pauses: Pauses) -> None:
    with pytest.raises(NotFoundError):
        follow(Server(error(404, "not_found")), pauses)
    assert pauses.seconds == []


def test_a_server_that_stays_away_is_given_up(follow: Any, pauses: Pauses) -> None:
    with pytest.raises(UnreachableError):
        follow(Server(httpx.ConnectError("away")), pauses, RetryPolicy(attempts=3))
    assert len(pauses.seconds) == 2
