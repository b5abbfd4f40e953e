"""A reply against what its golden case expects, metric by metric. Every miss says what was wanted and what came."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from domain.answers.answer import Outcome
from eval.golden import Expected, ExpectedAccess, ExpectedCall, GoldenCase, document_name
from eval.golden_times import moment_of
from eval.replies import Called, Reply, Unanswered

_ACCESS_LINE: Final = re.compile(r"^- (Roles|Packs|Tools): (.*)$", re.MULTILINE)
_NOTHING: Final = "(nothing)"
NO_TABLES: Final = "tool_unavailable"


class Metric(StrEnum):
    INTENT = "intent accuracy"
    CITATION = "citation hit"
    CONTAINMENT = "answer containment"
    REFUSAL = "refusal accuracy"
    ARGUMENTS = "argument accuracy"
    WARNINGS = "warning accuracy"
    ACCESS = "access accuracy"
    SECRECY = "nothing told"


class Miss(BaseModel):
    model_config = ConfigDict(frozen=True)

    metric: Metric
    expected: str
    got: str


class Verdict(BaseModel):
    """How one case did. ``judged`` are the metrics that say something of it, ``left_out`` those that could not be
    measured on this target."""

    model_config = ConfigDict(frozen=True)

    set_name: str
    case: GoldenCase
    reply: Reply | Unanswered
    judged: tuple[Metric, ...]
    left_out: tuple[Metric, ...]
    misses: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        return not self.misses


def judge(set_name: str, case: GoldenCase, reply: Reply | Unanswered, *, has_tables: bool = True) -> Verdict:
    """Hold a reply against its case. Without tables, what depends on the figures of one is left out, and said so."""
    if isinstance(reply, Unanswered):
        nothing = Miss(metric=Metric.REFUSAL, expected=str(case.expect.outcome), got=f"no answer: {reply.why}")
        judged, left_out, misses = [Metric.REFUSAL], [], [nothing]
    else:
        wanted = [metric for metric in Metric if _counts(metric, case.expect, reply)]
        tableless = not has_tables and any(warning.code == NO_TABLES for warning in reply.warnings)
        left_out = [metric for metric in wanted if tableless and metric in _OF_FIGURES]
        judged = [metric for metric in wanted if metric not in left_out]
        misses = [
            Miss(metric=metric, expected=expected, got=got)
            for metric in judged
            for expected, got in _CHECKS[metric](case.expect, reply)
        ]
    return Verdict(
        set_name=set_name,
        case=case,
        reply=reply,
        judged=tuple(judged),
        left_out=tuple(left_out),
        misses=tuple(misses),
    )


def _counts(metric: Metric, expected: Expected, reply: Reply) -> bool:
    """Whether a metric counts this case: one that wants no citation and got none would only flatter that metric."""
    return {
        Metric.CITATION: bool(expected.cites or reply.citations),
        Metric.ARGUMENTS: bool(expected.calls or reply.actions),
        Metric.CONTAINMENT: bool(expected.contains or expected.calls or expected.sections is not None),
        Metric.ACCESS: expected.access is not None,
        Metric.WARNINGS: expected.warnings is not None or expected.outcome is not Outcome.REFUSED,
        Metric.SECRECY: bool(expected.must_not_contain),
    }.get(metric, True)


Found = Iterator[tuple[str, str]]
"""(expected, got) of each miss."""


def _intent(expected: Expected, reply: Reply) -> Found:
    wanted = sorted(str(each) for each in expected.intents)
    if wanted != sorted(reply.intents):
        yield _list(wanted), _list(reply.intents)


def _citation(expected: Expected, reply: Reply) -> Found:
    cited = [document_name(each.source) for each in reply.citations]
    for name in expected.cites:
        if name not in cited:
            yield f"{name} is cited", _list(dict.fromkeys(cited))
    if cited and not expected.cites:
        yield "no citation", _list(dict.fromkeys(cited))


def _containment(expected: Expected, reply: Reply) -> Found:
    for wanted in expected.contains:
        if wanted not in reply.text:
            yield f"“{wanted}”", "not in the answer"
    if expected.sections is not None:
        sections = [line.removeprefix("### ") for line in reply.text.splitlines() if line.startswith("### ")]
        if list(expected.sections) != sections:
            yield f"sections {_list(expected.sections)}", _list(sections)
    if expected.outcome is Outcome.ANSWERED:
        for call in expected.calls:
            yield from _said(call, reply)


def _said(call: ExpectedCall, reply: Reply) -> Found:
    """A figure stands in the answer with its tool and the time that it spans."""
    times = [moment_of(text, reply.began) for text in (call.since, call.until) if text is not None]
    wanted = [call.tool, *(f"{moment:%Y-%m-%d %H:%M}" for moment in times)]
    if not any(all(part in line for part in wanted) for line in reply.text.splitlines()):
        yield f"a figure that names {', '.join(wanted)}", "no line of the answer does"


def _secrecy(expected: Expected, reply: Reply) -> Found:
    shown = (
        reply.text,
        *(f"{each.title} {each.url} {each.source} {each.section_heading}" for each in reply.citations),
        *(each.message for each in reply.warnings),
        *(f"{each.tool} {each.args}" for each in reply.actions),
        *reply.packs_used,
    )
    whole = "\n".join(shown).casefold()
    for forbidden in expected.must_not_contain:
        if forbidden.casefold() in whole:
            yield f"“{forbidden}” nowhere", "in the response"


def _refusal(expected: Expected, reply: Reply) -> Found:
    if reply.outcome != expected.outcome:
        yield str(expected.outcome), reply.outcome
    elif reply.rule_id != expected.rule_id:
        yield f"denied by {expected.rule_id}", f"denied by {reply.rule_id}"


def _arguments(expected: Expected, reply: Reply) -> Found:
    left = list(reply.actions)
    for call in expected.calls:
        match = next((each for each in left if _is_call(call, each, reply.began)), None)
        if match is None:
            yield _shown_call(call, reply.began), _list(_shown_action(each) for each in reply.actions)
        else:
            left.remove(match)
    if len(reply.actions) > len(expected.calls):
        yield f"{len(expected.calls)} calls", _list(_shown_action(each) for each in reply.actions)


def _is_call(call: ExpectedCall, action: Called, began: datetime) -> bool:
    wanted = _arguments_of(call, began)
    given = {name: value for name, value in action.args.items() if value is not None}
    return call.tool == action.tool and wanted == {name: _comparable(value) for name, value in given.items()}


def _arguments_of(call: ExpectedCall, began: datetime) -> dict[str, Any]:
    times = {"since": call.since, "until": call.until}
    moments = {name: _to_second(moment_of(text, began)) for name, text in times.items() if text is not None}
    return {**call.args, **moments}


def _comparable(value: Any) -> Any:
    """Times as moments, all else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return _to_second(datetime.fromisoformat(value))
    except ValueError:
        return value


