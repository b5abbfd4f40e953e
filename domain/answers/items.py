"""A question for one item of what another question lists: "How do I rotate a key? (item 2)"."""

import re
from typing import Final

LAST: Final = -1
_ITEM: Final = re.compile(r"\s*\(item (last|\d{1,2})\)\W*$")


def with_item(question: str, item: int) -> str:
    """The question for one item, counted from 1, of what ``question`` lists."""
    return f"{without_item(question)[0].rstrip()} (item {'last' if item == LAST else item})"


def without_item(question: str) -> tuple[str, int | None]:
    """The question, and the item that it is for."""
    found = _ITEM.search(question)
    if found is None:
        return question, None
    return question[: found.start()], LAST if found[1] == "last" else int(found[1])
