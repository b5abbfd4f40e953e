"""What the judge of golden cases lets pass and what not: a reply that is wrong in one thing is told that one thing."""

from typing import Any

import pytest

from eval.judging import Metric, Verdict, judge
from eval.replies import Unanswered
from eval.scores import Score, score
from tests.unit.eval.golden_samples import case, reply

ACTION = reply().actions[0].model_dump()
CITATION = reply().citations[0].model_dump()
REFUSED: dict[str, Any] = {
    "outcome": "refused",
    "cites": [],
    "sections": None,
    "contains": [],
    "calls": [],
    "warnings": None,
    "intents": ["how_to"],
}
DENIED: dict[str, Any] = {**REFUSED, "outcome": "denied", "intents": ["unknown"], "rule_id": "deny_pattern/1"}
ACCESS: dict[str, Any] = {
    **REFUSED,
    "outcome": "answered",
    "intents": ["access"],
    "access": {"roles": ["staff"], "packs": ["shop", "attic"], "tools": ["shop.*"]},
}
SUMMARY = "### Access summary\n- Roles: staff\n- Packs: attic, shop\n- Tools: shop.errors, shop.volume"


def missed(verdict: Verdict) -> set[Metric]:
    return {miss.metric for miss in verdict.misses}


def test_a_reply_that_is_as_expected_misses_nothing() -> None:
    verdict = judge("howto", case(), reply())
    assert verdict.misses == ()
    assert set(verdict.judged) == set(Metric) - {Metric.ACCESS}


@pytest.mark.parametrize(
    ("metric", "changes"),
    [
        (Metric.INTENT, {"intents": ("how_to",)}),
        (Metric.INTENT, {"intents": ("how_to", "stats", "access")}),
        (Metric.CITATION, {"citations": ()}),
        (Metric.CITATION, {"citations": ({**CITATION, "source": "howto/other.md"},)}),
        (Metric.CONTAINMENT, {"text": reply().text.replace("Press Rotate", "press rotate")}),
        (Metric.CONTAINMENT, {"text": reply().text.replace("### Stats", "### Figures")}),
        (Metric.CONTAINMENT, {"text": reply().text.replace("2026-11-25 00:00", "2026-11-24 00:00")}),
        (Metric.CONTAINMENT, {"text": reply().text.replace("**shop.errors**", "**shop.volume**")}),
        (Metric.REFUSAL, {"outcome": "refused"}),
        (Metric.REFUSAL, {"rule_id": "deny_pattern/1"}),
        (Metric.WARNINGS, {"warnings": ()}),
        (Metric.WARNINGS, {"warnings": (*reply().warnings, {"code": "low_confidence", "message": ""})}),
        (Metric.ARGUMENTS, {"actions": ()}),
        (Metric.ARGUMENTS, {"actions": ({**ACTION, "tool": "shop.volume"},)}),
        (Metric.ARGUMENTS, {"actions": (ACTION, ACTION)}),
        (Metric.SECRECY, {"text": reply().text + "\nthe SECRET recipe"}),
        (Metric.SECRECY, {"citations": (CITATION, {**CITATION, "title": "Secret recipe"})}),
        (Metric.SECRECY, {"packs_used": ("secret recipe",)}),
    ],
)
def test_a_reply_that_is_wrong_in_one_thing_misses_that_metric_alone(metric: Metric, changes: dict[str, Any]) -> None:
    assert missed(judge("howto", case(), reply(**changes))) == {metric}


@pytest.mark.parametrize(
    "arguments",
    [
        {"service": "payments"},
        {"limit": 6},
        {"environment": "sandbox"},
        {"since": "2026-11-25T01:00:00+00:00"},
        {"until": "2026-11-26T00:00:01+00:00"},
        {"until": None},
    ],
)
def test_every_argument_has_to_be_the_expected_one(arguments: dict[str, Any]) -> None:
    actions = ({**ACTION, "args": {**ACTION["args"], **arguments}},)
    assert missed(judge("stats", case(), reply(actions=actions))) == {Metric.ARGUMENTS}


