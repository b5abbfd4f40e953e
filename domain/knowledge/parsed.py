"""A parsed document: its text, and the blocks it consists of."""

from typing import Literal

from pydantic import Field

from domain.base import JsonValue, Value

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "quote"]


class Block(Value):
    """A structural part of a parsed document; ``start``/``end`` are character offsets into its text.

    ``page`` counts from 1 and is None where the format has no pages. A table is a Markdown table of one header row and
    one line a row; the cells of its header are empty where the document's own first row is no header.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None


class ParsedDocument(Value):
    """The text of a document and its structure. Blocks are in order, do not overlap, and leave out only white space."""

    title: str | None
    text: str
    blocks: tuple[Block, ...]
    media_type: str
    parser: str
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class ParsedReport(Value):
    """What is said of a parsed document without its text."""

    parser: str
    characters: int
    blocks: int
