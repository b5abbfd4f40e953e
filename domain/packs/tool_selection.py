"""Which tools a question asks for, by the words that the tools' manifests declare."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from domain.packs.tool import ToolDef

VERSION: Final = "tools-2"
MAX_CHARACTERS: Final = 1_000
"""How much of a question tools read. Every phrase of every manifest is looked for at every word of it."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")


class Words(NamedTuple):
    """The words of a text in lower case. Punctuation separates them; hyphens and underscores inside a name do not."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of the first ``MAX_CHARACTERS`` of ``text``."""
        return cls(tuple(_WORD.findall(text[:MAX_CHARACTERS].casefold())))

    def places(self, phrase: str) -> Iterator[range]:
        """Where ``phrase`` stands, as positions of its words."""
        wanted = _words_of_phrase(phrase)
        for start in range(len(self.words) - len(wanted) + 1):
            if wanted and self.words[start : start + len(wanted)] == wanted:
                yield range(start, start + len(wanted))


@lru_cache(maxsize=4096)
def _words_of_phrase(phrase: str) -> tuple[str, ...]:
    """Remembered: a question is compared with every phrase of every manifest, and those do not change."""
    return Words.of(phrase).words


class Selected(NamedTuple):
    """A tool, and the words of the question that chose it."""

    tool: ToolDef
    matched: str
    place: range


def select(question: str, tools: Sequence[ToolDef]) -> tuple[Selected, ...]:
    """The tools that a question asks for, in the order in which it does.

    Every phrase of the question counts once, for the tool that declares the longest one there: "error rate" asks for
    the rate and not for errors. Between tools with the same phrase the name decides. Only read-only tools are chosen.
    """
    words = Words.of(question)
    found = [
        Selected(tool, " ".join(words.words[place.start : place.stop]), place)
        for tool in tools
        if tool.read_only
        for phrase in tool.metrics
        for place in words.places(phrase)
    ]
    found.sort(key=lambda one: (-len(one.place), one.place.start, one.tool.name))
    taken: set[int] = set()
    chosen: dict[str, Selected] = {}
    for one in found:
        if taken.isdisjoint(one.place):
            taken.update(one.place)
            chosen.setdefault(one.tool.name, one)
    return tuple(sorted(chosen.values(), key=lambda one: one.place.start))
