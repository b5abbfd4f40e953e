"""What a question for figures names: the figures, the values of their dimensions, numbers, a time.

A follow-up names some of it anew, and the rest stays.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from pydantic import Field

from domain.base import Value
from domain.packs.ports import TimeframeReader
from domain.packs.tool import ArgumentSource, ChoiceArgument, NumberArgument, TimeframeArgument, ToolDef
from domain.packs.tool_arguments import Moment, NotTold, choices_named, numbers_named
from domain.packs.tool_selection import Words, select
from domain.text.clauses import clauses_of

_EVERYWHERE: Final = frozenset("overall everywhere altogether total".split())
_ALL: Final = frozenset("all every any each".split())
_MAX_TIME_WORDS: Final = 4
_Source = TypeVar("_Source", ChoiceArgument, NumberArgument)


class Slots(Value):
    """``times`` are the words for each figure's time, "" for the default; None says that they could not be told.

    ``choices`` holds the values by argument, empty where a message asks for all of them; None for a value that is not
    known. ``unread`` are the words that named nothing.
    """

    figures: tuple[str, ...] = ()
    times: tuple[str | None, ...] = ()
    choices: dict[str, tuple[str, ...] | None] = Field(default_factory=dict)
    numbers: dict[str, int] = Field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def names_something(self) -> bool:
        return bool(self.figures or self.choices or self.numbers or any(self.times))

    def changed_by(self, new: "Slots") -> "Slots | None":
        """These, with what ``new`` names in their place; None where that would be a guess."""
        figures = new.figures or self.figures
        times: Sequence[str | None] = self.times
        if any(new.times):
            times = [new.times[0]] * len(figures)
        elif new.figures:
            if len(set(self.times)) != 1:
                return None
            times = [self.times[0]] * len(figures)
        choices = {name: values for name, values in {**self.choices, **new.choices}.items() if values != ()}
        if None in times or None in choices.values():
            return None
        return Slots(figures=figures, times=tuple(times), choices=choices, numbers={**self.numbers, **new.numbers})


class SlotReader:
    """Reads and writes slots by the manifests of the tools that the asker may use."""

    def __init__(self, tools: Sequence[ToolDef], timeframes: TimeframeReader, moment: Moment) -> None:
        self._tools = tools
        self._timeframes = timeframes
        self._moment = moment

    def asked(self, question: str) -> Slots | None:
        """The slots of a question for figures; None if it asks for none that there is a tool for."""
        chosen = select(question, self._tools)
        if not chosen:
            return None
        words = Words.of(question)
        sources = [source for one in chosen for source in one.tool.takes]
        times = tuple(self._time_of(question, one.matched) if _takes_time([one.tool]) else "" for one in chosen)
        return Slots(
            figures=tuple(self._name(one.tool, one.matched) for one in chosen),
            times=times,
            choices={name: values for name, values in self._choices(words, sources) if values != ()},
            numbers=dict(_numbers(question, sources)),
        )

    def named(self, body: str, before: Slots) -> Slots:
        """What a message names, in view of the figures that were asked for before; what is left is ``unread``."""
        words = Words.of(body)
        chosen = select(body, self._tools)
        tools = [one.tool for one in chosen] or self._tools_of(before)
        sources = [source for tool in tools for source in tool.takes]
        taken = {at for one in chosen for at in one.place}
        choices: dict[str, tuple[str, ...] | None] = {}
        for source in _distinct(sources, ChoiceArgument):
            places = sorted((place.start, place.stop, value) for value, place in _value_places(words, source))
            everything = list(_everything(words, source))
            if places or everything:
                choices[source.argument] = tuple(dict.fromkeys(value for _, _, value in places))
                taken.update(at for start, stop, _ in places for at in range(start, stop))
                taken.update(everything)
                taken.update(at for name in source.words for place in words.places(name) for at in place)
        numbers = dict(_numbers(body, sources))
        taken.update(at for source in _distinct(sources, NumberArgument) for at in _number_places(words, source))
        time = self._named_time(words, body, taken) if _takes_time(tools) else ""
        unread = tuple(word for at, word in enumerate(words.words) if at not in taken)
        if time is None:
            time, unread = " ".join(unread[:_MAX_TIME_WORDS]), unread[_MAX_TIME_WORDS:]
        return Slots(
            figures=tuple(self._name(one.tool, one.matched) for one in chosen),
            times=(time,) if time else (),
            choices=choices,
            numbers=numbers,
            unread=unread,
        )

    def names_figure_or_time(self, text: str) -> bool:
        """Whether a text names what only figures have."""
        return bool(self._tools) and (bool(select(text, self._tools)) or bool(self._read(text)))

    def knows_value(self, text: str) -> bool:
        """Whether a text names a value that a tool can be asked for, such as an environment."""
        words = Words.of(text)
        sources = _distinct([source for tool in self._tools for source in tool.takes], ChoiceArgument)
        return any(True for source in sources for _ in _value_places(words, source))

    def written(self, slots: Slots) -> str:
        """A question that names the slots, so that whoever reads it reads them again."""
        sources = [source for tool in self._tools_of(slots) for source in tool.takes]
        parts = [
            f"{_introduction(source)}{' and '.join(values)}"
            for source in _distinct(sources, ChoiceArgument)
            if (values := slots.choices.get(source.argument))
        ]
        parts += [
            f"{source.words[0]} {slots.numbers[source.argument]}"
            for source in _distinct(sources, NumberArgument)
            if source.argument in slots.numbers
        ]
        where = "".join(f", {part}" for part in parts)
        if len(set(slots.times)) == 1:
            time = f", {slots.times[0]}" if slots.times[0] else ""
            return f"Show the {' and the '.join(slots.figures)}{where}{time}"
        figures = zip(slots.figures, slots.times, strict=True)
        return "; ".join(f"Show the {name}{where}{f', {time}' if time else ''}" for name, time in figures)

    def _tools_of(self, slots: Slots) -> list[ToolDef]:
        return [one.tool for figure in slots.figures for one in select(figure, self._tools)]

    def _name(self, tool: ToolDef, matched: str) -> str:
        """The first of the tool's own words that choose it and nothing else; the question's if there are none."""
        names = (name for name in tool.metrics if [one.tool.name for one in select(name, self._tools)] == [tool.name])
        return next(names, matched)

    def _choices(self, words: Words, sources: Iterable[ArgumentSource]) -> Iterable[tuple[str, tuple[str, ...] | None]]:
        for source in _distinct(sources, ChoiceArgument):
            try:
                yield source.argument, choices_named(words, source)
            except NotTold:
                yield source.argument, None

    def _time_of(self, question: str, matched: str) -> str | None:
        """The words for a figure's time: those of the question or, where it names several, of the figure's clause."""
        whole = self._read(question)
        if whole is not None:
            return whole
        for clause in clauses_of(question):
            if any(Words.of(clause).places(matched)):
                return self._read(clause)
        return None

    def _read(self, text: str) -> str | None:
        reading = self._timeframes.read(text, self._moment.now, self._moment.time_zone)
        if reading.warning is not None:
            return None
        return _as_written(reading.timeframe.words, text) if reading.timeframe is not None else ""

    def _named_time(self, words: Words, body: str, taken: set[int]) -> str | None:
        """The words for a time, which are marked as taken; None where there are some that cannot be understood."""
        time = self._read(body)
        if time:
            taken.update(at for place in words.places(time) for at in place)
        return time


def _distinct(sources: Iterable[ArgumentSource], kind: type[_Source]) -> list[_Source]:
    return list({source.argument: source for source in sources if isinstance(source, kind)}.values())


def _as_written(words: str, text: str) -> str:
    """``words`` with the capitals that they have in ``text``."""
    flat = " ".join(text.split())
    at = flat.casefold().find(words)
    written = flat[at : at + len(words)]
    return written if written.casefold() == words else words


def _takes_time(tools: Iterable[ToolDef]) -> bool:
    return any(isinstance(source, TimeframeArgument) for tool in tools for source in tool.takes)


def _value_places(words: Words, source: ChoiceArgument) -> Iterable[tuple[str, range]]:
    for value, others in source.values.items():
        for word in (value, *others):
            for place in words.places(word):
                yield value, place


def _everything(words: Words, source: ChoiceArgument) -> Iterable[int]:
    """Where a message asks for all values: "all services", "overall"."""
    for at, word in enumerate(words.words):
        if word in _EVERYWHERE:
            yield at
        after = words.words[at + 1] if at + 1 < len(words.words) else ""
        if word in _ALL and after and any(after in (name, f"{name}s") for name in (*source.words, source.argument)):
            yield from (at, at + 1)


def _numbers(text: str, sources: Iterable[ArgumentSource]) -> Iterable[tuple[str, int]]:
    for source in _distinct(sources, NumberArgument):
        try:
            for number in numbers_named(text, source):
                yield source.argument, number
        except NotTold:
            continue


def _number_places(words: Words, source: NumberArgument) -> Iterable[int]:
    for at, word in enumerate(words.words):
        if word in source.words and at + 1 < len(words.words) and re.fullmatch(r"\d+", words.words[at + 1]):
            yield from (at, at + 1)


def _introduction(source: ChoiceArgument) -> str:
    return f"{source.words[0]} " if source.words else ""
