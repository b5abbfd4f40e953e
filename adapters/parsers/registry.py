"""Which parser reads which document."""

from pathlib import PurePosixPath
from typing import Final

from adapters.parsers.markdown import MarkdownParser
from adapters.parsers.text import TextParser
from domain.document import ParsedDocument
from domain.errors import UnsupportedFormatError
from domain.ports import Parser

SUPPORTED: Final = "Markdown (.md, .markdown) and plain text (.txt, .text)"
_MEDIA_TYPES: Final = {"text/markdown": "markdown", "text/x-markdown": "markdown", "text/plain": "text"}
_SUFFIXES: Final = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".txt": "text",
    ".text": "text",
}
# What clients send when they know no better; the file name then knows more.
_VAGUE: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})


class ParserRegistry:
    """Reads a document by the parser that its media type names, or its file name where the media type is vague."""

    def __init__(self) -> None:
        self._parsers: dict[str, Parser] = {"markdown": MarkdownParser(), "text": TextParser()}

    def parse(self, content: bytes, media_type: str, name: str) -> ParsedDocument:
        """Raises UnsupportedFormatError, CorruptDocumentError or EmptyDocumentError."""
        return self._parsers[self._format(media_type, name)].parse(content, media_type, name)

    def supports(self, media_type: str, name: str) -> bool:
        """Whether ``parse`` would try, so that an upload can be refused before it is stored."""
        return _format_of(media_type, name) is not None

    def _format(self, media_type: str, name: str) -> str:
        known = _format_of(media_type, name)
        if known is None:
            raise UnsupportedFormatError(
                f"'{name}' ({media_type or 'no media type'}) is of a format that cannot be read. "
                f"Supported are {SUPPORTED}.",
                media_type=media_type,
            )
        return known


def _format_of(media_type: str, name: str) -> str | None:
    essence = media_type.partition(";")[0].strip().casefold()
    by_media_type = _MEDIA_TYPES.get(essence)
    if essence not in _VAGUE:
        return by_media_type
    return _SUFFIXES.get(PurePosixPath(name).suffix.casefold(), by_media_type)
