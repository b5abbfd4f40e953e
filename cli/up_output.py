"""What ``answerable up`` shows: steps while it starts, and where everything is when it stands."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from rich.table import Table

from bootstrap.embedded.process_registry import ProcessRecord, is_alive
from bootstrap.embedded.state import RunningState, RunningSystem
from cli.terminal import Console

EXAMPLE = 'answerable ask "How do I rotate an API key?"'


class ConsoleProgress:
    """Steps on a terminal: a spinner while one is under way, then a line that stays."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str, detail: str = "") -> Iterator[None]:
        """Show ``title`` as under way for as long as the block runs; nothing stays when it raises."""
        started = time.monotonic()
        with self._console.status(f"{title} …"):
            yield
        seconds = f"{time.monotonic() - started:.1f} s"
        self._console.print(f"[green]✓[/] {title:<34} {detail:<36} [dim]{seconds}[/]", highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        self._console.print(f"[cyan]•[/] {text}", highlight=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        self._console.print(f"[yellow]![/] {text}", highlight=False, soft_wrap=True)

    def event(self, text: str) -> None:
        """A line with the time of day, for what happens while the system runs."""
        self._console.print(f"[yellow]![/] {time.strftime('%H:%M:%S')} {text}", highlight=False, soft_wrap=True)

    def fail(self, text: str) -> None:
        self._console.print("[red]✗[/] ", end="")
        # Logs hold square brackets, which must not be taken for markup.
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def show_running(console: Console, running: RunningSystem, data_dir: Path, key: SecretStr | None) -> None:
    """Print where everything is, and a first question to ask."""
    rows = [
        ("API", running.api_url),
        ("Temporal UI", running.ui_url),
        ("Data directory", str(data_dir)),
        ("API key (development)", key.get_secret_value() if key else None),
        ("Try", EXAMPLE if key else None),
    ]
    console.print()
    for label, value in rows:
        if value:
            console.print(f"  {label:<22} {value}", markup=False, highlight=False, soft_wrap=True)


def show_status(console: Console, state: RunningState, children: list[ProcessRecord]) -> None:
    """Print the parts of a running system and whether each lives."""
    table = Table(box=None, pad_edge=False)
    for column in ("part", "pid", "state"):
        table.add_column(column)
    for child in children:
        alive = is_alive(child)
        table.add_row(child.name, str(child.pid), "running" if alive else "restarting")
    console.print(table)
    show_running(console, state, state.data_dir, state.api_key)


def status_as_json(data_dir: Path, state: RunningState | None, children: list[ProcessRecord]) -> str:
    """One JSON object: ``running``, where everything is, the development key, and the parts with their states."""
    found = state.model_dump(mode="json", exclude={"data_dir", "api_key"}) if state else {}
    key = state.api_key.get_secret_value() if state and state.api_key else None
    parts = [
        {"name": child.name, "pid": child.pid, "state": "running" if is_alive(child) else "restarting"}
        for child in children
    ]
    shown = {"running": state is not None, "data_dir": str(data_dir), **found, "api_key": key, "parts": parts}
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
