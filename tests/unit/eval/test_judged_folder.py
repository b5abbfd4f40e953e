"""Folders of judged questions, in the forms in which benchmarks come."""

import json
from pathlib import Path

import pytest

from eval.judged_folder import AnswerSpans, CorpusDocument, JudgedFolder, UnreadableFolderError


def folder(tmp_path: Path, qrels: str, *, name: str = "qrels.tsv", key: str = "_id") -> JudgedFolder:
    rows = [{key: "d1", "title": "One", "text": "First."}, {key: "d2", "text": "Second."}]
    asked = [{key: "q1", "text": "first?"}, {key: "q2", "text": "second?", "doc": "d2", "spans": [[0, 6]]}]
    for file, content in (("corpus.jsonl", rows), ("queries.jsonl", asked)):
        (tmp_path / file).write_text("\n".join(map(json.dumps, content)) + "\n\n", encoding="utf-8")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(qrels, encoding="utf-8")
    return JudgedFolder(tmp_path)


@pytest.mark.parametrize("key", ["_id", "id"])
def test_documents_and_questions_are_read(tmp_path: Path, key: str) -> None:
    found = folder(tmp_path, "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n", key=key)
    assert list(found.documents()) == [CorpusDocument("d1", "One", "First."), CorpusDocument("d2", "", "Second.")]
    assert found.count() == 2
    one, two = found.questions()
    assert (one.question_id, one.text, one.relevance, one.answer) == ("q1", "first?", {"d1": 2, "d2": 0}, None)
    assert two.answer == AnswerSpans("d2", ((0, 6),))


@pytest.mark.parametrize(
    "qrels",
    ["q1\td1\t1\n", "q1 0 d1 1\n", "q1\t0\td1\t1\n", "q1\td1\n", "query-id\tcorpus-id\nq1\td1\n", "q1 d1 1.0\n\n"],
)
def test_judgements_are_read_in_every_common_form(tmp_path: Path, qrels: str) -> None:
    assert [question.relevance for question in folder(tmp_path, qrels).questions()] == [{"d1": 1}]


def test_judgements_may_stand_in_a_folder_of_their_own(tmp_path: Path) -> None:
    assert len(folder(tmp_path, "q2\td2\t1\n", name="qrels/test.tsv").questions()) == 1


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        ("q1\td1\tgood\nq2\td2\tbad\n", "no grade"),
        ("q9\td1\t1\n", "judged"),
        ("q1\td1\t1\nq1\n", "columns"),
        ("a b c d e\n1", "columns"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, qrels: str, said: str) -> None:
    with pytest.raises(UnreadableFolderError, match=said):
        folder(tmp_path, qrels).questions()


def test_a_folder_that_lacks_a_file_says_which(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFolderError, match=r"corpus\.jsonl"):
        JudgedFolder(tmp_path)
    folder(tmp_path, "q1\td1\t1\n")
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(UnreadableFolderError, match="qrels"):
        JudgedFolder(tmp_path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    found = folder(tmp_path, "q1\td1\t1\n")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "text": "x"}\n{"_id": \n', encoding="utf-8")
    with pytest.raises(UnreadableFolderError, match=r"corpus\.jsonl:2"):
        list(found.documents())
