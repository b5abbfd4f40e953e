"""Plain text: paragraphs are what blank lines separate."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from adapters.parsers.decoding import decode
from adapters.parsers.limits import MAX_BLOCKS, bounded_bytes, check_blocks, check_characters
from domain.knowledge.parsed import Block, ParsedDocument

PARSER: Final = "text/1"
_LINE: Final = re.compile(r"[^\n]*\n?")


class TextParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        blocks = tuple(islice(paragraphs(decoded.text, 0, len(decoded.text)), MAX_BLOCKS + 1))
        check_blocks(len(blocks), name)
        return ParsedDocument(
            title=PurePosixPath(name).stem or None,
            text=decoded.text,
            blocks=blocks,
            media_type="text/plain",
            parser=PARSER,
            metadata={"encoding": decoded.encoding},
        )


def paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    """The runs of lines between blank ones within ``text[start:end]``; ``start`` is the start of a line."""
    opened: int | None = None
    closed = start
    for line in _LINE.finditer(text, start, end):
        if line.group().strip():
            opened = line.start() if opened is None else opened
            closed = line.start() + len(line.group().rstrip())
        elif opened is not None:
            yield Block(kind="paragraph", start=opened, end=closed)
            opened = None
    if opened is not None:
        yield Block(kind="paragraph", start=opened, end=closed)
