"""Copies of documents that a worker had on disk when it was killed: they must not outlive it for long."""

import re
import shutil
from pathlib import Path
from typing import Final

import psutil

# Folders of documents that are being parsed carry the process id of their worker.
_FOLDER: Final = re.compile(r"answerable-parse-(\d+)-")


def remove_leftovers(temporary: Path) -> None:
    """Remove the folders of workers that no longer run, and nothing of those that do."""
    for folder in temporary.glob("answerable-parse-*"):
        worker = _FOLDER.match(folder.name)
        if worker is not None and not psutil.pid_exists(int(worker.group(1))):
            # Another worker that starts may be faster, and folders of other users stay theirs.
            shutil.rmtree(folder, ignore_errors=True)
