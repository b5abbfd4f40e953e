"""Conversations with the question that a person would read each last message as."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.follow_up import Reader, cases, fault, measure

CASES = cases()
ROOT = Path(__file__).parents[3]
READER = Reader()


@pytest.mark.parametrize("case", CASES, ids=[f"{case['conversation'][-1:]} {case['message']}" for case in CASES])
def test_a_message_is_read_as_a_person_would_read_it(case: dict[str, Any]) -> None:
    assert fault(case, READER) is None


def test_there_are_at_least_sixty_follow_ups_and_thirty_other_messages() -> None:
    kinds = [case["kind"] for case in CASES]
    assert len([kind for kind in kinds if kind]) >= 60
    assert kinds.count(None) >= 30


def test_a_wrong_label_is_a_fault() -> None:
    figures = {"conversation": ["error rate yesterday"], "message": "and in sandbox?", "kind": "figures"}
    assert fault({**figures, "means": "error rate yesterday in sandbox"}, READER) is None
    assert fault({**figures, "means": "error rate today in sandbox"}, READER)
    assert fault({**figures, "kind": "topic", "means": "", "has": []}, READER)
    assert fault({**figures, "kind": None}, READER)
    topic = {"conversation": ["How do I rotate a key?"], "message": "and by CLI?", "kind": "topic", "means": "-"}
    assert fault({**topic, "has": ["rotate", "cli"]}, READER) is None
    assert fault({**topic, "has": ["rotate"], "lacks": ["cli"]}, READER)


def test_no_question_of_the_packs_and_of_the_tools_is_changed() -> None:
    files = [*ROOT.glob("packs/*/sample_questions.json"), ROOT / "eval" / "tool_arguments.json"]
    questions = [str(one["question"]) for file in files for one in json.loads(file.read_text(encoding="utf-8"))]
    assert len(questions) > 100
    assert measure(questions)["changed"] == {}
