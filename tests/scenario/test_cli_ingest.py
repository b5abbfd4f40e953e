"""``answerable ingest`` as a process against the real API [U3]."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack

Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def word() -> str:
    return f"numbat{uuid4().hex[:8]}"


@pytest.fixture
def folder(tmp_path: Path, word: str) -> Path:
    """Three documents: two that can be ingested and an empty one, and a picture beside them."""
    path = tmp_path / "documents"
    path.mkdir()
    (path / f"{word}-a.md").write_text(f"# The {word}\n\nTo feed the {word}, offer it termites.")
    (path / f"{word}-b.txt").write_text(f"A note on the {word}.")
    (path / f"{word}-empty.md").write_text("")
    (path / f"{word}.png").write_bytes(b"\x89PNG")
    return path


@pytest.fixture
def launch(stack: Stack, tmp_path: Path) -> Iterator[Launch]:
    """Start the command as a shell would; ended with the test."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        **stack.api.environment(),
        "ANSWERABLE_URL": stack.api_url,
        "ANSWERABLE_API_KEY": stack.api_key,
        "ANSWERABLE_DATA_DIR": str(tmp_path / "data"),
    }

    def run(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "cli.main", "ingest", "--dataset", str(stack.dataset_id), *arguments]
        # Jobs that a shell runs in the background ignore Ctrl-C, and so would whatever they start.
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
            )
        finally:
            signal.signal(signal.SIGINT, handler)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def no_worker(stack: Stack) -> Iterator[None]:
    """The ingest worker died with the first document it was given, and every part runs again after the test."""
    stack.ingest_worker.stop()
    dying = stack.worker_that_dies("ingest", "parse_document", "before")
    dying.start()
    yield
    dying.stop()
    for process in (stack.api, stack.ingest_worker):
        if not process.is_running:
            process.start()


def accepted(stack: Stack, word: str) -> list[str]:
    items = stack.client().ingests.list(limit=50).items
    return [one.name for one in items if one.name.startswith(word)]


def test_every_file_is_explained(launch: Launch, folder: Path, word: str) -> None:
    running = launch("--json", str(folder))
    output, _ = running.communicate(timeout=60)

    told = json.loads(output)
    assert running.returncode == 1
    assert {one["name"]: (one["state"], one["code"]) for one in told["documents"]} == {
        f"{word}-a.md": ("succeeded", None),
        f"{word}-b.txt": ("succeeded", None),
        f"{word}-empty.md": ("failed", "empty_document"),
    }
    assert [Path(one["path"]).name for one in told["skipped"]] == [f"{word}.png"]
    assert (told["counts"], told["interrupted"]) == ({"succeeded": 2, "failed": 1, "skipped": 1}, False)


def test_ctrl_c_stops_the_following_and_not_the_ingests(
    stack: Stack, launch: Launch, folder: Path, word: str, no_worker: None
) -> None:
    (folder / f"{word}-empty.md").unlink()
    (folder / f"{word}-b.txt").unlink()
    running = launch("--json", str(folder))
    assert running.stderr is not None
    assert any("acquire" in line for line in running.stderr)

    running.send_signal(signal.SIGINT)
    output, complaint = running.communicate(timeout=20)

    (document,) = json.loads(output)["documents"]
    assert (running.returncode, "continue" in complaint) == (130, True)
    assert document["state"] == "followed"
    assert document["ingest"]["ingest_id"] in document["message"]
    stack.ingest_worker.start()
    ended = stack.client().ingests.wait(document["ingest"]["ingest_id"], timeout=60)
    assert ended.state == "succeeded"


def test_a_restart_of_the_api_is_lived_through(
    stack: Stack, launch: Launch, folder: Path, word: str, no_worker: None
) -> None:
    (folder / f"{word}-empty.md").unlink()
    (folder / f"{word}-b.txt").unlink()
    running = launch("--json", str(folder))
    eventually(lambda: accepted(stack, word) != [], "the document was accepted")

    stack.api.kill()
    stack.api.start()
    stack.ingest_worker.start()
    output, _ = running.communicate(timeout=60)

    assert running.returncode == 0
    assert [one["state"] for one in json.loads(output)["documents"]] == ["succeeded"]
