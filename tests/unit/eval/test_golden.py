"""The golden files: what is committed can be used, and what cannot be used says where it is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.packs.catalog import InstalledPacks
from eval.golden import FOLDER, SETS, GoldenFileError, load_sets

PACKS = InstalledPacks()
CASE: dict[str, Any] = {
    "id": "rotate",
    "pack": "product_support",
    "question": "How do I rotate an API key?",
    "expect": {
        "outcome": "answered",
        "intents": ["how_to"],
        "cites": ["rotate-an-api-key.md"],
        "contains": ["Rotate key"],
    },
}


def write(folder: Path, *cases: Any) -> Path:
    for name in SETS:
        (folder / f"{name}_golden.json").write_text(json.dumps([]), encoding="utf-8")
    (folder / "howto_golden.json").write_text(json.dumps(cases), encoding="utf-8")
    return folder


def changed(**changes: Any) -> dict[str, Any]:
    expect = {**CASE["expect"], **changes.pop("expect", {})}
    return {**CASE, **changes, "expect": expect}


def test_each_committed_set_has_thirty_cases_and_no_question_twice() -> None:
    sets = load_sets(FOLDER, PACKS)
    assert [group.name for group in sets] == list(SETS)
    for group in sets:
        assert len(group.cases) >= 30
        asked = [(case.question, case.asker, case.pack_hint, case.conversation) for case in group.cases]
        assert len(set(asked)) == len(asked)


def test_the_committed_cases_cover_every_kind() -> None:
    cases = [case for group in load_sets(FOLDER, PACKS) for case in group.cases]
    assert {case.asker for case in cases} == {"staff", "customer", "nobody"}
    assert {case.pack for case in cases} == {"product_support", "staff_handbook"}
    assert {case.expect.outcome for case in cases} == {"answered", "refused", "denied"}
    intents = {intent for case in cases for intent in case.expect.intents}
    assert intents >= {"how_to", "stats", "access", "hand_off", "small_talk", "unknown"}
    assert any(len(case.expect.intents) == 3 for case in cases)


def test_a_good_case_is_read(tmp_path: Path) -> None:
    (howto, *_) = load_sets(write(tmp_path, CASE), PACKS)
    assert howto.cases[0].asker == "customer"


@pytest.mark.parametrize(
    ("case", "place"),
    [
        (changed(asker="king"), "case rotate, asker"),
        (changed(surprise=1), "case rotate, surprise"),
        (changed(question=""), "case rotate, question"),
        (changed(pack="attic"), "case rotate, pack"),
        (changed(conversation="hello"), "case rotate, conversation"),
        (changed(expect={"outcome": "fine"}), "case rotate, expect.outcome"),
        (changed(expect={"intents": ["how-to"]}), "case rotate, expect.intents.0"),
        (changed(expect={"intents": []}), "case rotate, expect.intents"),
        (changed(expect={"cites": ["nowhere.md"]}), "case rotate, expect.cites"),
        (changed(expect={"outcome": "denied"}), "case rotate, expect"),
        (changed(expect={"outcome": "refused"}), "case rotate, expect"),
        (changed(expect={"rule_id": "deny_pattern/1"}), "case rotate, expect"),
        (changed(expect={"contains": []}), "case rotate, expect"),
        (changed(expect={"calls": [{"tool": "product_support.nothing"}]}), "case rotate, expect.calls.0.tool"),
        (
            changed(expect={"calls": [{"tool": "product_support.error_rate_24h", "since": "yesterday"}]}),
            "case rotate, expect.calls.0.since",
        ),
        ({**CASE, "id": "Not An Id"}, "case Not An Id, id"),
        ({"question": "?"}, "case number 1, id"),
        ("a text", "case number 1, case"),
    ],
)
def test_a_bad_case_fails_with_its_file_its_id_and_the_field(tmp_path: Path, case: Any, place: str) -> None:
    with pytest.raises(GoldenFileError) as refusal:
        load_sets(write(tmp_path, case), PACKS)
    assert f"howto_golden.json, {place}: " in str(refusal.value)


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldenFileError, match=r"howto_golden\.json, case rotate, id: 2 cases have it"):
        load_sets(write(tmp_path, CASE, CASE), PACKS)


@pytest.mark.parametrize(
    ("content", "says"), [("{", "is no JSON"), ("{}", "has to hold a list"), (None, "cannot be read")]
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path, content: str | None, says: str) -> None:
    write(tmp_path, CASE)
    file = tmp_path / "stats_golden.json"
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    with pytest.raises(GoldenFileError, match=rf"stats_golden\.json: {says}"):
        load_sets(tmp_path, PACKS)
