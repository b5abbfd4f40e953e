"""Progress of an ingest as events, on the real API: resumed, also behind a restart [H4]."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from answerable_sdk import Answerable, Ingest
from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack


@pytest.fixture
def waiting(stack: Stack) -> Iterator[Ingest]:
    """An ingest that was accepted and goes no further, for its worker died when it was to be parsed."""
    stack.ingest_worker.stop()
    dying = stack.worker_that_dies("ingest", "parse_document", "before")
    dying.start()
    ingest = stack.client().documents.upload(stack.dataset_id, b"# Waiting\n\nText.", name=f"{uuid4()}.md")
    eventually(lambda: not dying.is_running, "the worker died")
    try:
        yield ingest
    finally:
        for process in (stack.api, stack.ingest_worker):
            if not process.is_running:
                process.start()
        stack.client().ingests.wait(ingest.ingest_id, timeout=60)


def path(ingest: Ingest) -> str:
    return f"/v1/ingests/{ingest.ingest_id}/events"


def first_event(lines: Iterator[str]) -> dict[str, str]:
    """The fields of the first event of a stream."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            return fields
    raise AssertionError("the stream ended without an event")


def test_an_ingest_is_followed_from_its_first_state_to_its_end(stack: Stack) -> None:
    accepted = stack.client().documents.upload(stack.dataset_id, b"# Followed\n\nText.", name=f"{uuid4()}.md")

    seen = list(stack.client().ingests.follow(accepted.ingest_id))

    assert (seen[-1].state, seen[-1].is_live) == ("succeeded", True)
    assert all(not ingest.is_terminal for ingest in seen[:-1])
    assert seen[-1].artifacts.keys() == {"source"}


def test_a_stream_is_taken_up_in_another_api_process_without_repeating_anything(
    stack: Stack, http: httpx.Client, waiting: Ingest
) -> None:
    with http.stream("GET", path(waiting)) as response:
        before = first_event(response.iter_lines())
    stack.api.kill()
    stack.api.start()
    stack.ingest_worker.start()

    with http.stream("GET", path(waiting), headers={"Last-Event-ID": before["id"]}) as response:
        after = first_event(response.iter_lines())

    assert before["event"] == "progress"
    assert (after["event"], after["id"] != before["id"]) in [("progress", True), ("done", True)]


def test_the_client_goes_on_following_behind_a_restart_of_the_api(stack: Stack, waiting: Ingest) -> None:
    with Answerable(stack.api_url, stack.api_key) as client:
        following = client.ingests.follow(waiting.ingest_id)
        first = next(following)
        stack.api.kill()
        stack.api.start()
        stack.ingest_worker.start()
        rest = list(following)

    assert not first.is_terminal
    assert rest[-1].state == "succeeded"


def test_a_client_that_went_away_is_noticed(stack: Stack, http: httpx.Client, waiting: Ingest) -> None:
    with http.stream("GET", path(waiting)) as response:
        lines = response.iter_lines()
        first_event(lines)
        assert not _is_logged(stack, waiting.ingest_id)

    eventually(lambda: _is_logged(stack, waiting.ingest_id), "the request came to its end", seconds=5)


def test_streams_do_not_keep_an_api_that_stops(stack: Stack, http: httpx.Client, waiting: Ingest) -> None:
    with http.stream("GET", path(waiting)) as response:
        lines = response.iter_lines()
        first_event(lines)
        stack.api.signal_stop()
        assert all(not line.startswith("event: done") for line in lines)
    eventually(lambda: not stack.api.is_running, "the API stopped", seconds=8)


def _is_logged(stack: Stack, ingest_id: UUID) -> bool:
    """Whether the API logged the end of the request for the ingest's events."""
    return f"/v1/ingests/{ingest_id}/events" in stack.api.log_since_launch()
