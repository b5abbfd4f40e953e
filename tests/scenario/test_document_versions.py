"""What becomes of a document that is uploaded again, or deleted, through the API [W3, K7]."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from answerable_sdk import Ingest, NotFoundError
from tests.fixtures.processes import eventually
from tests.fixtures.stack import PythonProcess, Stack
from tests.scenario.conftest import Tenant


@pytest.fixture
def word() -> str:
    """A word that no other document has."""
    return f"quokka{uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def whole_again(stack: Stack) -> Iterator[None]:
    """The ingest worker runs after every test."""
    yield
    if not stack.ingest_worker.is_running:
        stack.ingest_worker.start()


def die_before_publishing(stack: Stack) -> PythonProcess:
    """Put a worker that dies when it is about to publish in place of the ingest worker."""
    stack.ingest_worker.stop()
    dying = stack.worker_that_dies("ingest", "publish_version", "before")
    dying.start()
    return dying


def text(word: str, food: str) -> bytes:
    return f"# The {word}\n\nTo feed the {word}, offer it fresh {food}.".encode()


def answer(stack: Stack, word: str) -> str:
    return stack.client().ask(f"How do I feed the {word}?").answer


def upload(stack: Stack, word: str, food: str, *, wait: bool = True) -> Ingest:
    return stack.client().documents.upload(stack.dataset_id, text(word, food), name=f"{word}.md", wait=wait)


def all_ended(stack: Stack, accepted: list[Ingest]) -> list[Ingest]:
    """The ingests by version number, read once each of them has ended."""
    for one in accepted:
        stack.client().ingests.wait(one.ingest_id, timeout=60)
    ended = [stack.client().ingests.get(one.ingest_id) for one in accepted]
    return sorted(ended, key=lambda one: one.version)


def test_unchanged_content_does_nothing(stack: Stack, word: str) -> None:
    first = upload(stack, word, "grass")
    before = stack.client().ingests.get(first.ingest_id)
    again = upload(stack, word, "grass")

    assert (again.ingest_id, again.unchanged) == (first.ingest_id, True)
    assert stack.client().ingests.get(first.ingest_id) == before


def test_the_old_version_answers_until_the_new_one_is_whole(stack: Stack, word: str) -> None:
    first = upload(stack, word, "grass")
    dying = die_before_publishing(stack)
    second = upload(stack, word, "bark", wait=False)
    eventually(lambda: not dying.is_running, "the worker died with all but the last step done")

    assert "grass" in answer(stack, word)
    assert stack.client().ingests.get(first.ingest_id).is_live

    stack.ingest_worker.start()
    assert stack.client().ingests.wait(second.ingest_id, timeout=60).is_live
    assert "bark" in answer(stack, word)
    assert not stack.client().ingests.get(first.ingest_id).is_live


def test_of_five_uploads_within_a_second_the_last_one_is_live(stack: Stack, word: str) -> None:
    foods = ["grass", "bark", "leaves", "berries", "roots"]
    began = time.monotonic()
    accepted = [upload(stack, word, food, wait=False) for food in foods]
    took = time.monotonic() - began
    ended = all_ended(stack, accepted)

    assert took < 5
    assert [one.version for one in ended] == [1, 2, 3, 4, 5]
    assert [one.is_live for one in ended] == [False, False, False, False, True]
    assert {one.state for one in ended[:4]} <= {"superseded", "succeeded"}
    assert (ended[4].state, "roots" in answer(stack, word)) == ("succeeded", True)


def test_of_five_uploads_at_once_the_highest_number_is_live(stack: Stack, word: str) -> None:
    foods = ["grass", "bark", "leaves", "berries", "roots"]
    with ThreadPoolExecutor(5) as pool:
        accepted = list(pool.map(lambda food: upload(stack, word, food, wait=False), foods))
    ended = all_ended(stack, accepted)

    assert [one.version for one in ended] == [1, 2, 3, 4, 5]
    assert [one.is_live for one in ended] == [False, False, False, False, True]
    assert {one.state for one in ended[:4]} <= {"superseded", "succeeded"}


def test_a_deleted_document_is_out_of_the_answers_at_once_and_comes_back_when_it_is_uploaded(
    stack: Stack, word: str
) -> None:
    first = upload(stack, word, "grass")
    cited = stack.client().ask(f"How do I feed the {word}?")

    deleted = stack.client().documents.delete(stack.dataset_id, first.document_id)

    assert (deleted.state, deleted.live, deleted.name) == ("deleted", None, f"{word}.md")
    assert word not in answer(stack, word)
    conversation = stack.client().conversations.get(cited.session_id)
    assert conversation.messages[-1].citations == cited.citations
    assert stack.client().documents.delete(stack.dataset_id, first.document_id) == deleted

    again = upload(stack, word, "grass")
    assert (again.version, again.state, again.unchanged) == (2, "succeeded", False)
    assert "grass" in answer(stack, word)


def test_a_version_on_its_way_ends_cancelled_when_its_document_is_deleted(stack: Stack, word: str) -> None:
    dying = die_before_publishing(stack)
    running = upload(stack, word, "grass", wait=False)
    eventually(lambda: not dying.is_running, "the worker died with all but the last step done")
    # Before a worker is back that would publish: the deletion waits for it, and is the first thing that it does.
    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(stack.client().documents.delete, stack.dataset_id, running.document_id)
        stack.ingest_worker.start()
        deleted = deleting.result(timeout=60)

    ended = stack.client().ingests.wait(running.ingest_id, timeout=60)
    assert deleted.state == "deleted"
    assert (ended.state, ended.error.code if ended.error else None) == ("cancelled", "document_deleted")
    assert word not in answer(stack, word)
    assert ended.artifacts.keys() == {"source"}


def test_documents_are_listed_as_they_stand(stack: Stack, word: str) -> None:
    live = upload(stack, word, "grass")
    stack.client().documents.upload(stack.dataset_id, b"", name=f"{word}-empty.md", wait=True)

    found = {one.name: one for one in stack.client().documents.all(stack.dataset_id) if one.name.startswith(word)}

    assert {name: one.state for name, one in found.items()} == {f"{word}.md": "live", f"{word}-empty.md": "absent"}
    assert (found[f"{word}.md"].live is not None, found[f"{word}.md"].document_id) == (True, live.document_id)
    error = found[f"{word}-empty.md"].latest.error
    assert error is not None
    assert error.code == "empty_document"


def test_nobody_can_delete_or_find_what_is_not_theirs(stack: Stack, stranger: Tenant, word: str) -> None:
    ours = upload(stack, word, "grass")
    foreign = stack.client(stranger.api_key)

    for dataset_id in (stack.dataset_id, stranger.dataset_id):
        with pytest.raises(NotFoundError) as refused:
            foreign.documents.delete(dataset_id, ours.document_id)
        assert refused.value.code == "not_found"
    with httpx.Client(base_url=stack.api_url, headers={"X-API-Key": stranger.api_key}) as http:
        unknown = http.delete(f"/v1/datasets/{stranger.dataset_id}/documents/{uuid4()}").json()
        hidden = http.delete(f"/v1/datasets/{stranger.dataset_id}/documents/{ours.document_id}").json()
    assert unknown["message"] == hidden["message"]
    assert stack.client().ingests.get(ours.ingest_id).is_live