def _to_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _warnings(expected: Expected, reply: Reply) -> Found:
    wanted = {*(expected.warnings or ()), *(["denied"] if expected.rule_id else [])}
    codes = {warning.code for warning in reply.warnings}
    if wanted != codes:
        yield _list(sorted(wanted)), _list(sorted(codes))


def _access(expected: Expected, reply: Reply) -> Found:
    listed = {found[1].lower(): _names(found[2]) for found in _ACCESS_LINE.finditer(reply.text)}
    wanted = expected.access or ExpectedAccess()
    for name, names in (("roles", wanted.roles), ("packs", wanted.packs), ("tools", wanted.tools)):
        if name not in listed:
            yield f"a line with the {name}", "none"
        elif not _covers(names, listed[name]):
            yield f"{name} {_list(names)}", _list(listed[name])


def _covers(patterns: Sequence[str], names: Sequence[str]) -> bool:
    """Every name is meant by a pattern and every pattern means a name."""

    def means(pattern: str, name: str) -> bool:
        return name.startswith(pattern[:-1]) if pattern.endswith(".*") else name == pattern

    every_name = all(any(means(pattern, name) for pattern in patterns) for name in names)
    return every_name and all(any(means(pattern, name) for name in names) for pattern in patterns)


def _names(line: str) -> list[str]:
    return [] if line == "none" else line.split(", ")


def _shown_call(call: ExpectedCall, began: datetime) -> str:
    return f"{call.tool}({_shown_arguments(_arguments_of(call, began))})"


def _shown_action(action: Called) -> str:
    given = {name: _comparable(value) for name, value in action.args.items() if value is not None}
    return f"{action.tool}({_shown_arguments(given)})"


def _shown_arguments(arguments: Mapping[str, Any]) -> str:
    shown = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in sorted(arguments.items())
    }
    return ", ".join(f"{name}={value}" for name, value in shown.items())


def _list(names: Any) -> str:
    return ", ".join(map(str, names)) or _NOTHING


_OF_FIGURES: Final = frozenset({Metric.CONTAINMENT, Metric.REFUSAL, Metric.WARNINGS})
_CHECKS: Final[Mapping[Metric, Callable[[Expected, Reply], Found]]] = {
    Metric.INTENT: _intent,
    Metric.CITATION: _citation,
    Metric.CONTAINMENT: _containment,
    Metric.REFUSAL: _refusal,
    Metric.ARGUMENTS: _arguments,
    Metric.WARNINGS: _warnings,
    Metric.ACCESS: _access,
    Metric.SECRECY: _secrecy,
}
