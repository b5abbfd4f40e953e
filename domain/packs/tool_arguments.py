"""Arguments for a tool, taken from the words of a question. What is not said takes its default; nothing is guessed."""

import itertools
import re
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.answers.answer import AnswerWarning
from domain.base import JsonValue
from domain.packs.ports import ArgumentValidator, TimeframeReader
from domain.packs.tool import (
    MAX_CALLS,
    ChoiceArgument,
    NumberArgument,
    PlannedCall,
    Timeframe,
    TimeframeArgument,
    ToolDef,
    ToolPlan,
)
from domain.packs.tool_selection import Selected, Words, select
from domain.text.clauses import clauses_of

_NUMBER_WORDS: Final = MappingProxyType(
    {
        word: number
        for number, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), start=1
        )
    }
    | {"twenty": 20, "thirty": 30, "fifty": 50}
)
_NUMBER: Final = re.compile(rf"-?\d{{1,9}}|{'|'.join(_NUMBER_WORDS)}")
_OTHER_FIGURE: Final = re.compile(r"p\d{1,3}|average|avg|mean|median|maximum|max|minimum|min|peak")
"""A word before a tool's own that asks for another figure than the tool's: "p75 latency" is not "latency"."""
_NOT_A_VALUE: Final = frozenset(
    (
        "a all an and any at by during each every for from had has have in is last my of on or our over past per since "
        "the this today to was were which with yesterday"
    ).split()
)
_INTRODUCES: Final = frozenset({"for", "in", "of", "on", "the"})


class Moment(NamedTuple):
    """The clock of the turn and the place where its tenant reads it."""

    now: datetime
    time_zone: str


