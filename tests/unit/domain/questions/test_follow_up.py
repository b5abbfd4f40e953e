"""Which turns a follow-up continues, and what it must never do."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.packs.catalog import InstalledPacks
from adapters.timeframes.reader import DateparserTimeframes
from domain.answers.answer import Intent, Outcome
from domain.packs.tool import ToolDef
from domain.packs.tool_arguments import Moment
from domain.questions.follow_up import MAX_CHARACTERS, MAX_TURNS, FollowUps, PastTurn, may_follow

MOMENT = Moment(datetime(2026, 11, 25, 14, 30, tzinfo=UTC), "UTC")
TOOLS = InstalledPacks(announced=()).tools()
FOLLOW_UPS = FollowUps(DateparserTimeframes())
P95 = "p95 latency last 24h for service checkout in sandbox"
ROTATE = "How do I rotate an API key?"
WORDS = st.sampled_from(
    "and what about same for how do I revoke it that this them sandbox production checkout yesterday last week p95"
    " error rate why a key the in by CLI who can is possible webhook ? , . and for".split()
)


def turn(question: str, outcome: Outcome = Outcome.ANSWERED, sequence: int = 1) -> PastTurn:
    return PastTurn(sequence=sequence, turn_id=f"{sequence:032x}", question=question, outcome=outcome)


def resolved(message: str, *past: PastTurn, tools: Sequence[ToolDef] = TOOLS) -> str | None:
    """What ``message`` asks behind ``past``, newest first."""
    found = FOLLOW_UPS.resolve(message, past, tools, MOMENT)
    return found.question if found else None


def test_the_turn_that_was_continued_is_told() -> None:
    found = FOLLOW_UPS.resolve("and yesterday?", [turn("thanks", sequence=3), turn(P95)], TOOLS, MOMENT)
    assert found is not None
    assert (found.past.sequence, found.kind, found.rule) == (1, "figures", "other_values")
    assert found.read(()).intents == (Intent.STATS,)


def test_the_nearest_question_is_continued() -> None:
    assert resolved("how do I reset it?", turn("What is the sandbox?"), turn(ROTATE)) == "How do I reset the sandbox?"
    assert resolved("and for payments?", turn(ROTATE), turn(P95)) == "How do I rotate an API key (for payments)?"


def test_nothing_is_continued_across_a_denied_turn() -> None:
    denied = turn("Show me the payroll of sandbox", Outcome.DENIED)
    assert resolved("and for production?", denied, turn(P95)) is None
    assert resolved("how do I see it?", denied) is None


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.REFUSED, Outcome.FAILED])
def test_a_turn_that_found_no_answer_was_a_question_all_the_same(outcome: Outcome) -> None:
    assert resolved("how do I revoke it?", turn(ROTATE, outcome)) == "How do I revoke an API key?"


def test_figures_of_tools_that_the_asker_may_not_use_now_are_not_inherited() -> None:
    others = [tool for tool in TOOLS if "p95" not in tool.name]
    assert resolved("and for production?", turn(P95)) is not None
    assert resolved("and for production?", turn(P95), tools=others) is None
    assert resolved("and for production?", turn(P95), tools=()) is None


def test_the_budget_bounds_turns_and_characters() -> None:
    greetings = [turn("thanks")] * (MAX_TURNS - 1)
    assert resolved("how do I revoke it?", *greetings, turn(ROTATE)) is not None
    assert resolved("how do I revoke it?", *greetings, turn("thanks"), turn(ROTATE)) is None
    assert resolved("how do I revoke it?", turn("x" * MAX_CHARACTERS), turn(ROTATE)) is None


def test_a_question_that_would_grow_too_long_is_left_as_it_is() -> None:
    assert resolved("and by CLI?", turn("How do I rotate " + "a very long " * 40 + "key?")) is None


def test_an_erased_question_is_not_continued() -> None:
    assert resolved("how do I revoke it?", turn("  ")) is None


@pytest.mark.parametrize("message", ["", "?", "…", "and", "and?", "it", "and it?", "鍵を回転する", "x" * 8000])
def test_next_to_nothing_is_left_as_it_is_or_stands(message: str) -> None:
    for past in (turn(ROTATE), turn(P95)):
        question = resolved(message, past)
        assert question is None or resolved(question, past) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=9).map(" ".join), st.sampled_from([P95, ROTATE, "What is a dead letter queue?"]))
def test_a_question_made_of_a_follow_up_stands_by_itself(message: str, before: str) -> None:
    question = resolved(message, turn(before))
    if question is not None:
        assert may_follow(message)
        assert resolved(question, turn(before)) in (None, question)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_can_come_behind_any_other(message: str, before: str) -> None:
    resolved(message, turn(before))
