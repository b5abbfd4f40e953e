"""Walking a parsed page in document order without recursion: pages nest as deep as their authors please."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from selectolax.lexbor import LexborNode

from adapters.parsers.html.hidden import is_hidden

Move = Literal["enter", "leave", "text"]
UNSEEN: Final = frozenset("script noscript style head template del -comment _comment !doctype".split())


class Step(NamedTuple):
    move: Move
    tag: str
    node: LexborNode


def walk(root: LexborNode, *, may_hide: bool = True) -> Iterator[Step]:
    """Enter and leave every visible element, and visit every text, from ``root`` on."""
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            yield Step("text", tag, node)
        elif tag not in UNSEEN and not (may_hide and is_hidden(tag, node)):
            yield Step("enter", tag, node)
            child = node.child
            if child is None:
                yield Step("leave", tag, node)
        if child is not None:
            node, depth = child, depth + 1
            continue
        while node is not None and depth > 0 and node.next is None:
            node, depth = node.parent, depth - 1
            if node is not None:
                yield Step("leave", node.tag or "", node)
        node = node.next if node is not None and depth > 0 else None
