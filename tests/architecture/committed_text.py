"""Rules for every committed text: it names no package registry and no folder of one machine; versions are exact."""

import re
from collections.abc import Iterator
from typing import Final

from tests.architecture.sources import Violation

# Written with groups, so that this file does not match itself.
REGISTRY = re.compile(r"(?:files\.)(?:pythonhosted)\.org|(?:pypi\.)(?:org/simple)|(?:registry\.)(?:npmjs|yarnpkg)\.")
MACHINE_PATH = re.compile(
    r"(?<![\w.~/*)}\]-])/(?:root|work|home/\w+|Users/\w+|opt/\w+|tmp)(?:/|\b)(?=[\w./-])|\b[A-Z]:\\\\?(?:Users)"
)
INDEX_OPTION = re.compile(
    r"\A\s*(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host)\b|@\s*(?:https?|file|git)"
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
UNHASHED: Final = frozenset({"torch"})
"""Its builds come from several places; scripts/setup.sh installs it by itself."""
EXACT = re.compile(r"[a-z0-9][a-z0-9.-]*(?:\[[a-z0-9,-]+\])?==[0-9][0-9a-z.]*(?: ; .+)?", re.IGNORECASE)
BINARY: Final = (".gif", ".gz", ".ico", ".jpg", ".jpeg", ".pdf", ".png", ".docx", ".woff2", ".zip", ".f32")
# A licence is quoted, not written.
QUOTED: Final = ("LICENSE",)


def is_text(path: str) -> bool:
    return not path.endswith(BINARY) and path not in QUOTED


def machine_traces(path: str, text: str) -> Iterator[Violation]:
    """Addresses of package registries and absolute paths that exist only where somebody worked."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, what in ((REGISTRY, "a package registry"), (MACHINE_PATH, "a folder of one machine")):
            if found := pattern.search(line):
                yield Violation(path, number, f"names {what}: {found.group()}")


def loose_requirements(path: str, text: str) -> Iterator[Violation]:
    """Lines of a requirement file that are not ``name==version``, a comment, or ``-r`` another one."""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.removesuffix(" \\").strip()
        if (
            not stripped
            or stripped.startswith("#")
            or HASH.fullmatch(stripped)
            or re.fullmatch(r"-r \w+\.txt", stripped)
        ):
            continue
        if INDEX_OPTION.search(stripped) or not EXACT.fullmatch(stripped):
            yield Violation(path, number, f"not an exact version: {stripped}")


def unhashed_requirements(path: str, text: str) -> Iterator[Violation]:
    """Pins behind which no digest stands, though anybody could put another file under their name."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if "==" not in line or line.lstrip().startswith("#") or line.partition("==")[0] in UNHASHED:
            continue
        following = lines[number].removesuffix(" \\").strip() if number < len(lines) else ""
        if not line.endswith(" \\") or not HASH.fullmatch(following):
            yield Violation(path, number, f"no digest: {line}")


def pins(text: str) -> dict[str, str]:
    """Name → version of a requirement file, extras and markers dropped, names normalised."""
    found = {}
    for line in text.splitlines():
        if "==" in line and not line.lstrip().startswith("#"):
            name, _, version = line.partition(";")[0].partition("==")
            found[re.sub(r"[-_.]+", "-", name.partition("[")[0].strip().lower())] = version.rstrip("\\").strip()
    return found