def test_a_time_may_be_told_from_another_place() -> None:
    actions = ({**ACTION, "args": {**ACTION["args"], "until": "2026-11-26T13:00:00+13:00"}},)
    assert judge("stats", case(), reply(actions=actions)).passed


def test_what_calls_no_tool_and_cites_nothing_must_not_do_so() -> None:
    expected = case(expect=REFUSED)
    quiet = {"outcome": "refused", "text": "No.", "intents": ("how_to",), "warnings": ()}
    assert judge("howto", expected, reply(**quiet, citations=(), actions=())).passed
    assert missed(judge("howto", expected, reply(**quiet, citations=()))) == {Metric.ARGUMENTS}
    assert missed(judge("howto", expected, reply(**quiet, actions=()))) == {Metric.CITATION}


def test_a_denial_has_to_be_by_the_expected_rule() -> None:
    denied = {
        "outcome": "denied",
        "text": "No.",
        "intents": ("unknown",),
        "citations": (),
        "actions": (),
        "warnings": ({"code": "denied", "message": ""},),
    }
    assert judge("security", case(expect=DENIED), reply(**denied, rule_id="deny_pattern/1")).passed
    other = judge("security", case(expect=DENIED), reply(**denied, rule_id="injection/mode"))
    assert missed(other) == {Metric.REFUSAL}
    assert other.misses[0].got == "denied by injection/mode"


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (SUMMARY, True),
        (SUMMARY.replace("- Roles: staff", "- Roles: none"), False),
        (SUMMARY.replace("attic, shop", "shop"), False),
        (SUMMARY.replace("attic, shop", "attic, cellar, shop"), False),
        (SUMMARY.replace("shop.volume", "cellar.volume"), False),
        (SUMMARY.replace("shop.errors, shop.volume", "none"), False),
        ("### Access summary", False),
    ],
)
def test_an_access_summary_lists_exactly_what_is_expected(text: str, passes: bool) -> None:
    bare: dict[str, Any] = {"intents": ("access",), "citations": (), "actions": (), "warnings": ()}
    verdict = judge("security", case(expect=ACCESS), reply(**bare, text=text))
    assert missed(verdict) == (set() if passes else {Metric.ACCESS})


def test_no_answer_at_all_is_a_miss() -> None:
    verdict = judge("howto", case(), Unanswered(why="TurnFailedError: it broke"))
    assert missed(verdict) == {Metric.REFUSAL}
    assert "it broke" in verdict.misses[0].got


def test_without_tables_only_what_figures_decide_is_left_out() -> None:
    without = {
        "outcome": "refused",
        "text": "No.",
        "citations": (),
        "warnings": ({"code": "tool_unavailable", "message": ""},),
    }
    verdict = judge("stats", case(expect={"cites": []}), reply(**without), has_tables=False)
    assert verdict.misses == ()
    assert set(verdict.left_out) == {Metric.CONTAINMENT, Metric.REFUSAL, Metric.WARNINGS}
    # On a system that should have tables the same reply is wrong.
    assert missed(judge("stats", case(expect={"cites": []}), reply(**without))) >= {Metric.REFUSAL, Metric.WARNINGS}
    # And without tables, an answer about something else is not excused.
    plain = reply(outcome="refused")
    assert missed(judge("howto", case(), plain, has_tables=False)) == {Metric.REFUSAL}


def test_scores_count_what_each_metric_says_something_about() -> None:
    verdicts = [
        judge("howto", case(), reply()),
        judge("howto", case(), reply(intents=("how_to",))),
        judge(
            "security",
            case(expect=ACCESS),
            reply(text=SUMMARY, intents=("access",), citations=(), actions=(), warnings=()),
        ),
    ]
    scores = score(verdicts)
    assert list(scores) == ["howto", "security", "total"]
    assert scores["howto"]["cases"] == Score(1, 2)
    assert scores["howto"][Metric.INTENT] == Score(1, 2)
    assert scores["security"][Metric.CITATION] == Score(0, 0)
    assert scores["total"][Metric.INTENT] == Score(2, 3)
    assert scores["total"][Metric.INTENT].rate == pytest.approx(0.6667)
    assert scores["security"][Metric.CITATION].rate is None
