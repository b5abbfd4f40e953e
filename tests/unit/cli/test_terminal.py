"""What others wrote cannot steer the terminal of who reads it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from cli import connection, terminal
from cli.terminal import Console

HOSTILE = "a\x1b[2J\x1b]0;owned\x07\x9b31mb\u202ec\x08\r\x7fd"


def table() -> Table:
    made = Table()
    made.add_row(HOSTILE, Text(HOSTILE))
    return made


@pytest.mark.parametrize(
    "shown", [HOSTILE, Text(HOSTILE), Markdown(HOSTILE), Markdown(f"```\n{HOSTILE}\n```"), table()]
)
@pytest.mark.parametrize("is_terminal", [True, False])
def test_no_control_character_of_a_text_reaches_the_terminal(shown: Any, is_terminal: bool) -> None:
    written = io.StringIO()
    Console(file=written, force_terminal=is_terminal, color_system=None, width=80).print(shown)
    text = written.getvalue()
    assert not set(text) & set("\x08\x07\x7f\x9b\u202e")
    assert "\x1b[2J" not in text
    assert "\x1b]0" not in text


def test_commands_print_with_no_other_console() -> None:
    folder = Path(terminal.__file__).parent
    others = [
        file.name
        for file in folder.glob("*.py")
        if file.name != "terminal.py" and "rich.console import Console\n" in file.read_text(encoding="utf-8")
    ]
    assert others == []


def test_json_escapes_what_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    connection.print_json({"answer": HOSTILE})
    written = capsys.readouterr().out
    assert not set(written) & set("\x1b\x08\x07\x7f\x9b\u202e")
    assert json.loads(written) == {"answer": HOSTILE}
