"""``answerable audit``."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from answerable_sdk import AuditEvent
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_LONG: Final = 35


def audit(
    trace_id: Annotated[str, typer.Argument(help="Trace id of the answer, as `answerable ask` prints it.")],
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how an answer came about, step by step: inputs and decisions."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.audit.get(trace_id)
    if as_json:
        print_json([event.model_dump(mode="json") for event in found.events])
    else:
        _show(Console(), found.events)


def _show(console: Console, events: tuple[AuditEvent, ...]) -> None:
    for event in events:
        console.print(_headline(event, events[0].timestamp), soft_wrap=True)
        for name, value in _lines(event.data):
            console.print(Text.assemble((f"    {name:<18} ", "dim"), value), soft_wrap=True)


def _headline(event: AuditEvent, start: datetime) -> Text:
    after = (event.timestamp - start).total_seconds() * 1000
    took = event.data.get("duration_ms")
    return Text.assemble(
        (f"{event.timestamp:%Y-%m-%d %H:%M:%S}.{event.timestamp.microsecond // 1000:03d} ", "dim"),
        (f"{after:+7.0f} ms  ", "dim"),
        (event.kind, "bold red" if event.kind in ("denied", "failed") else "bold cyan"),
        (f"  ({took:.1f} ms)" if isinstance(took, int | float) else "", "dim"),
    )


def _lines(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Decisions first, then inputs and versions."""
    decided = data.get("decided")
    if not isinstance(decided, dict):
        return [line for name, value in data.items() if value is not None for line in _format(name, value)]
    parts = [*decided.items(), ("given", data.get("given")), ("versions", data.get("versions"))]
    return [line for name, value in parts if value not in (None, {}, []) for line in _format(name, value)]


def _format(name: str, value: Any) -> list[tuple[str, str]]:
    """One line for a value, one for each of several things."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [(name if number == 0 else "", _flat(one)) for number, one in enumerate(value)]
    return [(name, _flat(value))]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        # Names and figures before ids, which are long.
        pairs = sorted(((name, _flat(one)) for name, one in value.items()), key=lambda pair: len(pair[1]) > _LONG)
        return "  ".join(f"{name}={text}" for name, text in pairs)
    if isinstance(value, list):
        return ", ".join(_flat(one) for one in value) or "none"
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value) if value is not None else "none"
    # Enough of a hash to compare by eye; --json has all of it.
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text
