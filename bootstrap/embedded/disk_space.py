"""Whether there is room for the data, before a start and as the cause of a failure."""

import shutil
from contextlib import suppress
from pathlib import Path

from bootstrap.errors import StartupError

MEGABYTE = 1024 * 1024
NEEDED_MEGABYTES = 250
"""What a first start writes: the database with its log, Temporal's file, the demo documents, and some to spare."""
_FULL_MEGABYTES = 24
"""Less than this is why something failed: PostgreSQL alone asks for 16 at a time."""


def check_space(path: Path) -> None:
    """Raise StartupError when the disk of ``path`` (which need not exist yet) has no room for a start."""
    free = _free_megabytes(path)
    if free < NEEDED_MEGABYTES:
        cause = f"only {free} MB are free on the disk of {path} and a start needs {NEEDED_MEGABYTES}"
        raise StartupError("The data directory", f"{cause}; free some space or choose another with --data-dir")


def full_disk(path: Path) -> str | None:
    """One sentence when the disk of ``path`` is full, which then is the cause of whatever failed; else None."""
    free = _free_megabytes(path)
    if free >= _FULL_MEGABYTES:
        return None
    return f"The disk of {path} is full ({free} MB free): free some space and start again; no data was lost."


def _free_megabytes(path: Path) -> int:
    for folder in (path, *path.parents):
        # Absent, or closed to this user: then the folder above it tells.
        with suppress(OSError):
            return shutil.disk_usage(folder).free // MEGABYTE
    return NEEDED_MEGABYTES
