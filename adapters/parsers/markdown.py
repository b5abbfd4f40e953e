"""Markdown (CommonMark with tables), read into blocks without changing a character of it."""

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.parsers.decoding import decode
from adapters.parsers.limits import MAX_MARKUP, bounded_bytes, check_characters, check_structure
from adapters.parsers.text import paragraphs
from domain.knowledge.headings import heading_text
from domain.knowledge.parsed import Block, BlockKind, ParsedDocument

PARSER: Final = "markdown/1"
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
# Read as Markdown, the last line of YAML front matter would become a heading.
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(?=[\w-]+[ \t]*:)(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")


class MarkdownParser:
    def __init__(self) -> None:
        # Only the block structure is needed: inline markup stays as it was written.
        self._markdown = MarkdownIt("commonmark").enable("table").disable("inline")

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        _check_markup(decoded.text, name)
        blocks = tuple(self._blocks(decoded.text))
        return ParsedDocument(
            title=_title(decoded.text, blocks) or PurePosixPath(name).stem or None,
            text=decoded.text,
            blocks=blocks,
            media_type="text/markdown",
            parser=PARSER,
            metadata={"encoding": decoded.encoding},
        )

    def _blocks(self, text: str) -> Iterator[Block]:
        """Blocks in order. What makes no token, such as link definitions, becomes a paragraph: nothing is lost."""
        lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        done = 0
        for token in self._markdown.parse(_without_front_matter(text)):
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


def _block(text: str, start: int, end: int, token: Token) -> Iterator[Block]:
    trimmed = start + len(text[start:end].rstrip())
    if trimmed > start:
        level = int(token.tag[1:]) if token.type == "heading_open" else 0
        yield Block(kind=_KINDS.get(token.type, "paragraph"), start=start, end=trimmed, level=level)


def _without_front_matter(text: str) -> str:
    """Blank lines in place of front matter, so that line numbers stay."""
    front = _FRONT_MATTER.match(text)
    return "\n" * front.group().count("\n") + text[front.end() :] if front else text


def _title(text: str, blocks: tuple[Block, ...]) -> str | None:
    headings = (block for block in blocks if block.kind == "heading" and block.level == 1)
    return next((heading_text(text[block.start : block.end]) for block in headings), None)
