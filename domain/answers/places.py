"""Where the words of a unit stand: in itself, in what introduces it, in the headings and the title above it."""

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from domain.answers.units import Section, read_sections
from domain.text.synonyms import meaning_words

_MAX_SENTENCE: Final = 700
"""Characters; what is longer is no sentence, but a log or what is left of a layout."""


class Where(Enum):
    OWN = "own"
    HEADING = "heading"
    LEAD = "lead"
    ABOVE = "above"
    TITLE = "title"
    NEIGHBOUR = "neighbour"
    SECTION = "section"


class Place(NamedTuple):
    where: Where
    words: frozenset[str]


class PlacedUnit(NamedTuple):
    """A unit, by its number ``at`` within its section. ``places`` has its own words first, ``words`` all of them."""

    section: Section
    at: int
    places: tuple[Place, ...]
    words: frozenset[str]


@lru_cache(maxsize=256)
def placed_units(text: str, path: tuple[str, ...], title: str) -> tuple[PlacedUnit, ...]:
    """The units of a passage below the headings ``path``. Remembered: the passages that answer questions are few, and
    come again."""
    return tuple(
        _placed(text, title, section, index)
        for section in read_sections(text, path)
        for index, unit in enumerate(section.units)
        if unit.kind != "sentence" or len(unit.text) <= _MAX_SENTENCE
    )


def _placed(text: str, title: str, section: Section, index: int) -> PlacedUnit:
    places = tuple(_places(text, title, section, index))
    return PlacedUnit(section, index, places, frozenset().union(*(place.words for place in places)))


def _places(text: str, title: str, section: Section, index: int) -> Iterator[Place]:
    unit = section.units[index]
    own = meaning_words(unit.text)
    if unit.cells:
        own |= meaning_words(" ".join(cell.header for cell in unit.cells if cell.text))
    yield Place(Where.OWN, own)
    if section.headings:
        yield Place(Where.HEADING, meaning_words(section.headings[-1]))
        yield Place(Where.ABOVE, meaning_words(" ".join(section.headings[:-1])))
    yield Place(Where.TITLE, meaning_words(title))
    if unit.lead:
        yield Place(Where.LEAD, meaning_words(unit.lead))
    if index and unit.kind == "sentence" and section.units[index - 1].group == unit.group:
        yield Place(Where.NEIGHBOUR, meaning_words(section.units[index - 1].text))
    yield Place(Where.SECTION, meaning_words(text[section.start : section.end]))
