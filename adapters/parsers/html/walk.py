"""Walking a parsed page in document order without recursion: pages nest as deep as their authors please."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from selectolax.lexbor import LexborNode

Move = Literal["enter", "leave", "text"]
UNSEEN: Final = frozenset({"script", "style", "head", "template", "-comment", "_comment", "!doctype"})


class Step(NamedTuple):
    move: Move
    tag: str
    node: LexborNode


def walk(root: LexborNode) -> Iterator[Step]:
    """Enter and leave every visible element, and visit every text, from ``root`` on."""
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            yield Step("text", tag, node)
        elif tag not in UNSEEN:
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
