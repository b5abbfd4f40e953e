"""``answerable bots`` against the API over fakes."""

import pytest

from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal


def test_bots_are_listed_with_their_ids(terminal: Terminal, backend: Backend) -> None:
    shown = terminal.run("bots", "list").stdout

    assert str(backend.bot.bot_id) in shown
    assert "server's" in shown
    assert [one["name"] for one in terminal.json("bots", "list")] == ["Bot"]


def test_what_is_named_is_set_and_can_be_put_back(terminal: Terminal, backend: Backend) -> None:
    bot_id = str(backend.bot.bot_id)

    both = terminal.json("bots", "set", bot_id, "--reranker", "local", "--minimum-confidence", "0.1")
    back = terminal.json("bots", "set", bot_id, "--reranker", "default", "--minimum-confidence", "default")

    assert (both["reranker"], both["minimum_confidence"], both["version"]) == ("local", 0.1, 2)
    assert (back["reranker"], back["minimum_confidence"], back["version"]) == (None, 0.5, 3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--minimum-confidence"),
        (("--minimum-confidence", "high"), "'high' is neither"),
        (("--minimum-confidence", "1.5"), "minimum_confidence"),
    ],
)
def test_what_cannot_be_set_is_a_usage_error(
    terminal: Terminal, backend: Backend, options: tuple[str, ...], said: str
) -> None:
    result = terminal.run("bots", "set", str(backend.bot.bot_id), *options)

    assert (result.exit_code, said in result.stderr) == (2, True)
