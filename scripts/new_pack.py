"""Make a new pack in this checkout, as ``answerable packs new`` does.

Usage: python scripts/new_pack.py --pack_id mypack --display_name "My Pack"
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cli.connection import Problem
from cli.new_pack import new_pack


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a new pack in this checkout.")
    parser.add_argument("--pack_id", required=True, help="lower-case letters, digits and underscores")
    parser.add_argument("--display_name", required=True, help="what people call it")
    wanted = parser.parse_args()
    try:
        made = new_pack(wanted.pack_id, wanted.display_name, Path(__file__).parents[1])
    except Problem as problem:
        sys.stderr.write(f"{problem.message}\n")
        return problem.code
    sys.stdout.write("".join(f"made {path}\n" for path in made.files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
