"""Control characters of a document, which a terminal would obey when it shows an answer."""

import re
from typing import Final

from domain.knowledge.parsed import ParsedDocument

# Tab and line feed are text. ESC begins what moves a cursor or sets a title, as do the C1 controls from U+0080 on; the
# marks of direction that Arabic and Hebrew need (U+200E, U+200F, U+2066 to U+2069) stay, those that override the order
# of letters go.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_REPLACEMENT: Final = " "


def without_controls(document: ParsedDocument) -> ParsedDocument:
    """The document with a space in place of each control character: no offset changes, and no two words become one."""
    if _CONTROLS.search(document.text) is None and _CONTROLS.search(document.title or "") is None:
        return document
    title = document.title and " ".join(_CONTROLS.sub(_REPLACEMENT, document.title).split())
    return document.model_copy(update={"text": _CONTROLS.sub(_REPLACEMENT, document.text), "title": title or None})
