"""Cutting a parsed document into passages, the unit that is cited, and spans, the unit that is embedded.

A passage ends before a heading where it can, between blocks where it must, within a paragraph only at the end of
a sentence. It begins with the last blocks of the passage before it, so that what stands at a border is found in
its surroundings. Spans are not repeated: each belongs to the passage in which its text stands first.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Self

from pydantic import Field, model_validator

from domain.base import Value
from domain.knowledge.errors import EmptyDocumentError, TooManyPassagesError
from domain.knowledge.headings import MAX_TITLE_CHARACTERS, PATH_SEPARATOR, Outline, heading_text, shortened
from domain.knowledge.parsed import Block, BlockKind, ParsedDocument
from domain.knowledge.passage import Passage, PassageSet
from domain.knowledge.spans import BlockPart, spans_of, table_header
from domain.knowledge.splitting import cuts_for, split

CHUNKER: Final = "structural-4"
_MARKED_QUESTION: Final = re.compile(r"\W*+(?:q|question|frage)\b\s*+\d*+\s*+[.:)]", re.IGNORECASE)
MAX_SPANS: Final = 50_000
"""Twenty million characters of prose, the most that a document may hold, make 40,000 spans. More come of headings with
next to nothing below them, and each costs an embedding and a row."""
_MAX_QUESTION: Final = 300
_WITHIN_BLOCK: Final = 0
_BETWEEN_BLOCKS: Final = 1


class ChunkOptions(Value):
    """Sizes in characters."""

    minimum: int = Field(default=3500, ge=200)
    maximum: int = Field(default=5000, ge=400)
    minimum_overlap: int = Field(default=500, ge=0)
    maximum_overlap: int = Field(default=800, ge=0)

    @model_validator(mode="after")
    def _in_proportion(self) -> Self:
        if not self.minimum <= self.maximum or not self.minimum_overlap <= self.maximum_overlap:
            raise ValueError("a minimum may not exceed its maximum")
        if self.maximum_overlap > self.maximum // 2:
            raise ValueError("maximum_overlap may be at most half of maximum")
        return self

    @property
    def largest_unit(self) -> int:
        """A block beyond this is cut, so that an overlap still fits before it."""
        return self.maximum - self.maximum_overlap


class _Piece(NamedTuple):
    """The smallest stretch that chunking moves: a block, or a part of a long one.

    ``strength`` says how good it is to begin a passage here; ``may_begin`` whether a passage may.
    """

    start: int
    end: int
    kind: BlockKind
    block: int
    strength: int
    may_begin: bool


def chunk(document: ParsedDocument, options: ChunkOptions) -> PassageSet:
    """Return passages and spans that together hold every character of the document except white space.

    Raises EmptyDocumentError when there is no text, TooManyPassagesError when there are more than MAX_SPANS spans.
    """
    text, title = document.text, shortened(document.title or "", MAX_TITLE_CHARACTERS)
    outline = Outline(
        (block.start, block.level, heading_text(text[block.start : block.end]))
        for block in document.blocks
        if block.kind == "heading"
    )
    pieces = _bounded(_pieces(document, options), options.largest_unit)
    passages: list[Passage] = []
    spans_made = 0
    for first, fresh, after in _windows(pieces, options):
        start, end = pieces[first].start, pieces[after - 1].end
        spans = tuple(spans_of(text, _block_parts(pieces[fresh:after], document), title, outline))
        spans_made += len(spans)
        _check_spans(spans_made)
        passages.append(
            Passage(
                ordinal=len(passages),
                start=start,
                end=end,
                section_heading=PATH_SEPARATOR.join(outline.path_at(start)),
                text=text[start:end],
                spans=spans,
                page=document.blocks[pieces[first].block].page,
                table_header=_header_before(text, document.blocks[pieces[first].block], start),
            )
        )
    if not passages:
        raise EmptyDocumentError("The document holds no text. Upload one that does.")
    return PassageSet(title=title, chunker=CHUNKER, passages=tuple(passages))


def _check_spans(made: int) -> None:
    if made > MAX_SPANS:
        raise TooManyPassagesError(
            f"The document has more than {MAX_SPANS:,} headings or pieces of text to search for. Split it into several "
            "documents.",
            most_spans=MAX_SPANS,
        )


def _pieces(document: ParsedDocument, options: ChunkOptions) -> Iterator[_Piece]:
    """Blocks in order. Prose and lists come in small parts, so that overlaps can be measured out."""
    text = document.text
    grain = max(100, options.maximum_overlap - options.minimum_overlap)
    tied, answers = _tied_blocks(document)
    for number, block in enumerate(document.blocks):
        cuts = cuts_for(block.kind)
        fine = block.kind in ("paragraph", "quote", "list")
        loose = block.kind in ("paragraph", "quote") and number not in answers
        strength = 9 - block.level if block.kind == "heading" else _BETWEEN_BLOCKS
        for major in split(text, block.start, block.end, options.largest_unit, cuts):
            for part in split(text, major.start, major.end, grain, cuts) if fine else [major]:
                leads = part.start == major.start
                may_begin = number not in tied if strength else leads or loose
                yield _Piece(part.start, part.end, block.kind, number, strength, may_begin)
                strength = _WITHIN_BLOCK


def _tied_blocks(document: ParsedDocument) -> tuple[set[int], set[int]]:
    """Numbers of the blocks that belong to the one before: what follows a heading, a question or a colon; and of those
    that hold an answer, which are kept whole however long they are, as far as a passage can be."""
    tied: set[int] = set()
    answers = {number for number, block in enumerate(document.blocks) if _asks_and_answers(block, document.text)}
    answering = False
    for number, (before, block) in enumerate(zip(document.blocks, document.blocks[1:], strict=False), start=1):
        source = document.text[before.start : before.end]
        if before.kind == "heading":
            answering = source.rstrip("# \n").endswith("?")
            tied.add(number)
            answers |= {number} if answering else set()
        elif block.kind != "heading" and (answering or _introduces(before, block, source)):
            tied.add(number)
            answers.add(number)
    return tied, answers


def _asks_and_answers(block: Block, text: str) -> bool:
    """Whether question and answer are lines of one paragraph."""
    first, line_end, _ = text[block.start : block.end].partition("\n")
    return block.kind == "paragraph" and bool(line_end) and _asks(first)


def _asks(source: str) -> bool:
    if len(source) > _MAX_QUESTION:
        return False
    words, mark, after = source.rpartition("?")
    ends_so = bool(mark) and "\n" not in words and all(sign in "*_" or sign.isspace() for sign in after)
    return ends_so or _MARKED_QUESTION.match(source) is not None


def _introduces(before: Block, block: Block, source: str) -> bool:
    if before.kind != "paragraph":
        return False
    return _asks(source) or (source.endswith(":") and block.kind != "paragraph")


def _bounded(pieces: Iterator[_Piece], limit: int) -> list[_Piece]:
    """Pieces of which no run that must stay together is longer than ``limit``."""
    bounded: list[_Piece] = []
    run_start = 0
    for piece in pieces:
        if piece.may_begin or not bounded or piece.end - run_start > limit:
            run_start = piece.start
            piece = piece._replace(may_begin=True)  # noqa: PLW2901
        bounded.append(piece)
    return bounded


def _windows(pieces: Sequence[_Piece], options: ChunkOptions) -> Iterator[tuple[int, int, int]]:
    """For each passage: the numbers of its first piece, of its first piece that is new, and of the one after it."""
    first = fresh = 0
    while fresh < len(pieces):
        after = _end_of_passage(pieces, first, fresh, options)
        yield first, fresh, after
        if after < len(pieces):
            first = _start_of_overlap(pieces, fresh, after, options)
        fresh = after


def _end_of_passage(pieces: Sequence[_Piece], first: int, fresh: int, options: ChunkOptions) -> int:
    start = pieces[first].start
    if pieces[-1].end - start <= options.maximum:
        return len(pieces)
    best, best_rank = fresh + 1, (-1, False, 0, 0)
    for after in range(fresh + 1, len(pieces)):
        size = pieces[after - 1].end - start
        if size > options.maximum:
            break
        if not pieces[after].may_begin:
            continue
        left = pieces[-1].end - pieces[after].start
        if size >= options.minimum:
            rank = (1, left >= options.maximum_overlap, pieces[after].strength, size)
        else:
            rank = (0, False, 0, size)
        if rank > best_rank:
            best, best_rank = after, rank
    return best


def _start_of_overlap(pieces: Sequence[_Piece], fresh: int, after: int, options: ChunkOptions) -> int:
    """The first piece of the next passage: far enough back for the overlap, if what is new still fits."""
    run_end = after + 1
    while run_end < len(pieces) and not pieces[run_end].may_begin:
        run_end += 1
    border, first = pieces[after - 1].end, after
    while first > fresh:
        start = pieces[first - 1].start
        if border - start > options.maximum_overlap or pieces[run_end - 1].end - start > options.maximum:
            break
        first -= 1
        if border - start >= options.minimum_overlap and pieces[first].strength != _WITHIN_BLOCK:
            break
    return first


def _header_before(text: str, block: Block, start: int) -> str:
    """The header of the table ``block`` if it ends before ``start``."""
    header = table_header(text, block.start, block.end) if block.kind == "table" else None
    return text[header.start : header.end] if header is not None and header.end <= start else ""


def _block_parts(pieces: Sequence[_Piece], document: ParsedDocument) -> list[BlockPart]:
    parts: list[BlockPart] = []
    last_block = -1
    for piece in pieces:
        if piece.block == last_block:
            parts[-1] = parts[-1]._replace(end=piece.end)
        else:
            block = document.blocks[piece.block]
            header = table_header(document.text, block.start, block.end) if block.kind == "table" else None
            parts.append(BlockPart(piece.start, piece.end, piece.kind, header))
        last_block = piece.block
    return parts
