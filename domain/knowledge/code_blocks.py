"""Long blocks of code, written as several: a passage holds only so much, and what is cut out of a block of code without
its fences reads as prose."""

import re
from collections.abc import Iterator
from typing import Final

from domain.knowledge.parsed import Block, ParsedDocument
from domain.knowledge.splitting import cuts_for, split

MAX_CODE: Final = 4_000
"""Characters of a block that stays whole: it fits into a passage."""
_PIECE: Final = 1_900
_FENCE: Final = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)[^\n]*+\n")
_BACKTICKS: Final = re.compile("`{3,}+")
_MAX_OPENING: Final = 200
"""Characters of a fence and its language that every piece repeats; longer ones would multiply the document."""
_INDENTATION: Final = re.compile(r"^(?: {1,4}|\t)", re.MULTILINE)


def with_short_code(document: ParsedDocument) -> ParsedDocument:
    """The document with each block of more than MAX_CODE characters of code as blocks of a line or more, all fenced
    like the first. A line that is too long is cut as well; nothing but fences and line ends is added."""
    if not any(_is_long(block) for block in document.blocks):
        return document
    parts: list[str] = []
    blocks: list[Block] = []
    length = done = 0
    for block in document.blocks:
        gap = document.text[done : block.start]
        source = document.text[block.start : block.end]
        for piece in _pieces(source) if _is_long(block) else (source,):
            start = length + len(gap)
            length = start + len(piece)
            parts += (gap, piece)
            blocks.append(block.model_copy(update={"start": start, "end": length}))
            gap = "\n\n"
        done = block.end
    text = "".join((*parts, document.text[done:]))
    return document.model_copy(update={"text": text, "blocks": tuple(blocks)})


def _is_long(block: Block) -> bool:
    return block.kind == "code" and block.end - block.start > MAX_CODE


def _pieces(source: str) -> Iterator[str]:
    opening = _FENCE.match(source)
    if opening is None:
        first, fence, code = "```\n", "```", _INDENTATION.sub("", source)
    else:
        first, fence = opening.group().lstrip(), opening.group(1)
        code, _, last = source[opening.end() :].rpartition("\n")
        if not last.strip().startswith(fence):
            code = f"{code}\n{last}"
    bounded = len(first) <= _MAX_OPENING
    for found in split(code, 0, len(code), _PIECE, cuts_for("code")):
        line_start = code.rfind("\n", 0, found.start) + 1
        start = found.start if code[line_start : found.start].strip() else line_start
        piece = code[start : found.end]
        if not bounded:
            fence = _fence_for(piece)
            first = f"{fence}\n"
        yield f"{first}{piece}\n{fence}"


def _fence_for(piece: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(piece)), default=0)
    return "`" * max(3, longest + 1)
