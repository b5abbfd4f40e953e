"""``answerable documents`` against the API over fakes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Terminal

Write = Callable[[str, str], Path]


@pytest.fixture
def two(terminal: Terminal, write: Write) -> Terminal:
    """A terminal whose dataset has a.md and b.md."""
    write("a.md", "# A")
    terminal.run("ingest", str(write("b.md", "# B").parent))
    return terminal


def test_documents_are_listed_with_what_answers(two: Terminal) -> None:
    assert [(one["name"], one["state"]) for one in two.json("documents", "list")["items"]] == [
        ("a.md", "live"),
        ("b.md", "live"),
    ]
    assert "v1 succeeded" in two.run("documents", "list").stdout


def test_documents_are_deleted_by_name_or_id(two: Terminal) -> None:
    second = two.json("documents", "list")["items"][1]["document_id"]

    shown = two.run("documents", "delete", "a.md", second)

    assert (shown.exit_code, shown.stdout.count("deleted")) == (0, 2)
    assert two.json("documents", "list")["items"] == []
    assert len(two.json("documents", "list", "--state", "deleted")["items"]) == 2


def test_an_unknown_name_deletes_nothing(two: Terminal) -> None:
    result = two.run("documents", "delete", "a.md", "c.md")

    assert (result.exit_code, "There is no document 'c.md'" in result.stderr) == (1, True)
    assert len(two.json("documents", "list")["items"]) == 2
