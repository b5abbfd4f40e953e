"""The protocol, with scripted peers in processes of their own."""

import sys
import textwrap
from pathlib import Path

import pytest

from bench.peer_environments import SCRIPTS
from bench.peer_process import PeerFailedError, run_peer

TASK = {
    "model": "",
    "database": "",
    "precision": "float32",
    "top_k": 2,
    "documents": [["a", "Cats", "Cats sleep."], ["b", "Dogs", "Dogs bark."], ["c", "Cows", "Cows moo."]],
    "questions": [["q1", "Dogs?"], ["q2", "Cows?"]],
}
PEER = """
    class Scripted:
        packages = ("pytest",)

        def __init__(self, task):
            self.top_k = task.top_k
            print("a library that prints what it likes")

        def warm_up(self):
            self.documents = None

        def ingest(self, documents):
            self.documents = documents

        def searches(self):
            return {"first": self.search, "all alike": lambda question: ["a"]}

        def search(self, question):
            ranked = sorted(self.documents, key=lambda one: one.title not in question)
            return [one.document_id for one in ranked][: self.top_k]

    measure(Scripted)
"""


def script(tmp_path: Path, body: str) -> list[str]:
    path = tmp_path / "scripted_peer.py"
    path.write_text(f"import os, sys, time\nsys.path.insert(0, {str(SCRIPTS)!r})\n{textwrap.dedent(body)}")
    return [sys.executable, str(path)]


def test_a_peer_tells_its_versions_times_and_rankings(tmp_path: Path) -> None:
    told = run_peer(script(tmp_path, f"from peer_protocol import measure\n{textwrap.dedent(PEER)}"), TASK)

    assert set(told.versions) == {"pytest"}
    assert told.ingest_seconds > 0
    assert told.ways["first"].rankings == {"q1": ["b", "a"], "q2": ["c", "a"]}
    assert told.ways["all alike"].rankings == {"q1": ["a"], "q2": ["a"]}
    assert len(told.ways["first"].seconds) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sys.stdin.read(); sys.exit('there is no model here')", "status 1\nthere is no model here"),
        ("sys.stdin.read(); print('Loading weights: 100%')", "cannot be understood: Loading weights"),
        ('sys.stdin.read(); print(\'{"event": "sang"}\')', 'cannot be understood: {"event": "sang"}'),
        ('sys.stdin.read(); print(\'{"event": "ingested"}\')', "cannot be understood"),
        ('sys.stdin.read(); print(\'{"event": "ingested", "seconds": 1}\')', "ended early, with status 0"),
        ("sys.exit(3)", "status 3"),
    ],
)
def test_a_peer_that_fails_is_told_with_its_last_words(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(PeerFailedError) as failed:
        run_peer(script(tmp_path, body), TASK)

    assert said in str(failed.value)


def test_a_peer_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(PeerFailedError, match="status -9"):
        run_peer(script(tmp_path, "time.sleep(600)"), TASK, seconds=0.5)


def test_a_peer_sees_an_empty_folder_and_no_environment_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    body = "sys.stdin.read(); sys.exit(f'{os.listdir()} {os.environ.get(\"PYTHONPATH\")} {sys.path[0] == os.getcwd()}')"

    with pytest.raises(PeerFailedError) as failed:
        run_peer(script(tmp_path, body.replace("sys.path.insert", "")), TASK)

    assert "[] None False" in str(failed.value)
