"""How much of anything a document may hold."""

from pathlib import Path
from typing import Final

from adapters.confined.process_limits import MIB, ProcessLimits
from domain.knowledge.errors import DocumentTooLargeError

MOST_CHARACTERS: Final = 20_000_000
MOST_PAGES: Final = 10_000
MOST_COLUMNS: Final = 10_000
MOST_CELL_CHARACTERS: Final = 1_000_000
DEEPEST_NESTING: Final = 400
MOST_UNPACKED_BYTES: Final = 256 * MIB
MAX_BLOCKS: Final = 200_000
"""A book of a thousand pages has some 20,000 headings, paragraphs and lists."""
MAX_MARKUP: Final = 250_000
"""Lines, rows or elements that make a tree in memory before there are blocks to count: half a kilobyte each or more."""
MAX_TAGS: Final = 2_000_000
"""Of a Word document: a thousand pages with much formatting have a million and a half, and each costs microseconds."""
MAX_CELLS: Final = 2_000_000
_MOST_BYTES_A_CHARACTER: Final = 4
_BASE_CPU_SECONDS: Final = 15
_CPU_SECONDS_A_MIB: Final = 3


def budget_of(size: int, limits: ProcessLimits) -> ProcessLimits:
    """``limits`` with the processor time that a document of ``size`` bytes may take.

    Reading takes up to a second for a megabyte of a sensible document and cutting a third of one, so this is several
    times what any needs; a small document that takes a minute was made to.
    """
    seconds = _BASE_CPU_SECONDS + _CPU_SECONDS_A_MIB * size // MIB
    return limits.model_copy(update={"cpu_seconds": min(limits.cpu_seconds, seconds)})


def bounded_bytes(path: Path, name: str) -> bytes:
    """The bytes of a text document, unless there are more than the most characters can take in any encoding."""
    if path.stat().st_size > MOST_CHARACTERS * _MOST_BYTES_A_CHARACTER:
        raise _too_long(name)
    return path.read_bytes()


def check_characters(count: int, name: str) -> None:
    """Raises DocumentTooLargeError when a document's text is longer than the rest of an ingest can take."""
    if count > MOST_CHARACTERS:
        raise _too_long(name)


def check_blocks(count: int, name: str) -> None:
    """Raises DocumentTooLargeError when a document has more headings, paragraphs, lists and tables than is sensible."""
    check_structure(count, MAX_BLOCKS, "headings, paragraphs and lists", name)


def check_structure(count: int, most: int, what: str, name: str) -> None:
    """Raises DocumentTooLargeError when there are more than ``most`` of ``what`` in a document."""
    if count > most:
        raise DocumentTooLargeError(
            f"'{name}' has more than {most:,} {what}. Split it into several documents.", most=most
        )


def _too_long(name: str) -> DocumentTooLargeError:
    return DocumentTooLargeError(
        f"'{name}' holds more than {MOST_CHARACTERS:,} characters of text. Split it into several documents.",
        most_characters=MOST_CHARACTERS,
    )
