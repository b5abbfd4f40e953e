"""How much structure a page has, told from its tags before a tree is made of them.

The time and memory that a tree takes grow with more than the length of a page: an element that opens looks through all
that are open, and words below formatting that was never closed have it made again for each of them.
"""

import re
from collections import Counter, defaultdict
from typing import Final

from adapters.parsers.limits import check_structure

MAX_ELEMENTS: Final = 500_000
MAX_ELEMENTS_MADE_AGAIN: Final = 2_000_000
MAX_DEPTH: Final = 10_000
MAX_STEPS: Final = 1_000_000_000
"""Elements that the tree's maker may look through, each tag through all that are open: about a second's work."""
MAX_ATTRIBUTES: Final = 500
"""Of one element; each is compared with all before it."""
_EQUAL_FORMATTING: Final = 3
_QUOTED: Final = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})|<!--")
_COMMENT_END: Final = re.compile("-->")
_CLOSED_BY: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "textarea", "title", "xmp", "noframes")
}
# These hold nothing, or end where the next of them begins.
_NEVER_DEEP: Final = frozenset(
    "area base br col embed hr img input link meta source track wbr "
    "p li td th tr dd dt option optgroup tbody thead tfoot colgroup caption html head body".split()
)
_FORMATTING: Final = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_FOREIGN: Final = frozenset({"svg", "math"})


class _Formatting:
    """How many open elements of formatting would be made again: of equal ones three, as the HTML standard says."""

    def __init__(self) -> None:
        self.count = 0
        self._equal: Counter[str] = Counter()
        self._open: defaultdict[str, list[str]] = defaultdict(list)

    def begin(self, name: str, attributes: str) -> None:
        key = f"{name} {attributes}"
        self._open[name].append(key)
        self._equal[key] += 1
        self.count += self._equal[key] <= _EQUAL_FORMATTING

    def end(self, name: str) -> None:
        if self._open[name]:
            key = self._open[name].pop()
            self.count -= self._equal[key] <= _EQUAL_FORMATTING
            self._equal[key] -= 1


class _Open:
    """What is open at a place of the page, as far as its tags tell, and what was made up to there."""

    def __init__(self) -> None:
        self.elements = self.again = self.steps = self.depth = self.foreign = 0
        self._formatting = _Formatting()
        self._open: Counter[str] = Counter()

    def begin(self, name: str, attributes: str) -> None:
        self.elements += 1
        self.again += self._formatting.count
        if name in _FORMATTING:
            self._formatting.begin(name, attributes)
        self._open[name] += 1
        self._step(name, 1)

    def end(self, name: str) -> None:
        self.steps += self.depth
        # One that ends nothing looks through all that is open, and leaves it so.
        if self._open[name]:
            self._open[name] -= 1
            self._formatting.end(name)
            self._step(name, -1)

    def _step(self, name: str, step: int) -> None:
        if name in _FOREIGN:
            self.foreign = max(0, self.foreign + step)
        if self.foreign or name not in _NEVER_DEEP:
            self.depth = max(0, self.depth + step)
        self.steps += self.depth

    def check(self, name: str) -> None:
        check_structure(self.elements, MAX_ELEMENTS, "elements", name)
        check_structure(self.again, MAX_ELEMENTS_MADE_AGAIN, "pieces of formatting that is never closed", name)
        check_structure(self.depth, MAX_DEPTH, "elements within each other", name)
        check_structure(self.steps, MAX_STEPS, "steps to its innermost elements", name)


def check_markup(text: str, name: str) -> None:
    """Raises DocumentTooLargeError when a page has more elements, attributes of one, or more deeply nested elements
    than is sensible. What a hostile page hides from this look is left to the limits of the process."""
    opened = _Open()
    at = 0
    while found := _TAG.search(text, at):
        closes, tag = found.group(1), (found.group(2) or "").lower()
        holds_text = not closes and not opened.foreign and tag in _CLOSED_BY
        if not tag or holds_text:
            closing = _CLOSED_BY.get(tag, _COMMENT_END).search(text, found.end())
            end = closing.start() if closing else -1
        else:
            end = text.find(">", found.end())
            attributes = text[found.end() : max(end, found.end())]
            if closes:
                opened.end(tag)
            else:
                opened.begin(tag, attributes)
            opened.check(name)
            _check_attributes(attributes, name)
        if end < 0:
            break
        at = end


def _check_attributes(attributes: str, name: str) -> None:
    if len(attributes) > 2 * MAX_ATTRIBUTES:
        words = _QUOTED.sub("", attributes).replace("/", " ").split()
        check_structure(len(words), MAX_ATTRIBUTES, "attributes of one element", name)
