"""Streams that end at once; those that last are followed on real servers (tests/scenario/test_ingest_events.py)."""

import asyncio
import json
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.process.followers import MAX_FOLLOWERS_PER_KEY, Followers
from domain.errors import Failure
from domain.identity.principal import Principal
from domain.knowledge.ingest import IngestState
from domain.limits.errors import TooManyFollowersError
from tests.unit.api.fakes import Backend
from tests.unit.api.knowledge.test_uploads import upload


def events(text: str) -> list[dict[str, Any]]:
    """The fields of each event of a stream."""
    blocks = [block for block in text.split("\n\n") if "event: " in block]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


async def ended(client: httpx.AsyncClient, backend: Backend) -> str:
    backend.document_runs.at_once = True
    return str((await upload(client, backend)).json()["ingest_id"])


async def test_an_ingest_that_ended_is_told_in_one_event(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.document_runs.state = IngestState.FAILED
    backend.document_runs.cause = Failure(code="empty_document", message="It is empty. Upload one with text.")
    ingest_id = await ended(client, backend)

    response = await client.get(f"/v1/ingests/{ingest_id}/events")

    (event,) = events(response.text)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.startswith("retry: ")
    assert event["event"] == "done"
    assert json.loads(event["data"])["error"]["code"] == "empty_document"


async def test_after_the_last_event_there_is_nothing_more(client: httpx.AsyncClient, backend: Backend) -> None:
    path = f"/v1/ingests/{await ended(client, backend)}/events"
    (event,) = events((await client.get(path)).text)

    again = await client.get(path, headers={"Last-Event-ID": event["id"]})
    other = await client.get(path, headers={"Last-Event-ID": "something else"})

    assert (again.status_code, again.text) == (204, "")
    assert events(other.text) == [event]


async def test_an_unknown_or_foreign_ingest_has_no_events(client: httpx.AsyncClient, backend: Backend) -> None:
    ingest_id = await ended(client, backend)
    stranger = {"Authorization": f"Bearer {backend.new_key(tenant_id=uuid4())}"}

    unknown = await client.get(f"/v1/ingests/{uuid4()}/events")
    foreign = await client.get(f"/v1/ingests/{ingest_id}/events", headers=stranger)

    assert [response.status_code for response in (unknown, foreign)] == [404, 404]
    assert {response.json()["code"] for response in (unknown, foreign)} == {"not_found"}


async def test_a_stream_ends_once_its_key_is_revoked(client: httpx.AsyncClient, backend: Backend) -> None:
    """Not at its end, which never comes: the ingest stays queued."""
    ingest_id = (await upload(client, backend)).json()["ingest_id"]

    async def revoke() -> None:
        await backend.ingests.looked.wait()
        backend.api_keys.principals.clear()

    response, _ = await asyncio.gather(client.get(f"/v1/ingests/{ingest_id}/events", timeout=30), revoke())

    first, last = events(response.text)
    assert (first["event"], last["event"]) == ("progress", "error")
    assert json.loads(last["data"])["code"] == "not_authenticated"


async def test_a_key_follows_no_more_than_its_share(backend: Backend) -> None:
    followers = Followers()
    many, other = (
        Principal(tenant_id=backend.tenant_id, kind="api_key", id=name, name=name, scopes=()) for name in ("a", "b")
    )
    with ExitStack() as streams:
        for _ in range(MAX_FOLLOWERS_PER_KEY):
            streams.enter_context(followers.place(many))
        with pytest.raises(TooManyFollowersError):
            followers.require_place(many)
        followers.require_place(other)

    followers.require_place(many)
