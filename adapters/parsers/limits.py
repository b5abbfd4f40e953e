"""How much of anything a document may hold, and how much its parser may use."""

from typing import Final

from pydantic import Field

from domain.base import Value
from domain.errors import DocumentTooLargeError

MIB: Final = 1024 * 1024
MOST_CHARACTERS: Final = 20_000_000
MOST_PAGES: Final = 10_000
MOST_COLUMNS: Final = 10_000
MOST_CELL_CHARACTERS: Final = 1_000_000
DEEPEST_NESTING: Final = 400
MOST_UNPACKED_BYTES: Final = 256 * MIB


class ProcessLimits(Value):
    """What the process that parses one document may use. Below 512 MiB of address space parsers fail or hang."""

    cpu_seconds: int = Field(default=60, ge=1)
    wall_seconds: float = Field(default=120.0, gt=0)
    memory_bytes: int = Field(default=1024 * MIB, ge=512 * MIB)
    file_bytes: int = Field(default=512 * MIB, ge=MIB)
    open_files: int = Field(default=64, ge=16)


def check_characters(count: int, name: str) -> None:
    """Raises DocumentTooLargeError when a document's text is longer than the rest of an ingest can take."""
    if count > MOST_CHARACTERS:
        raise DocumentTooLargeError(
            f"'{name}' holds more than {MOST_CHARACTERS:,} characters of text. Split it into several documents.",
            most_characters=MOST_CHARACTERS,
        )
