"""``answerable policy`` and ``answerable tenant`` against the API over fakes."""

import json
from pathlib import Path

import pytest

from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal

POLICY = {"deny": [{"rule_id": "pay", "pattern": "payroll"}], "smallest_count": 10}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(POLICY))
    return path


@pytest.mark.parametrize("of_bot", [False, True])
def test_what_is_shown_can_be_set_again(terminal: Terminal, backend: Backend, file: Path, of_bot: bool) -> None:
    bot = ("--bot", str(backend.bot.bot_id)) if of_bot else ()
    assert "No policy" in terminal.run("policy", "show", *bot).stderr
    done = terminal.run("policy", "set", str(file), *bot)
    assert (done.exit_code, "Now version 1" in done.stderr) == (0, True)
    shown = terminal.run("policy", "show", *bot)
    assert json.loads(shown.stdout)["smallest_count"] == 10
    file.write_text(shown.stdout)
    assert terminal.json("policy", "set", str(file), *bot)["version"] == 1
    assert terminal.json("policy", "show", "--version", "0", *bot)["version"] == 0


def test_what_is_odd_is_told_and_what_is_wrong_names_its_field(terminal: Terminal, file: Path) -> None:
    file.write_text('{"access": [{"rule_id": "r", "role": "*", "packs": ["travel"]}]}')
    assert "no pack 'travel'" in terminal.run("policy", "set", str(file)).stderr
    file.write_text('{"deny": [{"rule_id": "r", "match": "glob", "pattern": "*"}]}')
    wrong = terminal.run("policy", "set", str(file))
    assert (wrong.exit_code, "deny.0.pattern: is a glob of wildcards alone" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "line 1, column 2"), ("[]", "not contain a JSON object"), (None, "No such file")]
)
def test_a_file_that_is_none_is_a_usage_error(terminal: Terminal, file: Path, text: str | None, said: str) -> None:
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    result = terminal.run("policy", "set", str(file))
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_the_tenants_time_zone_is_shown_and_set(terminal: Terminal) -> None:
    assert "UTC" in terminal.run("tenant", "show").stdout
    assert terminal.json("tenant", "set", "--time-zone", "Europe/Berlin")["time_zone"] == "Europe/Berlin"
    wrong = terminal.run("tenant", "set", "--time-zone", "Berlin")
    assert (wrong.exit_code, "time_zone" in wrong.stderr) == (2, True)
