"""The knowledge routes on real servers [H4, K7, W4]."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from answerable_sdk import Ingest
from tests.fixtures.stack import Stack
from tests.scenario.conftest import Tenant

Upload = Callable[..., Ingest]


@pytest.fixture
def word() -> str:
    """A word that no other document has."""
    return f"wombat{uuid4().hex[:8]}"


@pytest.fixture
def upload(stack: Stack) -> Upload:
    def send(name: str, text: str | bytes, **fields: Any) -> Ingest:
        content = text.encode() if isinstance(text, str) else text
        return stack.client().documents.upload(stack.dataset_id, content, name=name, **fields)

    return send


def test_an_upload_is_answerable_the_moment_it_succeeded(stack: Stack, upload: Upload, word: str) -> None:
    ingest = upload(f"{word}.md", f"# The {word}\n\nTo feed the {word}, offer it fresh grass.", wait=True)

    answer = stack.client().ask(f"How do I feed the {word}?")

    assert (ingest.state, ingest.is_live, ingest.passages) == ("succeeded", True, 1)
    assert answer.citations[0].document_id == ingest.document_id


def test_progress_is_told_until_the_end(stack: Stack, upload: Upload, word: str) -> None:
    seen: list[str] = []
    accepted = upload(f"{word}.md", f"# The {word}")

    ended = stack.client().ingests.wait(accepted.ingest_id, progress=lambda now: seen.append(now.state))

    assert accepted.state in ("queued", "running")
    assert (ended.state, seen[-1]) == ("succeeded", "succeeded")
    assert ended.artifacts["source"].startswith("s3://")


def test_changed_content_is_a_new_version_and_unchanged_content_is_none(upload: Upload, word: str) -> None:
    first = upload(f"{word}.md", "# One", wait=True)
    second = upload(f"{word}.md", "# Two", wait=True)
    again = upload(f"{word}.md", "# Two", wait=True)

    assert (first.version, second.version) == (1, 2)
    assert (again.ingest_id, again.unchanged) == (second.ingest_id, True)


def test_a_repeated_key_is_the_same_ingest_and_another_file_a_conflict(
    http: httpx.Client, stack: Stack, word: str
) -> None:
    path = f"/v1/datasets/{stack.dataset_id}/documents"
    headers = {"Idempotency-Key": word}

    first, again, other = (
        http.post(path, files={"file": (f"{word}.md", content)}, data={"wait": "true"}, headers=headers)
        for content in (b"# One", b"# One", b"# Two")
    )

    assert again.json()["ingest_id"] == first.json()["ingest_id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.md", b"", "empty_document"),
        ("blank.txt", b" \n\n ", "empty_document"),
        ("a.bin", b"\x00\x01", "unsupported_format"),
    ],
)
def test_what_cannot_be_ingested_fails_at_once_with_its_code(
    upload: Upload, word: str, name: str, content: bytes, code: str
) -> None:
    ingest = upload(f"{word}-{name}", content, wait=True)

    assert (ingest.state, ingest.error.code if ingest.error else None) == ("failed", code)


def test_ingests_are_listed_by_state(stack: Stack, upload: Upload, word: str) -> None:
    failed = upload(f"{word}.md", "", wait=True)

    listed = stack.client().ingests.list(state="failed", dataset_id=stack.dataset_id, limit=5)

    assert failed.ingest_id in [ingest.ingest_id for ingest in listed.items]
    assert {ingest.state for ingest in listed.items} == {"failed"}


def test_pages_of_ingests_neither_repeat_nor_miss_any(stack: Stack, upload: Upload, word: str) -> None:
    uploaded = {upload(f"{word}-{number}.md", f"# {number}", wait=True).ingest_id for number in range(3)}
    client = stack.client()

    first = client.ingests.list(limit=2)
    second = client.ingests.list(limit=2, after=first.next)

    ids = [ingest.ingest_id for ingest in (*first.items, *second.items)]
    assert len(set(ids)) == 4
    assert uploaded <= set(ids)


def test_another_tenant_can_neither_read_nor_write_here(
    stack: Stack, upload: Upload, stranger: Tenant, word: str
) -> None:
    ingest = upload(f"{word}.md", "# Ours", wait=True)
    headers = {"Authorization": f"Bearer {stranger.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers) as foreign:
        written = foreign.post(f"/v1/datasets/{stack.dataset_id}/documents", files={"file": ("a.md", b"# Theirs")})
        read = foreign.get(f"/v1/ingests/{ingest.ingest_id}")
        datasets = foreign.get("/v1/datasets").json()["datasets"]

    assert (written.status_code, written.json()["code"]) == (404, "dataset_not_found")
    assert read.status_code == 404
    assert [dataset["dataset_id"] for dataset in datasets] == [str(stranger.dataset_id)]
