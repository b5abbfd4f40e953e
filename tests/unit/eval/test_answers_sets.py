"""The project's own questions can be used: each fact stands in a document that is to be cited, the halves are even."""

from collections import Counter
from pathlib import Path

import pytest

from adapters.parsers.registry import ParserRegistry
from eval.answers.__main__ import OWN_SET
from eval.answers.halves import split
from eval.answers.matching import plain, says
from eval.answers.questions import HALVES, Half, Question, QuestionFileError, load_questions
from tests.architecture.sources import ROOT

FOLDERS = {
    "demo": ROOT / "packs",
    "handbooks": OWN_SET / "corpora/handbooks",
    "languages": OWN_SET / "corpora/languages",
}
SUFFIXES = {".md", ".html", ".csv", ".docx"}
BOTH = [question for half in HALVES for question in load_questions(OWN_SET, half)]


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, str]]:
    parsers = ParserRegistry()
    return {
        corpus: {
            path.name: plain(parsers.parse(path, "", path.name).text)
            for path in folder.rglob("*.*")
            if path.suffix in SUFFIXES
        }
        for corpus, folder in FOLDERS.items()
    }


@pytest.mark.parametrize("corpus", FOLDERS)
def test_what_an_answer_needs_stands_in_a_document_that_it_has_to_cite(
    corpus: str, texts: dict[str, dict[str, str]]
) -> None:
    unfounded = [
        (question.id, group)
        for question in BOTH
        if question.corpus == corpus and question.cites and question.kind != "yes_no"
        for group in question.needs
        if not any(says(texts[corpus][name], fact) for name in question.cites for fact in group)
    ]
    assert unfounded == []


def test_a_third_of_the_questions_has_no_answer() -> None:
    assert len(BOTH) >= 200
    assert 0.28 <= sum(not question.answerable for question in BOTH) / len(BOTH) <= 0.4


def test_the_halves_are_those_of_the_rule() -> None:
    assert split(BOTH) == {half: list(load_questions(OWN_SET, half)) for half in HALVES}


@pytest.mark.parametrize("answerable", [True, False])
def test_each_kind_and_corpus_falls_into_both_halves_alike(answerable: bool) -> None:
    counted: dict[Half, Counter[str]] = {
        half: Counter(one.kind for one in found if one.answerable is answerable) for half, found in split(BOTH).items()
    }
    assert all(abs(counted["dev"][kind] - counted["heldout"][kind]) <= 1 for kind in counted["dev"])


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        '{"id": "a", "corpus": "b", "kind": "how", "question": "c"}',
        '{"id": "a", "corpus": "b", "kind": "how", "question": "c", "answerable": false, "needs": [["d"]]}',
        '{"id": "a", "corpus": "b", "kind": "odd", "question": "c", "answerable": false}',
        '{"id": "a", "corpus": "b", "kind": "how", "question": "c", "answerable": false, "more": 1}',
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "questions_dev.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(QuestionFileError, match=r"questions_dev\.jsonl:2"):
        load_questions(tmp_path, "dev")


def test_an_id_is_used_once(tmp_path: Path) -> None:
    line = Question(id="a", corpus="b", kind="how", question="c", answerable=False).model_dump_json()
    (tmp_path / "questions_dev.jsonl").write_text(f"{line}\n{line}\n")
    with pytest.raises(QuestionFileError, match="more than once"):
        load_questions(tmp_path, "dev")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="questions_heldout"):
        load_questions(tmp_path, "heldout")
