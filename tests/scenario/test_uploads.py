"""Large uploads on the real API: streamed on both sides, refused before they are sent [H4, H9]."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.fixtures.stack import Stack

LARGE_BYTES = 200_000_000
ALLOWED_GROWTH_BYTES = 30_000_000
_SAMPLE_SECONDS = 0.02

# A process of its own, so that only the client is measured; it waits for a line before it sends the large file.
CLIENT = """
import asyncio, sys
from answerable_sdk import Answerable, AsyncAnswerable
url, key, dataset, small, large, kind = sys.argv[1:]

def sync(path):
    with Answerable(url, key) as client:
        return client.documents.upload(dataset, path)

async def later(path):
    async with AsyncAnswerable(url, key) as client:
        return await client.documents.upload(dataset, path)

def send(path):
    return sync(path) if kind == "sync" else asyncio.run(later(path))

send(small)
print("ready", flush=True)
sys.stdin.readline()
print(send(large).ingest_id)
"""


class Peak:
    """The largest resident size of a process while it is watched, beyond what it was before."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._before = self._process.memory_info().rss
        self._most = self._before
        self._over = threading.Event()

    @property
    def growth(self) -> int:
        return self._most - self._before

    @contextmanager
    def watched(self) -> Iterator["Peak"]:
        watching = threading.Thread(target=self._watch)
        watching.start()
        try:
            yield self
        finally:
            self._over.set()
            watching.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            with suppress(psutil.Error):
                self._most = max(self._most, self._process.memory_info().rss)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of 200 MB that no parser takes, different in every test so that the store has not seen it."""
    path = tmp_path / f"{uuid4()}.bin"
    with path.open("wb") as file:
        file.write(uuid4().bytes)
        file.truncate(LARGE_BYTES)
    return path


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_large_upload_lives_in_no_memory(stack: Stack, tmp_path: Path, large: Path, kind: str) -> None:
    small = tmp_path / "small.md"
    small.write_text(f"# {uuid4()}")
    arguments = [stack.api_url, stack.api_key, str(stack.dataset_id), str(small), str(large), kind]
    stack.client().documents.upload(stack.dataset_id, small)
    assert stack.api.pid is not None

    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, *arguments],
        env=stack.api.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process as sending:
        assert sending.stdout is not None
        assert sending.stdout.readline() == "ready\n"
        with Peak(stack.api.pid).watched() as api, Peak(sending.pid).watched() as client:
            ingest_id, _ = sending.communicate("go\n", timeout=100)

    ended = stack.client().ingests.wait(ingest_id.strip(), timeout=60)
    assert (ended.state, ended.error.code if ended.error else None) == ("failed", "unsupported_format")
    assert api.growth < ALLOWED_GROWTH_BYTES
    assert client.growth < ALLOWED_GROWTH_BYTES


def test_a_file_that_announces_to_be_too_large_is_refused_before_it_is_sent(stack: Stack) -> None:
    address = httpx.URL(stack.api_url)
    head = (
        f"POST /v1/datasets/{stack.dataset_id}/documents HTTP/1.1\r\nHost: {address.host}\r\n"
        f"Authorization: Bearer {stack.api_key}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        "Content-Length: 300000000\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port or 80), timeout=10) as connection:
        connection.sendall(head.encode())
        response = connection.recv(65_536).decode()

    assert response.startswith("HTTP/1.1 413")


def test_a_client_that_sends_too_much_all_the_same_reads_why(stack: Stack, http: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "too-large.txt"
    with path.open("wb") as file:
        file.truncate(230_000_000)

    with path.open("rb") as file:
        response = http.post(f"/v1/datasets/{stack.dataset_id}/documents", files={"file": ("too-large.txt", file)})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert http.get("/health").status_code == 200
