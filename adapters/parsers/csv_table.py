"""CSV and its relatives: one table, whatever separates its cells."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from adapters.parsers.decoding import decode
from adapters.parsers.document_text import DocumentText
from adapters.parsers.limits import MOST_CELL_CHARACTERS, MOST_COLUMNS, bounded_bytes, check_characters
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "csv/1"
_SEPARATORS: Final = (",", ";", "\t", "|")
_ROWS_TO_GUESS: Final = 50
_CHARACTERS_TO_GUESS: Final = 64 * 1024


class CsvParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        separator = _separator(decoded.text[:_CHARACTERS_TO_GUESS])
        text = DocumentText(name)
        text.table(list(_rows(decoded.text, separator, name)))
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
