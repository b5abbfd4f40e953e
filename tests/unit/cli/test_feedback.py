"""``answerable feedback`` against the API over fakes."""

from tests.unit.api.fake_workflows import tuning_of
from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal


def test_an_answer_is_judged(terminal: Terminal, backend: Backend) -> None:
    trace = terminal.json("ask", "How?")["meta"]["trace_id"]
    assert terminal.json("feedback", "give", trace, "down", "--comment", "No.")["rating"] == "down"
    assert [one.comment for one in backend.feedback.given.values()] == ["No."]
    assert terminal.json("feedback", "analytics")["downs"] == 1
    assert "0 up, 1 down" in terminal.run("feedback", "analytics").stdout


def test_an_unknown_answer_is_told(terminal: Terminal) -> None:
    result = terminal.run("feedback", "give", "0" * 32, "up")
    assert (result.exit_code, "There is no such turn" in result.stderr) == (1, True)


def test_learning_shows_what_applies_and_can_be_taken_back(terminal: Terminal, backend: Backend) -> None:
    assert "1.050" in terminal.run("feedback", "tune").stdout
    terminal.run("feedback", "tune", "--activate", "0")
    assert [one.activate for one in backend.tunings.asked] == [None, 0]


def test_versions_are_listed(terminal: Terminal, backend: Backend) -> None:
    backend.feedback.tunings = (tuning_of(2), tuning_of(1))
    assert [one["version"] for one in terminal.json("feedback", "tunings")] == [2, 1]
    assert "yes" in terminal.run("feedback", "tunings").stdout
