"""A virtual environment for each peer, under build/: its packages never meet ours."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from rich.console import Console

SCRIPTS: Final = Path(__file__).parent / "peers"
_ENVIRONMENTS: Final = Path(__file__).parents[1] / "build" / "peers"
_STAMP: Final = ".ready"


def ensured(name: str, console: Console) -> Path:
    """The interpreter of a peer's environment, which is made first when it is not there or not as required.

    Raises RuntimeError with what pip said.
    """
    requirements = SCRIPTS / f"requirements-{name}.txt"
    environment = _ENVIRONMENTS / name
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode() + bytes(environment)).hexdigest()
    stamp = environment / _STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    with console.status(f"installing {name} into {environment} (once)"):
        venv.create(environment, clear=True, with_pip=True)
        # The one that is built for this machine, before anything asks for another.
        torch = next(line for line in requirements.read_text().splitlines() if line.startswith("torch=="))
        for arguments in ([torch], ["--requirement", str(requirements)]):
            _install(python, arguments)
    stamp.write_text(wanted)
    return python


def _install(python: Path, arguments: list[str]) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[3:])} failed:\n{done.stderr.strip()[-2_000:]}")
