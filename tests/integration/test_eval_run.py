"""``python -m eval.run --fast`` as a user runs it: the table, the report, the exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.golden import FOLDER, SETS
from tests.architecture.sources import ROOT

# Hashing words is no model, so only cases that do not depend on one.
CASES = ("deny-zero-width", "access-staff", "p95-checkout-sandbox", "greeting", "staff-leave-days", "unknown-service")
METRICS = ("intent accuracy", "answer containment", "refusal accuracy", "argument accuracy", "access accuracy")


def evaluate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "sdk"))),
        "EMBEDDER": "hash",
        "COLUMNS": "200",
    }
    command = [sys.executable, "-P", "-m", "eval.run", "--output", str(folder / "made"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=False
    )


def only(*ids: str) -> list[str]:
    return [part for one in ids for part in ("--only", one)]


def goldens(folder: Path, case_id: str, **expect: Any) -> Path:
    """The committed files with one expectation changed."""
    changed = folder / "golden"
    changed.mkdir()
    for name in SETS:
        cases = json.loads((FOLDER / f"{name}_golden.json").read_text(encoding="utf-8"))
        for case in cases:
            if case["id"] == case_id:
                case["expect"] |= expect
        (changed / f"{name}_golden.json").write_text(json.dumps(cases), encoding="utf-8")
    return changed


@pytest.mark.timeout(120)
def test_cases_run_in_one_process_and_leave_a_table_and_a_report(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "--fast", *only(*CASES))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "6/6" in done.stdout
    assert all(metric in done.stdout for metric in METRICS)
    assert "judgements of figures were left out" in done.stdout
    assert "6 of 6 passed" in (tmp_path / "made" / "report.html").read_text(encoding="utf-8")
    assert done.stderr == ""


@pytest.mark.timeout(120)
def test_a_deliberately_wrong_case_ends_in_1_and_is_shown(tmp_path: Path) -> None:
    changed = goldens(tmp_path, "p95-checkout-sandbox", intents=["how_to"])

    done = evaluate(tmp_path, "--fast", "--json", "--golden", str(changed), *only("p95-checkout-sandbox", "greeting"))

    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["scores"]["total"]["cases"] == {"rate": 0.5, "right": 1, "of": 2}
    (missed,) = found["missed"]
    assert missed["misses"] == [{"metric": "intent accuracy", "expected": "how_to", "got": "stats"}]
    assert "p95-checkout-sandbox" in (tmp_path / "made" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--fast", "--pack", "attic"), "No case is left"),
        (("--data-dir", "nothing-runs-here"), "No system with an API and a development key runs in"),
        (("--golden", "nowhere"), "howto_golden.json: cannot be read"),
    ],
)
def test_what_cannot_be_run_ends_in_2_and_says_why(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = evaluate(tmp_path, *arguments)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_golden_file_ends_in_2_naming_file_case_and_field(tmp_path: Path) -> None:
    changed = goldens(tmp_path, "volume-24h", outcome="splendid")

    done = evaluate(tmp_path, "--fast", "--golden", str(changed))

    assert done.returncode == 2
    assert "stats_golden.json, case volume-24h, expect.outcome: " in done.stderr
