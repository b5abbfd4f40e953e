"""Tools: what they answer, what they take, and what a call of one comes to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from domain.answers.answer import AnswerWarning
from domain.base import JsonValue, Value

MAX_CALLS: Final = 4
"""Calls of one question; what asks for more is told so."""

Risk = Literal["low", "medium", "high"]
ConnectorKind = Literal["python", "http", "sql_readonly"]


class TimeframeArgument(Value):
    kind: Literal["timeframe"] = "timeframe"
    since: str
    until: str
    default: str


class ChoiceArgument(Value):
    """``values``: each value with the other words for it. See ``answerable_sdk.packs.Choice``."""

    kind: Literal["choice"] = "choice"
    argument: str
    values: dict[str, tuple[str, ...]]
    words: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()


class NumberArgument(Value):
    kind: Literal["number"] = "number"
    argument: str
    words: tuple[str, ...]


ArgumentSource = Annotated[TimeframeArgument | ChoiceArgument | NumberArgument, Field(discriminator="kind")]


class ToolDef(Value):
    """A tool of an installed pack. ``name`` is its full name, ``pack_id.tool``; ``pack_digest`` pins its pack."""

    name: str
    pack_id: str
    pack_digest: str
    description: str
    json_schema: dict[str, JsonValue]
    connector: ConnectorKind
    read_only: bool = True
    risk: Risk = "low"
    needs: str | None = None
    roles: tuple[str, ...] = ()
    open_to_policy: bool = False
    metrics: tuple[str, ...] = ()
    takes: tuple[ArgumentSource, ...] = ()
    counts: tuple[str, ...] = ()
    derived: dict[str, str] = Field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, JsonValue]:
        """What the schema says of arguments that a question leaves out."""
        properties = self.json_schema.get("properties")
        described = properties if isinstance(properties, dict) else {}
        return {
            name: value["default"]
            for name, value in described.items()
            if isinstance(value, dict) and "default" in value
        }


class PlannedCall(Value):
    """A call that is to be made: a tool, pinned with its pack, and arguments that its schema accepts.

    ``timeframe`` says in words which time the arguments span; None for a tool that takes none. ``matched`` are the
    words of the question that chose the tool, ``defaulted`` the arguments that the question did not name.
    """

    tool: str
    pack_id: str
    pack_digest: str
    arguments: dict[str, JsonValue]
    timeframe: str | None = None
    matched: str
    defaulted: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    """Of the rules that allow the asker to use the tool."""


class ToolPlan(Value):
    """The calls that a question asks for, and what was not guessed."""

    calls: tuple[PlannedCall, ...] = ()
    warnings: tuple[AnswerWarning, ...] = ()


class Timeframe(Value):
    """A span of time, ``since`` included and ``until`` excluded, both with the tenant's offset from UTC.

    ``words`` are those of the question that said so; empty when it was a default.
    """

    since: datetime
    until: datetime
    words: str = ""

    @property
    def shown(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} ({self.until:%Z})"


class TimeframeReading(Value):
    """What a question says of time: one span, none, or a ``warning`` that says why none can be told."""

    timeframe: Timeframe | None = None
    warning: AnswerWarning | None = None


class ToolRequest(Value):
    """One execution. ``idempotency_key`` names it whenever it is repeated."""

    tenant_id: UUID
    idempotency_key: str
    call: PlannedCall


class ToolMeta(Value):
    """``rows`` is None where the data is no list; ``source`` says which connector and where."""

    duration_ms: float
    source: str
    rows: int | None = None
    truncated: bool = False


class ToolOutput(Value):
    """What a connector brings, before policy saw it. Lists of flat objects are rows."""

    data: JsonValue
    source: str
    truncated: bool = False


class ToolResult(Value):
    """What all connectors come to: ``data`` for programs, ``rendered`` Markdown for people."""

    data: JsonValue
    rendered: str
    meta: ToolMeta


def rows_of(data: JsonValue) -> Sequence[Mapping[str, JsonValue]] | None:
    """The rows of a result: of a list of objects, or one object. None for anything else."""
    if isinstance(data, dict):
        return (data,)
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return [row for row in data if isinstance(row, dict)]
    return None
