"""What a tool's data looks like to people, and which of its figures are too small to be shown."""

from collections.abc import Mapping
from typing import Final

from domain.base import JsonValue, Value
from domain.injection import screen_content
from domain.policy_in_force import SMALLEST_COUNT
from domain.redaction import redact
from domain.redaction_ports import PiiDetector
from domain.tool import ToolDef, rows_of

HIDDEN: Final = "hidden"
WITHHELD: Final = "withheld"
_SHOWN_ROWS: Final = 20
_CELL_CHARACTERS: Final = 120


class Presented(Value):
    """Data and its Markdown, both without what may not be shown; ``suppressed`` counts hidden small figures."""

    data: JsonValue
    rendered: str
    suppressed: int
    redactions: dict[str, int]
    suspicious: tuple[str, ...] = ()
    """Ids of the rules that withheld texts broke."""


def present(
    tool: ToolDef, data: JsonValue, smallest: int = SMALLEST_COUNT, detector: PiiDetector | None = None
) -> Presented:
    """Hide small counts and what is computed from them, then personal data and secrets, then write it down."""
    kept, suppressed = suppress(data, tool.counts, tool.derived, smallest)
    counts: dict[str, int] = {}
    rules: list[str] = []
    clean = _redacted(_screened(kept, rules), counts, detector)
    suspicious = tuple(sorted(set(rules)))
    return Presented(
        data=clean,
        rendered=_markdown(clean),
        suppressed=suppressed,
        redactions=counts,
        suspicious=suspicious,
    )


def suppress(
    data: JsonValue, counts: tuple[str, ...], derived: Mapping[str, str], smallest: int
) -> tuple[JsonValue, int]:
    """``data`` with small counts as "<N" and figures computed from them as "hidden", and how many there were."""
    rows = rows_of(data)
    if rows is None or not counts:
        return data, 0
    hidden = 0
    kept: list[JsonValue] = []
    for row in rows:
        small = {name for name in counts if _is_small(row.get(name), smallest)}
        gone = {name for name, origin in derived.items() if origin in small and row.get(name) is not None}
        hidden += len(small) + len(gone)
        kept.append({**row, **dict.fromkeys(small, f"<{smallest}"), **dict.fromkeys(gone, HIDDEN)})
    return (kept[0] if isinstance(data, dict) else kept), hidden


def _is_small(value: JsonValue, smallest: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value < smallest


def _screened(data: JsonValue, rules: list[str]) -> JsonValue:
    """``data`` without the texts that try to give orders."""
    if isinstance(data, str):
        suspicion = screen_content(data)
        if suspicion is None:
            return data
        rules.append(suspicion.rule_id)
        return WITHHELD
    if isinstance(data, list):
        return [_screened(each, rules) for each in data]
    if isinstance(data, dict):
        return {name: _screened(each, rules) for name, each in data.items()}
    return data


def _redacted(data: JsonValue, counts: dict[str, int], detector: PiiDetector | None) -> JsonValue:
    if isinstance(data, str):
        found = redact(data, detector=detector)
        for kind, number in found.counts.items():
            counts[kind] = counts.get(kind, 0) + number
        return found.text
    if isinstance(data, list):
        return [_redacted(each, counts, detector) for each in data]
    if isinstance(data, dict):
        return {name: _redacted(each, counts, detector) for name, each in data.items()}
    return data


def _markdown(data: JsonValue) -> str:
    rows = rows_of(data)
    if rows is None:
        return f"- {_cell(data)}"
    if not rows:
        return "- no rows"
    if len(rows) == 1:
        return "\n".join(f"- {_label(name)}: {_cell(value)}" for name, value in rows[0].items())
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [f"| {' | '.join(_label(name) for name in names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_cell(row.get(name)) for name in names)} |" for row in rows[:_SHOWN_ROWS]]
    if len(rows) > _SHOWN_ROWS:
        lines.append(f"\n{len(rows) - _SHOWN_ROWS} more rows are not shown.")
    return "\n".join(lines)


def _label(name: str) -> str:
    return _plain(name.replace("_", " "))


def _cell(value: JsonValue) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}"
    return _plain(value if isinstance(value, str) else str(value))


def _plain(text: str) -> str:
    """On one line, and with nothing that Markdown would act on: a tool's words are data."""
    flat = " ".join(text.split())[:_CELL_CHARACTERS]
    return "".join(f"\\{character}" if character in "|[]*`>#!" else character for character in flat)
