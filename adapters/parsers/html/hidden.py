"""What a page holds and does not show."""

import re
from typing import Final

from selectolax.lexbor import LexborNode

_SHOWN_ALWAYS: Final = frozenset({"html", "body"})
"""Some pages hide all of themselves until their script has run."""
_MAY_HIDE: Final = re.compile(r"\bhidden\b|display\s*+:\s*+none|visibility\s*+:\s*+collapse", re.IGNORECASE)
_HIDING: Final = frozenset({"display:none", "visibility:hidden", "visibility:collapse"})
_IMPORTANT: Final = "!important"


def may_hide(page: str) -> bool:
    """Whether any element can be hidden: to ask each for its attributes takes as long as to read it."""
    return _MAY_HIDE.search(page) is not None


def is_hidden(tag: str, node: LexborNode) -> bool:
    """Whether readers do not see an element. What only screen readers are to leave out (aria-hidden) is seen, and so is
    what a browser's search would open (hidden="until-found")."""
    attributes = node.attributes
    if not attributes or tag in _SHOWN_ALWAYS:
        return False
    if "hidden" in attributes and (attributes["hidden"] or "").strip().casefold() != "until-found":
        return True
    style = attributes.get("style")
    return bool(style) and not _HIDING.isdisjoint(_declarations(style or ""))


def _declarations(style: str) -> set[str]:
    return {"".join(each.casefold().split()).removesuffix(_IMPORTANT) for each in style.split(";")}
