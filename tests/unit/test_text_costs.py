"""What strangers write is read in a time that hardly depends on what they write.

Measured in processor time of this thread, against a piece of work of the same run: on a slow machine both are slow.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.search.spelling import closest_word
from adapters.search.text_analysis import query_terms
from adapters.timeframes.reader import DateparserTimeframes
from domain.answers.answer import Outcome
from domain.answers.composer import compose
from domain.answers.evidence import PassageExcerpt
from domain.answers.parts import parts_of
from domain.answers.question import read_question
from domain.packs.tool_arguments import Moment, ToolPlanner
from domain.questions import intent, routing
from domain.questions.follow_up import FollowUps, PastTurn, may_follow
from domain.questions.pronouns import Message, pronoun_of
from domain.questions.topic import detail_of
from domain.text.clauses import clauses_of
from domain.text.stems import stems
from tests.fixtures.pumped_texts import UNITS, ordinary, pumped
from workflows.pages.text import one_line, shown

MESSAGE, PASSAGE = 8_000, 5_000
MOMENT = Moment(datetime(2026, 3, 4, 12, tzinfo=UTC), "UTC")
PAST = (PastTurn(sequence=1, turn_id="a", question="What was the request volume last week?", outcome=Outcome.ANSWERED),)
MOST = 12
"""Times the reference, which takes some 4 ms where a short question is read in 1 ms."""


@lru_cache(maxsize=1)
def packs() -> InstalledPacks:
    return InstalledPacks()


@lru_cache(maxsize=1)
def timeframes() -> DateparserTimeframes:
    reader = DateparserTimeframes()
    reader.warm_up()
    reader.read("yesterday", MOMENT.now, MOMENT.time_zone)
    return reader


class CountingTimeframes(DateparserTimeframes):
    """Counts how often the library is asked."""

    parsed = 0

    def _parse(self, text: str, now: datetime) -> object:
        self.parsed += 1
        return super()._parse(text, now)


def classify(text: str) -> object:
    return intent.classify(text, [words for tool in packs().tools() for words in tool.metrics])


def plan(text: str) -> object:
    return ToolPlanner(timeframes(), JsonSchemaValidator()).plan(text, packs().tools(), MOMENT)


def resolve(text: str) -> object:
    return FollowUps(timeframes()).resolve(text, PAST, packs().tools(), MOMENT)


def retell(text: str) -> object:
    return FollowUps(timeframes()).retold([text[:400]] * 5, packs().tools(), MOMENT)


def excerpts(text: str) -> list[PassageExcerpt]:
    return [PassageExcerpt(number=number, text=text, title="Keys", section_heading="Rotate") for number in range(1, 9)]


def compose_from(question: str, text: str) -> object:
    return compose(question, excerpts(text), 0.0, closest_word)


MESSAGE_READERS: tuple[Callable[[str], object], ...] = (
    classify,
    plan,
    resolve,
    retell,
    may_follow,
    clauses_of,
    detail_of,
    stems,
    read_question,
    parts_of,
    query_terms,
    one_line,
    shown,
    lambda text: pronoun_of(Message.of(text)),
    lambda text: routing.route(text, (), packs().summaries(), None),
    lambda text: compose_from(text, ordinary(PASSAGE)),
)


def reference() -> float:
    """Seconds of processor time of a fixed piece of work."""
    return processor_seconds(lambda text: sum(1 for character in text if character.isalpha()), ordinary(80_000))


def processor_seconds(work: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    work(text)
    return time.thread_time() - began


def costliest(work: Callable[[str], object], length: int) -> tuple[float, str]:
    """The most, in references, that any pumped text costs, and its unit. What is dear is measured thrice.

    Each of those times beside a reference of its own, as the machine may have slowed down since the first.
    """
    work(ordinary(length))
    most = (0.0, "")
    at_first = min(reference() for _ in range(2))
    for unit in UNITS:
        text = pumped(unit, length)
        cost = processor_seconds(work, text) / at_first
        if cost > MOST:
            cost = min(cost, *(processor_seconds(work, text) / reference() for _ in range(2)))
        most = max(most, (cost, unit))
    return most


@pytest.mark.parametrize("read", MESSAGE_READERS)
def test_no_message_costs_much_more_than_another(read: Callable[[str], object]) -> None:
    cost, unit = costliest(read, MESSAGE)
    assert cost <= MOST, f"a message of {unit!r} costs {cost:.0f} references"


def test_no_passage_costs_much_more_than_another() -> None:
    cost, unit = costliest(lambda text: compose_from("How do I rotate a key?", text), PASSAGE)
    assert cost <= MOST, f"passages of {unit!r} cost {cost:.0f} references"


def test_a_question_of_very_many_words_is_compared_by_some_of_them() -> None:
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}word" for n in range(6_000)]
    question = " ".join(words)[:MESSAGE]
    passage = "\n# ".join(words[-700:])[:PASSAGE]
    assert processor_seconds(lambda text: compose_from(text, passage), question) <= 200 * reference()


def test_times_are_read_as_far_as_the_first_that_contradicts_another() -> None:
    dates = " or ".join(f"on {day} {month} 2024" for month in ("March", "May", "June") for day in range(1, 29))
    reader = CountingTimeframes()
    readings = [reader.read(f"Requests {dates}?", MOMENT.now, MOMENT.time_zone) for _ in range(5)]
    assert {reading.warning and reading.warning.code for reading in readings} == {"timeframe_contradictory"}
    assert reader.parsed == 2
