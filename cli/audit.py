"""``answerable audit``."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from answerable_sdk import AuditEvent
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reported


def audit(
    trace_id: Annotated[str, typer.Argument(help="The trace of an answer: meta.trace_id, or printed by `ask`.")],
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what happened in a turn, step by step: what each was given, and what it decided."""
    with reported(), find_target(url, api_key).client() as client:
        found = client.audit(trace_id)
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
    """What was decided first, then what was given; versions last."""
    decided, given, versions = (data.get(name) for name in ("decided", "given", "versions"))
    if not isinstance(decided, dict):
        return [(name, _shown(value)) for name, value in data.items() if value is not None]
    lines = [(name, _shown(value)) for name, value in decided.items()]
    for name, values in (("given", given), ("versions", versions)):
        if values:
            lines.append((name, _shown(values)))
    return lines


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"
