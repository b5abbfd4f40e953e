"""The demonstration pack keeps the promises that its answers depend on."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from packs.product_support import pack as manifest
from packs.product_support.pack import PACK

FOLDER = Path(manifest.__file__).parent
VISIBILITY_OF = {
    document: source.visibility for source in PACK.sources for document in sorted((FOLDER / source.path).glob("*.md"))
}
DOCUMENTS = tuple(VISIBILITY_OF)
STEP = re.compile(r"^(\d+)\. (.+)$")
CODE_BLOCK = re.compile(r"^```(\w+)\n.*?^```$", re.MULTILINE | re.DOTALL)
LIST_OR_QUOTE_MARK = re.compile(r"^\s*(?:> |- |\d+\. )")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)


class SampleQuestion(TypedDict):
    question: str
    document: str
    answer_contains: str
    audience: NotRequired[str]


SAMPLES: list[SampleQuestion] = json.loads((FOLDER / "sample_questions.json").read_text(encoding="utf-8"))
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["question"])


def prose_of(document: Path) -> str:
    return CODE_BLOCK.sub("", document.read_text(encoding="utf-8"))


def numbered_lists_of(document: Path) -> list[list[tuple[int, str]]]:
    lists: list[list[tuple[int, str]]] = [[]]
    for line in prose_of(document).splitlines():
        if step := STEP.match(line):
            lists[-1].append((int(step[1]), step[2]))
        elif lists[-1]:
            lists.append([])
    return [steps for steps in lists if steps]


def headings_of(document: Path) -> list[str]:
    return [line for line in prose_of(document).splitlines() if re.match(r"^#{1,6} ", line)]


def test_the_manifest_names_the_pack_after_its_folder() -> None:
    assert FOLDER.name == PACK.id


def test_the_pack_holds_twenty_documents_and_no_name_twice() -> None:
    assert len(DOCUMENTS) == len({document.name for document in DOCUMENTS}) == 20


def test_two_documents_are_for_staff_only() -> None:
    staff_only = {document.stem for document, visibility in VISIBILITY_OF.items() if visibility == "internal"}
    assert staff_only == {"on-call-escalation", "refund-policy"}


@each_document
def test_a_document_for_staff_says_so_and_no_other_does(document: Path) -> None:
    introduction = prose_of(document).split("## ")[0]
    assert ("for Northwind Relay's" in introduction) == (VISIBILITY_OF[document] == "internal")


@each_document
def test_a_document_begins_with_its_only_title(document: Path) -> None:
    headings = headings_of(document)
    assert document.read_text(encoding="utf-8").startswith(headings[0] + "\n")
    assert [heading for heading in headings if heading.startswith("# ")] == headings[:1]


@each_document
def test_headings_go_down_one_level_at_a_time(document: Path) -> None:
    levels = [heading.index(" ") for heading in headings_of(document)]
    assert set(levels) == {1, 2, 3}
    assert all(below <= above + 1 for above, below in pairwise(levels))


@each_document
def test_numbered_lists_have_three_to_five_steps_counted_from_one(document: Path) -> None:
    lists = numbered_lists_of(document)
    assert lists
    for steps in lists:
        assert [number for number, _ in steps] == list(range(1, len(steps) + 1))
        assert 3 <= len(steps) <= 5


@each_document
def test_a_step_is_one_sentence(document: Path) -> None:
    for steps in numbered_lists_of(document):
        for _, sentence in steps:
            assert sentence.endswith(".")
            assert not re.search(r"[.!?] +[A-Z]", sentence)


@each_document
def test_a_document_is_long_enough_to_be_useful_and_short_enough_to_read(document: Path) -> None:
    assert 500 <= len(document.read_text(encoding="utf-8").split()) <= 1300


@each_document
def test_a_document_has_a_table_a_code_block_a_list_and_questions(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert re.search(r"^\|(---\|)+$", text, re.MULTILINE)
    assert CODE_BLOCK.search(text)
    assert re.search(r"^- ", text, re.MULTILINE)
    assert "## Frequently asked questions\n\n### " in text


def test_the_documents_show_code_in_several_languages_warnings_and_nested_lists() -> None:
    together = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert {found[1] for found in CODE_BLOCK.finditer(together)} >= {"bash", "http", "json", "python", "yaml"}
    assert len(re.findall(r"^> \*\*Warning:\*\* ", together, re.MULTILINE)) >= 10
    assert len(re.findall(r"^  - ", together, re.MULTILINE)) >= 10


@each_document
def test_a_document_holds_no_address_and_no_number_that_a_redactor_would_remove(
    document: Path,
) -> None:
    text = document.read_text(encoding="utf-8")
    assert not re.search(r"\S+@\S+\.\w", text)
    assert not re.search(r"\d[\d -]{7,}\d", text)
    assert not re.search(r"\b(?=\w*\d)(?=\w*[A-Z])(?=\w*[a-z])\w{20,}", text)


def test_no_sentence_stands_in_the_documents_twice() -> None:
    sentences = Counter(
        sentence.strip()
        for document in DOCUMENTS
        for line in prose_of(document).splitlines()
        if line and not line.startswith(("#", "|"))
        for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", LIST_OR_QUOTE_MARK.sub("", line))
        # "No." and "Yes." begin many an answer; they are no sentence that retrieval could confuse.
        if len(sentence.split()) > 2
    )
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


def test_the_samples_ask_fifty_different_questions_about_every_document() -> None:
    assert len({sample["question"] for sample in SAMPLES}) == len(SAMPLES) == 50
    assert {sample["document"] for sample in SAMPLES} == {document.name for document in DOCUMENTS}


@each_sample
def test_the_expected_answer_stands_in_one_document_only(sample: SampleQuestion) -> None:
    holders = [
        document.name for document in DOCUMENTS if sample["answer_contains"] in document.read_text(encoding="utf-8")
    ]
    assert holders == [sample["document"]]


@each_sample
def test_a_question_is_for_staff_exactly_when_its_document_is(sample: SampleQuestion) -> None:
    visibility = {document.name: VISIBILITY_OF[document] for document in DOCUMENTS}[sample["document"]]
    assert sample.get("audience", "external") == visibility


@each_sample
def test_a_sample_question_routes_to_the_pack(sample: SampleQuestion) -> None:
    words = set(re.findall(r"\w+", sample["question"].lower()))
    assert words & set(PACK.routing_keywords)


def test_the_questions_shown_to_newcomers_are_among_the_samples_for_customers() -> None:
    from_documents = {question for question in PACK.sample_questions if "24h" not in question}
    assert from_documents <= {sample["question"] for sample in SAMPLES if "audience" not in sample}
