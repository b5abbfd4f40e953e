"""Quotes as Markdown: steps under their heading, items as a list, each with the marker of its citation."""

from collections.abc import Sequence
from typing import Final

from domain.answers.quoting import Quote
from domain.base import Value

HOW_TO: Final = "### How-to"


class Used(Value):
    """What a marker cites: the passage by its number, and what was quoted of it first, with its offsets."""

    number: int
    start: int
    end: int
    text: str


def rendered(answers: Sequence[Sequence[Quote]]) -> tuple[str, tuple[Used, ...]]:
    """The answers one after the other; marker n cites the nth of what is returned beside them."""
    used: list[Used] = []
    blocks = [_block(quotes, used) for quotes in answers]
    return "\n\n".join(blocks), tuple(used)


def _block(quotes: Sequence[Quote], used: list[Used]) -> str:
    lines = []
    for place, quote in enumerate(quotes, start=1):
        text = _cited(quote.text, _marker(quote, used))
        lines.append(f"{place}. {text}" if quote.is_step else f"- {text}" if quote.is_item else text)
    is_list = all(quote.is_item for quote in quotes)
    heading = [HOW_TO] if all(quote.is_step for quote in quotes) else []
    return "\n\n".join([*heading, ("\n" if is_list else "\n\n").join(lines)])


def _marker(quote: Quote, used: list[Used]) -> int:
    """One for each passage."""
    for place, one in enumerate(used, start=1):
        if one.number == quote.number:
            return place
    used.append(Used(number=quote.number, start=quote.start, end=quote.end, text=quote.text))
    return len(used)


def _cited(text: str, number: int) -> str:
    """The marker goes after the words: at the end of a block of code it would become part of the code."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            words = "\n".join(lines[:place]).rstrip()
            return f"{words} [{number}]{text[len(words) :]}" if words else f"[{number}]\n\n{text}"
    return f"{text} [{number}]"
