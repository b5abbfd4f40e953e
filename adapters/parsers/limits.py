"""How much of anything a document may hold."""

from pathlib import Path
from typing import Final

from adapters.confined.process_limits import MIB
from domain.errors import DocumentTooLargeError

MOST_CHARACTERS: Final = 20_000_000
MOST_PAGES: Final = 10_000
MOST_COLUMNS: Final = 10_000
MOST_CELL_CHARACTERS: Final = 1_000_000
DEEPEST_NESTING: Final = 400
MOST_UNPACKED_BYTES: Final = 256 * MIB
_MOST_BYTES_A_CHARACTER: Final = 4


def bounded_bytes(path: Path, name: str) -> bytes:
    """The bytes of a text document, unless there are more than the most characters can take in any encoding."""
    if path.stat().st_size > MOST_CHARACTERS * _MOST_BYTES_A_CHARACTER:
        raise _too_long(name)
    return path.read_bytes()


def check_characters(count: int, name: str) -> None:
    """Raises DocumentTooLargeError when a document's text is longer than the rest of an ingest can take."""
    if count > MOST_CHARACTERS:
        raise _too_long(name)


def _too_long(name: str) -> DocumentTooLargeError:
    return DocumentTooLargeError(
        f"'{name}' holds more than {MOST_CHARACTERS:,} characters of text. Split it into several documents.",
        most_characters=MOST_CHARACTERS,
    )
