"""What killed workers leave on disk."""

import os
import subprocess
import sys
from pathlib import Path

from adapters.document_processes.leftovers import remove_leftovers


def test_only_folders_of_workers_that_no_longer_run_are_removed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    left = tmp_path / f"answerable-parse-{ended.pid}-abc"
    kept = [
        tmp_path / f"answerable-parse-{os.getpid()}-abc",
        tmp_path / "answerable-parse-notes",
        tmp_path / "other-1-a",
    ]
    for folder in (left, *kept):
        folder.mkdir()
        (folder / "source").write_text("text")
    remove_leftovers(tmp_path)
    assert not left.exists()
    assert all(folder.exists() for folder in kept)
