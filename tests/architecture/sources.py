"""The files of this checkout as the architecture rules see them: tracked by git, or new and not ignored."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Every folder with Python that is installed, by where its package is found.
ROOMS = {
    "activities": "activities",
    "adapters": "adapters",
    "answerable_sdk": "sdk/answerable_sdk",
    "api": "api",
    "bootstrap": "bootstrap",
    "cli": "cli",
    "domain": "domain",
    "eval": "eval",
    "migrations": "migrations",
    "packs": "packs",
    "workers": "workers",
    "workflows": "workflows",
}
# Folders with Python that is run from the checkout and never installed.
NOT_INSTALLED = {"bench", "chaos", "deploy", "docs", "scripts", "tests"}


@dataclass(frozen=True)
class Violation:
    """One breach of a rule; str() of it is the line that a failing test prints."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Where and what, in the form that editors jump to."""
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Source:
    """One Python file. ``path`` is relative to the root of the checkout, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.path)

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        path = self.path.removeprefix("sdk/").removesuffix(".py").removesuffix("/__init__")
        return path.replace("/", ".")

    @property
    def room(self) -> str:
        return self.module.partition(".")[0]

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for: ``dt`` → ``datetime`` after ``import datetime as dt``."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    names[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{self.absolute(node)}.{alias.name}"
        return names

    def absolute(self, node: ast.ImportFrom) -> str:
        """The module that a from-import reads, a relative one resolved."""
        if not node.level:
            return node.module or ""
        package = self.module.split(".")
        if not self.path.endswith("__init__.py"):
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, node.module] if node.module else package)

    def dotted(self, node: ast.AST) -> str | None:
        """The full name of an expression like ``dt.datetime.now``, or None when it is no plain name."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else None
        return None

    def violation(self, node: ast.AST, message: str) -> Violation:
        return Violation(self.path, getattr(node, "lineno", 1), message)


@cache
def paths() -> tuple[str, ...]:
    """Every file that is, or could be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted({path for path in listed.split("\0") if path and (ROOT / path).is_file()}))


@cache
def load(path: str) -> Source:
    return Source(path, (ROOT / path).read_text(encoding="utf-8"))


def sources(*rooms: str) -> Iterator[Source]:
    """Every Python file of the named rooms; of the whole checkout when none is named."""
    folders = tuple(ROOMS.get(room, room) + "/" for room in rooms)
    for path in paths():
        if path.endswith(".py") and (not rooms or path.startswith(folders)):
            yield load(path)


def assert_none(violations: Iterator[Violation]) -> None:
    """Fail with one line for each breach."""
    found = [str(violation) for violation in violations]
    assert not found, "\n" + "\n".join(found)
