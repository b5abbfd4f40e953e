"""Markdown (CommonMark with tables), read into blocks without changing a character of what it says.

Front matter is left out of the text, and HTML blocks are written as the Markdown that says the same.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.parsers.decoding import decode
from adapters.parsers.front_matter import FrontMatter, front_matter
from adapters.parsers.limits import MAX_MARKUP, bounded_bytes, check_characters, check_structure
from adapters.parsers.markdown_html import HtmlRun, is_html, with_html_written
from adapters.parsers.text import paragraphs
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.headings import heading_text
from domain.knowledge.parsed import Block, BlockKind, ParsedDocument

PARSER: Final = "markdown/2"
_KINDS: Final[dict[str, BlockKind]] = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "blockquote_open": "quote",
}
_FILLED_LINE: Final = re.compile(r"^[ \t]*+\S", re.MULTILINE)


class MarkdownParser:
    def __init__(self) -> None:
        # Only the block structure is needed: inline markup stays as it was written.
        self._markdown = MarkdownIt("commonmark").enable("table").disable("inline")

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        _check_markup(decoded.text, name)
        front = front_matter(decoded.text)
        text, blocks = self._read(_body(decoded.text, front, name), name)
        return ParsedDocument(
            title=front.title or _title(text, blocks) or PurePosixPath(name).stem or None,
            text=text,
            blocks=blocks,
            media_type="text/markdown",
            parser=PARSER,
            metadata={"encoding": decoded.encoding, **front.metadata()},
        )

    def _read(self, text: str, name: str) -> tuple[str, tuple[Block, ...]]:
        found = list(self._blocks(text))
        if any(isinstance(block, HtmlRun) for block in found):
            return with_html_written(text, found, name)
        return text, tuple(block for block in found if isinstance(block, Block))

    def _blocks(self, text: str) -> Iterator[Block | HtmlRun]:
        """Blocks in order. What makes no token, such as link definitions, becomes a paragraph: nothing is lost."""
        lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        done = 0
        for token in self._markdown.parse(text):
            if token.level != 0 or token.map is None or token.nesting < 0:
                continue
            first, after = token.map
            yield from paragraphs(text, lines[done], lines[first])
            yield from _block(text, lines[first], min(lines[after], len(text)), token)
            done = after
        yield from paragraphs(text, min(lines[done], len(text)), len(text))


def _check_markup(text: str, name: str) -> None:
    """The reader makes some objects of every line and every cell, before there is a block to count."""
    check_structure(len(_FILLED_LINE.findall(text)), MAX_MARKUP, "lines", name)
    check_structure(text.count("|"), 2 * MAX_MARKUP, "cells", name)


def _body(text: str, front: FrontMatter, name: str) -> str:
    """The text below front matter; of a file that has nothing else, its title and description."""
    body = text[front.length :]
    if body.strip():
        return body
    said = "\n\n".join(filter(None, (front.title and f"# {front.title}", front.description)))
    if not said:
        raise EmptyDocumentError(f"'{name}' holds no text. Upload a document that has some.")
    return said


def _block(text: str, start: int, end: int, token: Token) -> Iterator[Block | HtmlRun]:
    trimmed = start + len(text[start:end].rstrip())
    if trimmed > start and token.type == "html_block" and is_html(text[start:trimmed]):
        yield HtmlRun(start, trimmed)
    elif trimmed > start:
        level = int(token.tag[1:]) if token.type == "heading_open" else 0
        yield Block(kind=_KINDS.get(token.type, "paragraph"), start=start, end=trimmed, level=level)


def _title(text: str, blocks: Iterable[Block]) -> str | None:
    headings = (block for block in blocks if block.kind == "heading" and block.level == 1)
    return next((heading_text(text[block.start : block.end]) for block in headings), None)
