"""Write the digests of every file of each pinned release into requirements/*.txt: scripts/audit.sh hashes.

All files, so that one list serves every system and every Python. torch has none: a CPU build, the one with CUDA and
those of other systems come from different places, and which of them is wanted is the installer's choice (README).
"""

import re
import sys
from pathlib import Path
from typing import Any

import hashin  # type: ignore[import-not-found] - in the environment of the audit only

UNHASHED = {"torch"}
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)")


def main(paths: list[str]) -> None:
    for path in map(Path, paths):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("    --hash=")]
        path.write_text("\n".join(hashed(line.rstrip("\\ ")) for line in lines) + "\n", encoding="utf-8")


def hashed(line: str) -> str:
    pin = PIN.match(line)
    if pin is None or pin[1].lower() in UNHASHED:
        return line
    found: dict[str, Any] = hashin.get_package_hashes(package=pin[1], version=pin[2], algorithm="sha256")
    digests = sorted({one["hash"] for one in found["hashes"]})
    return " \\\n".join([line, *(f"    --hash=sha256:{digest}" for digest in digests)])


if __name__ == "__main__":
    main(sys.argv[1:])
