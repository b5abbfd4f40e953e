"""Questions for figures, with the calls that a careful person would make for each."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.timeframes.reader import DateparserTimeframes
from domain.packs.tool_arguments import Moment, ToolPlanner

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[4] / "eval" / "tool_arguments.json").read_text(encoding="utf-8")
)
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
TOOLS = InstalledPacks(announced=()).tools()
PLANNER = ToolPlanner(DateparserTimeframes(), JsonSchemaValidator())


def planned(question: str, zone: str = "UTC", now: datetime = NOW) -> tuple[list[dict[str, Any]], list[str]]:
    plan = PLANNER.plan(question, TOOLS, Moment(now, zone))
    calls: list[dict[str, Any]] = [
        {"tool": call.tool.partition(".")[2]}
        | {name: value for name, value in call.arguments.items() if value is not None}
        for call in plan.calls
    ]
    return calls, [warning.code for warning in plan.warnings]


def expected(call: dict[str, Any]) -> dict[str, Any]:
    return call | {name: f"{call[name]}:00+00:00" for name in ("since", "until")}


@pytest.mark.parametrize("case", CASES, ids=[case["question"] for case in CASES])
def test_a_question_makes_the_calls_and_warnings_that_it_should(case: dict[str, Any]) -> None:
    calls, warnings = planned(case["question"])
    assert calls == [expected(call) for call in case["calls"]]
    assert warnings == case.get("warnings", [])


def test_there_are_at_least_sixty_questions() -> None:
    assert len(CASES) >= 60


def test_yesterday_is_the_day_of_the_tenants_own_place() -> None:
    just_after_midnight = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    (berlin,), _ = planned("requests yesterday", "Europe/Berlin", just_after_midnight)
    (utc,), _ = planned("requests yesterday", "UTC", just_after_midnight)
    assert (berlin["since"], berlin["until"]) == ("2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00")
    assert utc["since"] == "2026-11-23T00:00:00+00:00"


def test_the_last_day_of_a_change_of_clocks_has_twenty_five_hours() -> None:
    now = datetime(2026, 10, 26, 12, tzinfo=UTC)
    (call,), _ = planned("requests yesterday", "Europe/Berlin", now)
    span = datetime.fromisoformat(call["until"]) - datetime.fromisoformat(call["since"])
    assert span.total_seconds() == 25 * 3600
