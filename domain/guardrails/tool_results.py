"""What a tool's data looks like to people, and which of its figures are too small to be shown."""

from typing import Final

from domain.base import JsonValue, Value
from domain.guardrails.injection import WITHHELD, screen_content
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import redact
from domain.guardrails.small_counts import suppress
from domain.packs.tool import ToolDef, rows_of
from domain.policy.in_force import DEFAULTS, PinnedPolicy

_SHOWN_ROWS: Final = 20
_CELL_CHARACTERS: Final = 120


class Presented(Value):
    """Data and its Markdown, both without what may not be shown.

    ``suppressed`` are the figures that were hidden, ``complements`` those of them that are not small themselves.
    """

    data: JsonValue
    rendered: str
    suppressed: int
    complements: int = 0
    redactions: dict[str, int]
    suspicious: tuple[str, ...] = ()
    """Ids of the rules that withheld texts broke."""


def present(
    tool: ToolDef, data: JsonValue, policy: PinnedPolicy = DEFAULTS, detector: PiiDetector | None = None
) -> Presented:
    """Hide small counts and what gives them away, then personal data and secrets, then write it down."""
    kept = suppress(data, tool.counts, tool.derived, policy.smallest_count)
    cleaner = _Cleaner(policy, detector)
    clean = cleaner.clean(kept.data)
    rendered = _markdown(clean)
    if kept.others:
        rendered += f"\n\nCounts below {policy.smallest_count} are not shown, nor is what they could be computed from."
    return Presented(
        data=clean,
        rendered=rendered,
        suppressed=kept.small + kept.others,
        complements=kept.others,
        redactions=cleaner.counts,
        suspicious=tuple(sorted(set(cleaner.rules))),
    )


class _Cleaner:
    """Takes out of texts what tries to give orders, personal data and secrets, and keeps count."""

    def __init__(self, policy: PinnedPolicy, detector: PiiDetector | None) -> None:
        self._policy = policy
        self._detector = detector
        self.counts: dict[str, int] = {}
        self.rules: list[str] = []

    def clean(self, data: JsonValue) -> JsonValue:
        if isinstance(data, str):
            return self._clean_text(data)
        if isinstance(data, list):
            return [self.clean(each) for each in data]
        if isinstance(data, dict):
            return {name: self.clean(each) for name, each in data.items()}
        return data

    def _clean_text(self, text: str) -> str:
        suspicion = screen_content(text, self._policy.screening)
        if suspicion is not None:
            self.rules.append(suspicion.rule_id)
            return WITHHELD
        found = redact(text, self._policy.redaction, self._detector)
        for kind, number in found.counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + number
        return found.text


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
    return without_markup(name.replace("_", " "))


def _cell(value: JsonValue) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}"
    return without_markup(value if isinstance(value, str) else str(value))


def without_markup(text: str) -> str:
    """At most 120 characters on one line, and with nothing that Markdown would act on: a tool's words are data."""
    flat = " ".join(text.split())[:_CELL_CHARACTERS]
    return "".join(f"\\{character}" if character in "|[]*`>#!" else character for character in flat)
