"""What questions for figures name, written down and read again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.timeframes.reader import DateparserTimeframes
from domain.packs.tool_arguments import Moment, ToolPlanner
from domain.questions.figure_slots import SlotReader, Slots

MOMENT = Moment(datetime(2026, 11, 25, 14, 30, tzinfo=UTC), "UTC")
TIMEFRAMES = DateparserTimeframes()
TOOLS = InstalledPacks(announced=()).tools()
READER = SlotReader(TOOLS, TIMEFRAMES, MOMENT)
PLANNER = ToolPlanner(TIMEFRAMES, JsonSchemaValidator())
FIGURES = {
    "request volume": "request_volume_24h",
    "p50 latency": "p50_latency_24h",
    "p95 latency": "p95_latency_24h",
    "p99 latency": "p99_latency_24h",
    "error rate": "error_rate_24h",
}
SERVICES = ("checkout", "payments", "catalog", "accounts", "notifications")
TIMES = ("", "last 24h", "yesterday", "last week", "since Monday", "in October", "between 3 and 5 November")


@st.composite
def slots(draw: st.DrawFn) -> Slots:
    figures = draw(st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, max_size=2, unique=True))
    time = draw(st.sampled_from(TIMES))
    choices: dict[str, tuple[str, ...] | None] = {}
    if services := draw(st.lists(st.sampled_from(SERVICES), max_size=2, unique=True)):
        choices["service"] = tuple(services)
    if environments := draw(st.lists(st.sampled_from(("production", "sandbox")), max_size=1)):
        choices["environment"] = tuple(environments)
    return Slots(figures=tuple(figures), times=(time,) * len(figures), choices=choices)


@settings(max_examples=60, deadline=None)
@given(slots())
def test_what_is_written_is_read_again(given: Slots) -> None:
    assert READER.asked(READER.written(given)) == given


@settings(max_examples=60, deadline=None)
@given(slots())
def test_what_is_written_makes_one_call_for_each_figure_and_value(given: Slots) -> None:
    plan = PLANNER.plan(READER.written(given), TOOLS, MOMENT)
    services = given.choices.get("service") or (None,)
    wanted = [(FIGURES[figure], service) for figure in given.figures for service in services]
    assert [(call.tool.partition(".")[2], call.arguments["service"]) for call in plan.calls] == wanted
    assert {call.arguments["environment"] for call in plan.calls} == {(given.choices.get("environment") or (None,))[0]}
    assert plan.warnings == ()


@settings(max_examples=60, deadline=None)
@given(slots(), slots())
def test_what_is_not_named_anew_stays(before: Slots, after: Slots) -> None:
    changed = before.changed_by(after)
    assert changed is not None
    assert changed.figures == after.figures
    assert changed.times[0] == (after.times[0] or before.times[0])
    assert changed.choices == {**before.choices, **after.choices}


def test_times_that_differ_are_kept_with_their_figures() -> None:
    found = READER.asked("What was the error rate yesterday and what was the request volume in the last 24h?")
    assert found is not None
    assert (found.figures, found.times) == (("error rate", "request volume"), ("yesterday", "last 24h"))
    assert READER.asked(READER.written(found)) == found


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ("request volume in staging", "yesterday"),
        ("request volume tomorrow", "in sandbox"),
        ("request volume last week and error rate yesterday", "p95 latency"),
    ],
)
def test_what_was_not_understood_is_not_inherited(before: str, message: str) -> None:
    asked = READER.asked(before)
    assert asked is not None
    assert asked.changed_by(READER.named(message, asked)) is None


def test_all_values_take_a_value_away() -> None:
    asked = READER.asked("error rate for checkout in sandbox")
    assert asked is not None
    assert READER.named("all services", asked).choices == {"service": ()}
    changed = asked.changed_by(READER.named("overall", asked))
    assert changed is not None
    assert changed.choices == {}


def test_words_that_name_nothing_are_told() -> None:
    asked = READER.asked("error rate yesterday")
    assert asked is not None
    assert READER.named("for shipping in sandbox", asked).unread == ("for", "shipping", "in")


def test_a_question_for_no_figure_has_no_slots() -> None:
    assert READER.asked("How do I rotate an API key?") is None
