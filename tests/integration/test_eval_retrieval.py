"""``python -m eval.retrieval`` as a user runs it: real PostgreSQL, real model, the product's own search."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bootstrap.settings import child_environment

ROOT = Path(__file__).parents[2]
TEXTS = {
    "keys": ("Rotate an API key", "Open the settings, choose the key and press Rotate. The old key works for one day."),
    "cats": ("Cats", "Cats sleep for most of the day and hunt at dawn."),
    "tax": ("Taxes", "Income tax is due in April. Late payment costs interest."),
    "empty": ("Nothing", ""),
    # So many that the index is tended while it is filled.
    **{f"note-{number}": (f"Note {number}", f"Shelf {number} holds screws of size {number}.") for number in range(40)},
}
QUESTIONS = {"q1": ("How do I rotate an API key?", "keys"), "q2": ("When do cats hunt?", "cats")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = [{"_id": key, "title": title, "text": text} for key, (title, text) in TEXTS.items()]
    # As in folders that judge characters: the answer of each question is its document's last sentence.
    questions = [
        {"_id": key, "text": text, "doc": document, "spans": [[20, len(TEXTS[document][1])]]}
        for key, (text, document) in QUESTIONS.items()
    ]
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", questions)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judged = [f"{key}\t{document}\t1" for key, (_, document) in QUESTIONS.items()]
    (tmp_path / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *judged]), encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "eval.retrieval", *arguments],
        cwd=ROOT,
        env=child_environment({"PYTHONPATH": f"{ROOT}:{ROOT / 'sdk'}"}),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.timeout(300)
def test_a_judged_folder_is_measured_stage_by_stage(folder: Path) -> None:
    done = run(str(folder), "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    perfect = {"ndcg@10": 1.0, "recall@10": 1.0, "mrr": 1.0, "span_recall@1": 1.0, "span_recall@5": 1.0}
    assert {stage: figures[stage] for stage in ("lexical", "dense", "fused", "reranked")} == dict.fromkeys(
        ("lexical", "dense", "fused", "reranked"), perfect
    )
    assert figures["confidence"]["auc"] == 1.0
    assert figures["corpus"] == {"documents": 43, "empty": 1, "passages": 43, "spans": 43, "questions": 2}


def test_a_folder_that_is_none_says_what_is_missing(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "corpus.jsonl" in done.stderr
