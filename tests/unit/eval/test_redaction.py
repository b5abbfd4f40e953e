"""The figures of redaction, on samples of our own, with floors that a change may not go below."""

import json
from pathlib import Path

import pytest

from eval.redaction import UnreadableFileError, measure, missed, read

SAMPLES = Path(__file__).parent / "redaction_samples.jsonl"
LEAST_RECALL = 0.97
LEAST_PRECISION = 0.97


def test_recall_and_precision_stay_above_their_floors() -> None:
    figures = measure(read(SAMPLES))
    left = [(one.type, one.value) for one in missed(read(SAMPLES))]
    assert figures["all"]["recall"] >= LEAST_RECALL, left
    assert figures["all"]["precision"] >= LEAST_PRECISION, figures["kinds"]


def test_what_is_half_hidden_is_missed_and_what_is_hidden_for_nothing_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    lines = [
        {"text": "a@example.com and more", "spans": [{"start": 0, "end": 18, "type": "EMAIL_ADDRESS"}]},
        {"text": "b@example.com", "spans": []},
        {"text": "Jo lives here", "spans": [{"start": 0, "end": 2, "type": "PERSON"}]},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    figures = measure(read(file))
    assert figures["entities"] == {"EMAIL_ADDRESS": {"recall": 0.0, "right": 0, "of": 1}}
    assert figures["kinds"] == {"email": {"precision": 0.5, "right": 1, "of": 2}}


@pytest.mark.parametrize("content", ["not json", '{"text": "no spans"}', "[1]"])
def test_a_line_that_is_no_labelled_text_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"text": "", "spans": []}\n' + content, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="line 2"):
        read(file)
