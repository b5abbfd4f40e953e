"""``python -m eval.answers`` as a user runs it: real PostgreSQL, the real model and real turns, over two questions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT

GUIDE = "# Garden guide\n\n## Water the palms\n\n1. Fill the green can.\n2. Pour slowly until the saucer is wet.\n"
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "palms",
        "corpus": "garden",
        "kind": "how",
        "question": "How do I water the palms?",
        "needs": [["green can"], ["saucer"]],
        "cites": ["guide.md"],
    },
    {"id": "mars", "corpus": "garden", "kind": "who", "question": "Who walked on Mars?", "answerable": False},
]


def evaluate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "sdk")))}
    command = [sys.executable, "-P", "-m", "eval.answers", str(folder), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=False
    )


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    (tmp_path / "guide.md").write_text(GUIDE)
    (tmp_path / "corpora.json").write_text(json.dumps({"garden": {"pack": "handbooks", "files": ["*.md"]}}))
    (tmp_path / "questions_dev.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    return tmp_path


@pytest.mark.timeout(240)
def test_questions_are_asked_and_judged_and_vectors_are_kept(questions: Path) -> None:
    done = evaluate(questions, "--half", "dev", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {one["id"]: one["verdict"] for one in found["questions"]} == {"palms": "right", "mars": "refused rightly"}
    assert found["all"]["score"] == 1.0
    assert found["composing_ms"]["p95"] > 0
    (vectors,) = (questions / "build/eval-answers").iterdir()
    kept = vectors.read_bytes()

    again = evaluate(questions, "--half", "dev", "--only", "palms")
    assert again.returncode == 0, again.stderr
    assert "expected calibration error" in again.stdout
    assert vectors.read_bytes() == kept


@pytest.mark.timeout(120)
def test_cases_bring_their_own_documents(questions: Path) -> None:
    (questions / "garden").mkdir()
    (questions / "garden" / "guide.md").write_text(GUIDE)
    steps = [
        {"upload": "guide.md"},
        {"search": "palms", "expect": {"all": ["green can"]}},
        {"ask": "How do I water the palms?", "expect": {"order": ["green can", "saucer"], "refused": False}},
        {"delete": "garden/guide.md"},
        {"ask": "How do I water the palms?", "expect": {"refused": True}},
        {"ask": "How do I water the palms?", "expect": {"all": ["hose"], "cites": "guide.md"}},
    ]
    (questions / "garden" / "case.json").write_text(json.dumps({"steps": steps}))
    done = evaluate(questions, "--json")
    assert done.returncode == 0, done.stderr
    assert [one["missed"] for one in json.loads(done.stdout)["steps"]] == [
        [],
        [],
        [],
        [],
        ["missing 'hose'", "cites []"],
    ]


@pytest.mark.timeout(60)
def test_a_set_that_cannot_be_used_ends_with_its_reason(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "--half", "heldout")
    assert done.returncode == 2
    assert "questions_heldout.jsonl" in done.stderr
