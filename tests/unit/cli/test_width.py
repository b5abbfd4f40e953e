"""Tables are readable on a terminal of 80 columns: ids are whole, and no line is wrapped by the terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Terminal

NAME = "guides/rotate-an-api-key.md"


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (("documents",), "document_id"),
        (("ingests",), "ingest_id"),
        (("bots",), "bot_id"),
        (("datasets",), "dataset_id"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_a_list_fits_and_keeps_its_ids(
    terminal: Terminal, write: Callable[[str, str], Path], command: tuple[str, ...], key: str
) -> None:
    write(NAME, "# Rotate")
    terminal.run("ingest", str(write("b.md", "# Revoke").parent))
    listing = command if command == ("datasets",) else (*command, "list")
    found = terminal.json(*listing)
    items = found["items"] if isinstance(found, dict) else found
    terminal.environment["COLUMNS"] = "80"

    shown = terminal.run(*listing).stdout.splitlines()

    assert items
    assert max(len(line) for line in shown) <= 80
    assert all(any(item[key] in line for line in shown) for item in items)
    assert all(any(item["name"] in line for line in shown) for item in items)


def test_a_server_that_the_environment_names_is_found_beside_anothers_settings(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=mysql://elsewhere\nAPI_PORT=many\n")
    monkeypatch.chdir(tmp_path)

    assert terminal.run("bots", "list").exit_code == 0
    del terminal.environment["ANSWERABLE_API_KEY"]
    assert "API_PORT" in terminal.run("bots", "list").stderr
