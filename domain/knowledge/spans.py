"""Cutting the text of a passage into spans: what is small enough to be embedded without losing its end."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.knowledge.headings import PATH_SEPARATOR, Outline
from domain.knowledge.parsed import BlockKind
from domain.knowledge.passage import Span
from domain.knowledge.splitting import Range, cuts_for, split

SHORTEST: Final = 200
TARGET: Final = 600
LONGEST: Final = 900
# A printed page breaks words at its line ends; the halves mean nothing to a model.
_BROKEN_WORD: Final = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zß-ÿ])")
_TABLE_RULE: Final = re.compile(r"[ \t]*+\|?[ \t]*+:?-[-:| \t]*+(?:\n|\Z)")
_HEADER_CHARACTERS: Final = 200
_MAX_HEADER_SOURCE: Final = 2_000
_TITLE_CHARACTERS: Final = 120
_PATH_CHARACTERS: Final = 160


class BlockPart(NamedTuple):
    """A block, or the part of it that lies within one passage; ``header`` is the first row of its table."""

    start: int
    end: int
    kind: BlockKind
    header: Range | None = None


def spans_of(text: str, parts: Sequence[BlockPart], title: str, outline: Outline) -> Iterator[Span]:
    """The spans that cover ``parts``, in order: whole blocks where they fit, sentences or lines where not.

    A span never reaches over a heading; headings stand at its beginning only. Rows of a table that stand in another
    span than its header are embedded with it.
    """
    for headings, body in _sections(parts):
        opening = split(text, headings[0].start, headings[-1].end, LONGEST, ()) if headings else []
        atoms = [atom for part in body for atom in _atoms(text, part)]
        for covered in _packed([*opening, *atoms]):
            body_start = max(covered.start, headings[-1].end) if headings else covered.start
            context = (*_context(title, outline.path_at(covered.end - 1)), _header_above(text, body, covered.start))
            own = _BROKEN_WORD.sub("", text[body_start : covered.end].strip())
            yield Span(start=covered.start, end=covered.end, text="\n".join(filter(None, (*context, own))))


def table_header(text: str, start: int, end: int) -> Range | None:
    """The first row of the table ``text[start:end]`` if it is marked as one and short enough to be repeated."""
    # A row longer than is repeated is none, so no more of it is looked at: a cell may hold megabytes.
    opening = text[start : min(end, start + _MAX_HEADER_SOURCE)]
    row, line_end, _ = opening.lstrip().partition("\n")
    if not line_end or "|" not in row or len(row) > _HEADER_CHARACTERS or not any(map(str.isalnum, row)):
        return None
    first = start + len(opening) - len(opening.lstrip())
    ruled = _TABLE_RULE.match(text, first + len(row) + 1, min(end, first + _MAX_HEADER_SOURCE))
    return Range(first, first + len(row)) if ruled else None


def _header_above(text: str, body: Sequence[BlockPart], at: int) -> str:
    for part in body:
        if part.header is not None and part.start <= at < part.end and at >= part.header.end:
            return text[part.header.start : part.header.end]
    return ""


def _sections(parts: Iterable[BlockPart]) -> Iterator[tuple[list[BlockPart], list[BlockPart]]]:
    headings: list[BlockPart] = []
    body: list[BlockPart] = []
    for part in parts:
        if part.kind != "heading":
            body.append(part)
            continue
        if body:
            yield headings, body
            headings, body = [], []
        headings.append(part)
    if headings or body:
        yield headings, body


def _atoms(text: str, part: BlockPart) -> list[Range]:
    cuts = cuts_for(part.kind)
    if part.end - part.start <= LONGEST:
        return split(text, part.start, part.end, LONGEST, cuts)
    return split(text, part.start, part.end, TARGET, cuts)


def _packed(atoms: Iterable[Range]) -> list[Range]:
    packed: list[Range] = []
    for atom in atoms:
        last = packed[-1] if packed else None
        together = atom.end - last.start if last else 0
        short = last is not None and (last.size < SHORTEST or atom.size < SHORTEST)
        if last is not None and together <= (LONGEST if short else TARGET):
            packed[-1] = Range(last.start, atom.end)
        else:
            packed.append(atom)
    return packed


def _context(title: str, path: tuple[str, ...]) -> tuple[str, str]:
    """Title and heading path, cut so that they leave room for the text; no title twice."""
    below = path[1:] if path and path[0] == title else path
    return title[:_TITLE_CHARACTERS], PATH_SEPARATOR.join(below)[-_PATH_CHARACTERS:]
