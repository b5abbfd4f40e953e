"""CSV and its relatives: one table, whatever separates its cells."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import Final

from adapters.parsers.decoding import decode
from adapters.parsers.document_text import DocumentText
from adapters.parsers.limits import MOST_CELL_CHARACTERS, MOST_COLUMNS, bounded_bytes, check_characters
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "csv/2"
_SEPARATORS: Final = (",", ";", "\t", "|")
_ROWS_TO_GUESS: Final = 50
_CHARACTERS_TO_GUESS: Final = 64 * 1024
_MAX_CAPTIONS: Final = 20
_WIDE_ENOUGH: Final = 3
"""Columns of a table in which a filled first cell alone is no row of it: of two, one may well be empty."""


class CsvParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        separator = _separator(decoded.text[:_CHARACTERS_TO_GUESS])
        text = DocumentText(name)
        rows = list(_rows(decoded.text, separator, name))
        captions = _captions(rows)
        for caption in captions:
            text.paragraph(caption)
        text.table(rows[len(captions) :])
        return text.finish(
            PurePosixPath(name).stem or None, "text/csv", PARSER, encoding=decoded.encoding, separator=separator
        )


def _rows(text: str, separator: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            cells = max(cells, len(row))
            if cells > MOST_COLUMNS:
                raise DocumentTooLargeError(
                    f"'{name}' has more than {MOST_COLUMNS:,} columns. Split it into narrower tables.",
                    line=reader.line_num,
                )
            yield row
    except csv.Error as error:
        raise _refusal(text, name, reader.line_num) from error


def _captions(rows: Sequence[Sequence[str]]) -> list[str]:
    """What stands alone in the first rows: the names of a report, above the header of its table."""
    width = max(map(len, rows), default=0)
    first = list(takewhile(lambda row: _stands_alone(row, width), rows[:_MAX_CAPTIONS]))
    return ["".join(row).strip() for row in first] if len(first) < len(rows) else []


def _stands_alone(row: Sequence[str], width: int) -> bool:
    filled = sum(1 for cell in row if cell.strip())
    is_short = len(row) <= 1 < width or width >= _WIDE_ENOUGH
    return is_short and (filled == 0 or (filled == 1 and bool(row[0].strip())))


def _refusal(text: str, name: str, line: int) -> DocumentTooLargeError | CorruptDocumentError:
    if len(text) > MOST_CELL_CHARACTERS:
        return DocumentTooLargeError(
            f"'{name}' has a cell of more than {MOST_CELL_CHARACTERS:,} characters near line {line}. "
            "Look for a quotation mark that is never closed, or split the table.",
            line=line,
        )
    return CorruptDocumentError(f"'{name}' cannot be read as CSV near line {line}. Export it again.", line=line)


def _separator(sample: str) -> str:
    """The sign that cuts the first rows into the most columns of the same number."""
    return max(_SEPARATORS, key=lambda sign: _evenness(sample, sign))


def _evenness(sample: str, sign: str) -> tuple[float, int]:
    try:
        rows = [
            row for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=sign), _ROWS_TO_GUESS) if row
        ]
    except csv.Error:
        return 0.0, 0
    widths = Counter(map(len, rows))
    if not widths:
        return 0.0, 0
    width, often = max(widths.items(), key=lambda entry: (entry[0] > 1, entry[1]))
    return (often / len(rows), width) if width > 1 else (0.0, 0)