class NotTold(Exception):  # noqa: N818 - no error of the platform: it never leaves this module
    """The question says something of an argument that cannot be used."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.warning = AnswerWarning(code=code, message=message)


class ToolPlanner:
    """Turns a question into calls. Deterministic: the same question, tools and moment give the same plan."""

    def __init__(self, timeframes: TimeframeReader, validator: ArgumentValidator) -> None:
        self._timeframes = timeframes
        self._validator = validator

    def plan(self, question: str, tools: Sequence[ToolDef], moment: Moment) -> ToolPlan:
        """The calls that ``question`` asks for; each problem is a warning, and never an error."""
        calls: list[PlannedCall] = []
        warnings: dict[str, AnswerWarning] = {}
        chosen = select(question, tools)
        if not chosen and self._names_a_time(question, moment):
            # Documents hold no figures of yesterday: what they say of such a question would be stretched.
            message = "No tool brings this figure." if tools else "No tool for live figures is available."
            warnings["none"] = AnswerWarning(code="no_tool_available", message=message)
        for selected in chosen:
            try:
                _check_no_other_figure(question, selected)
                calls += self._calls(self._asked(question, selected, moment), selected, moment)
            except NotTold as problem:
                warnings.setdefault(problem.warning.message, problem.warning)
        if len(calls) > MAX_CALLS:
            warnings["many"] = AnswerWarning(
                code="too_many_calls",
                message=f"The question asks for {len(calls)} figures; the first {MAX_CALLS} are answered.",
            )
        return ToolPlan(calls=tuple(calls[:MAX_CALLS]), warnings=tuple(warnings.values()))

    def _names_a_time(self, question: str, moment: Moment) -> bool:
        reading = self._timeframes.read(question, moment.now, moment.time_zone)
        return reading.timeframe is not None or reading.warning is not None

    def _asked(self, question: str, selected: Selected, moment: Moment) -> str:
        """The question; or, if it names two times and the clause that asks for this tool names one, that clause."""
        if not any(isinstance(source, TimeframeArgument) for source in selected.tool.takes):
            return question
        whole = self._timeframes.read(question, moment.now, moment.time_zone)
        if whole.warning is None or whole.warning.code != "timeframe_contradictory":
            return question
        for clause in clauses_of(question):
            if any(Words.of(clause).places(selected.matched)):
                alone = self._timeframes.read(clause, moment.now, moment.time_zone)
                return clause if alone.timeframe is not None else question
        return question

    def _calls(self, question: str, selected: Selected, moment: Moment) -> list[PlannedCall]:
        tool = selected.tool
        words = Words.of(question)
        named: dict[str, list[JsonValue]] = {}
        span: Timeframe | None = None
        for source in tool.takes:
            if isinstance(source, TimeframeArgument):
                span = self._timeframe(question, source, moment)
                named[source.since] = [span.since.isoformat()]
                named[source.until] = [span.until.isoformat()]
            elif isinstance(source, ChoiceArgument):
                named[source.argument] = list(choices_named(words, source))
            else:
                named[source.argument] = list(numbers_named(question, source))
        said = {name: values for name, values in named.items() if values}
        return [
            self._call(selected, dict(zip(said, values, strict=True)), span)
            for values in itertools.islice(itertools.product(*said.values()), MAX_CALLS + 1)
        ]

    def _timeframe(self, question: str, source: TimeframeArgument, moment: Moment) -> Timeframe:
        reading = self._timeframes.read(question, moment.now, moment.time_zone)
        if reading.warning is not None:
            raise NotTold(reading.warning.code, reading.warning.message)
        if reading.timeframe is not None:
            return reading.timeframe
        default = self._timeframes.last(source.default, moment.now, moment.time_zone)
        if default.timeframe is None:
            raise NotTold("timeframe_unreadable", f"The default timeframe {source.default} cannot be read.")
        return default.timeframe

    def _call(self, selected: Selected, said: dict[str, JsonValue], span: Timeframe | None) -> PlannedCall:
        tool = selected.tool
        arguments = tool.defaults | said
        problems = self._validator.problems(tool, dict(arguments))
        if problems:
            raise NotTold("invalid_arguments", f"{tool.name} was not called: {' '.join(problems)}")
        unsaid = [name for name in tool.defaults if name not in said]
        if span is not None and not span.words:
            unsaid.append("timeframe")
        return PlannedCall(
            tool=tool.name,
            pack_id=tool.pack_id,
            pack_digest=tool.pack_digest,
            arguments=arguments,
            timeframe=span.shown if span else None,
            matched=selected.matched,
            defaulted=tuple(unsaid),
        )


def choices_named(words: Words, source: ChoiceArgument) -> tuple[str, ...]:
    """The values that a question names, in its order. Raises NotTold for one that is not known."""
    places = [
        (place.start, value)
        for value, others in source.values.items()
        for word in (value, *others)
        for place in words.places(word)
    ]
    if unknown := _unknown(words, source):
        known = ", ".join(source.values)
        raise NotTold(
            "unknown_value",
            f"There is no {source.argument} '{unknown}', so no figure was guessed. Known: {known}.",
        )
    return tuple(dict.fromkeys(value for _, value in sorted(places)))


def _check_no_other_figure(question: str, selected: Selected) -> None:
    """Raises NotTold when the word before the tool's own asks for another figure of the same things."""
    before = Words.of(question).words[selected.place.start - 1] if selected.place.start else ""
    if _OTHER_FIGURE.fullmatch(before):
        asked = f"{before} {selected.matched}"
        raise NotTold("unknown_value", f"There is no figure '{asked}', so none was guessed.")


def _unknown(words: Words, source: ChoiceArgument) -> str | None:
    """A word that stands where a value should, and is none."""
    known = {
        word for value, others in source.values.items() for each in (value, *others) for word in Words.of(each).words
    }
    for word in source.not_known:
        if any(words.places(word)):
            return word
    for name in source.words:
        for place in words.places(name):
            before = words.words[place.start - 1] if place.start else ""
            after = words.words[place.stop] if place.stop < len(words.words) else ""
            if before in known or after in known:
                continue
            if after and after not in _NOT_A_VALUE and not after[0].isdigit():
                return after
            introduced = place.start > 1 and words.words[place.start - 2] in _INTRODUCES
            if introduced and before not in _NOT_A_VALUE:
                return before
    return None


def numbers_named(question: str, source: NumberArgument) -> tuple[int, ...]:
    """The number behind one of the source's words; none when there is none. Raises NotTold for several."""
    text = question.casefold()
    found = [
        _NUMBER_WORDS[match[1]] if match[1] in _NUMBER_WORDS else int(match[1])
        for word in source.words
        for match in re.finditer(rf"(?<!\w){re.escape(word)}\s+({_NUMBER.pattern})(?![\w.])", text)
    ]
    if len(set(found)) > 1:
        raise NotTold("ambiguous_number", f"The question names several numbers for '{source.argument}'.")
    return tuple(found[:1])
