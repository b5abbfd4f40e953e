"""Characters of a document that nobody sees: a terminal would obey some when it shows an answer, others split words."""

import re
from bisect import bisect_left
from typing import Final

from domain.knowledge.parsed import ParsedDocument

# Tab and line feed are text. ESC begins what moves a cursor or sets a title, as do the C1 controls from U+0080 on; the
# marks of direction that Arabic and Hebrew need (U+200E, U+200F, U+2066 to U+2069) stay, those that override the order
# of letters go.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_REPLACEMENT: Final = " "
# Soft hyphens, zero-width spaces, word joiners, byte order marks, invisible operators, and tags, in which orders can be
# hidden. The joiners of Persian, Hindi and emoji (U+200C, U+200D) stay; so do zero-width spaces after letters of Thai,
# Lao, Burmese and Khmer, which have no other sign between words.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u2060-\u2064\ufeff\U000e0000-\U000e007f]|(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b"
)


def cleaned(document: ParsedDocument) -> ParsedDocument:
    """The document with a space in place of each control character, so that no two words become one, and without
    characters that have no width, so that no word is two."""
    return _without_invisible(_without_controls(document))


def _without_controls(document: ParsedDocument) -> ParsedDocument:
    if _CONTROLS.search(document.text) is None and _CONTROLS.search(document.title or "") is None:
        return document
    title = document.title and " ".join(_CONTROLS.sub(_REPLACEMENT, document.title).split())
    return document.model_copy(update={"text": _CONTROLS.sub(_REPLACEMENT, document.text), "title": title or None})


def _without_invisible(document: ParsedDocument) -> ParsedDocument:
    if document.text.isascii() and (document.title or "").isascii():
        return document
    title = _INVISIBLE.sub("", document.title or "").strip() or None
    gone = [found.start() for found in _INVISIBLE.finditer(document.text)]
    if not gone:
        return document.model_copy(update={"title": title})
    text = _INVISIBLE.sub("", document.text)
    moved = (
        block.model_copy(
            update={
                "start": block.start - bisect_left(gone, block.start),
                "end": block.end - bisect_left(gone, block.end),
            }
        )
        for block in document.blocks
    )
    blocks = tuple(block for block in moved if text[block.start : block.end].strip())
    return document.model_copy(update={"text": text, "blocks": blocks, "title": title})
