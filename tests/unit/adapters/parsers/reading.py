"""What the tests of every parser ask."""

import re
from collections import Counter
from pathlib import Path

from adapters.parsers.registry import FormatParser
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.parsed import ParsedDocument


def parsed(parser: FormatParser, folder: Path, content: bytes | str, name: str) -> ParsedDocument:
    path = folder / "uploaded"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return parser.parse(path, "application/octet-stream", name)


def sources(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def stored_words(document: ParsedDocument) -> Counter[str]:
    """The words that stand in any passage, each place counted once though passages overlap."""
    covered = bytearray(len(document.text))
    for passage in chunk(document, ChunkOptions()).passages:
        covered[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
    return words("".join(sign if seen else " " for sign, seen in zip(document.text, covered, strict=True)))


def assert_sound(document: ParsedDocument) -> None:
    """Blocks are in order, do not overlap and leave out only white space."""
    at = 0
    for block in document.blocks:
        assert at <= block.start < block.end
        assert document.text[at : block.start].strip() == ""
        at = block.end
    assert document.text[at:].strip() == ""
