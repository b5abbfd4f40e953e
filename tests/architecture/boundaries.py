"""Rules about who may touch what: third-party libraries, the environment, SQL, and names that say nothing."""

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from tests.architecture.sources import NOT_INSTALLED, ROOMS, Source, Violation

# What a room may import besides the standard library. Directions between rooms: import-linter, in pyproject.toml.
PURE_ROOMS: Final[Mapping[str, frozenset[str]]] = {
    "domain": frozenset({"pydantic", "domain"}),
    "activities": frozenset({"pydantic", "temporalio", "activities", "domain"}),
    "workflows": frozenset({"pydantic", "temporalio", "activities", "domain", "workflows"}),
}
# Files outside bootstrap/settings.py that may read the environment, each with its reason.
READS_THE_ENVIRONMENT: Final[Mapping[str, str]] = {
    "adapters/embedders/sentence_transformers.py": "HF_HUB_OFFLINE keeps the libraries it loads off the network",
}
SETTINGS = "bootstrap/settings.py"
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"}
SQL_ROOMS = ("adapters/postgres/", "migrations/", "bootstrap/embedded", "tests/")
SQL_LIBRARIES = {"psycopg", "psycopg_pool", "pgvector", "sqlalchemy"}
SQL = re.compile(
    r"\A\s*(?:(?:SELECT\s|WITH\s+\w+\s+AS\s*\(|GRANT\s|REVOKE\s)|"
    r"(?i:insert\s+into\s|delete\s+from\s|update\s+[\w.]+\s+set\s|truncate\s+table\s|(?:create|alter|drop)\s+"
    r"(?:table|index|role|schema|extension|policy|database|type|function)\s))"
)
SELECT_FROM = re.compile(r"\A\s*select\s.+\sfrom\s+\w+(?:\s+(?:where|join|order|limit|as)\s|\s*\Z)", re.DOTALL)
OWN_DISTRIBUTIONS = {"answerable", "answerable-sdk"}
EMPTY_NAMES = {"common", "helper", "helpers", "misc", "shared", "util", "utils"}


def imports(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement with the module it reads, relative ones resolved."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, source.absolute(node)


def foreign_imports(source: Source) -> Iterator[Violation]:
    """Imports of a pure room beyond its list."""
    allowed = PURE_ROOMS[source.room]
    for node, module in imports(source):
        top = module.partition(".")[0]
        if top not in allowed and top not in sys.stdlib_module_names:
            yield source.violation(node, f"{source.room} imports {top}")


def undeclared_imports(
    source: Source, providers: Mapping[str, Sequence[str]], declared: Collection[str]
) -> Iterator[Violation]:
    """Imports of a library that is installed only because another one needs it.

    ``providers``: top-level module → the distributions it comes from; ``declared``: names in requirements/*.in.
    """
    for node, module in imports(source):
        top = module.partition(".")[0]
        names = {re.sub(r"[-_.]+", "-", name.lower()) for name in providers.get(top, ())} - OWN_DISTRIBUTIONS
        if names and not names & set(declared):
            yield source.violation(node, f"{top} is not in requirements/*.in")


def environment_reads(source: Source) -> Iterator[Violation]:
    """References to the process environment, and settings classes, which read it too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = source.dotted(node)
            if name in ENVIRONMENT or name == "pydantic_settings.BaseSettings":
                yield source.violation(node, f"{name} outside {SETTINGS}")


def may_read_the_environment(source: Source) -> bool:
    return source.path == SETTINGS or source.path in READS_THE_ENVIRONMENT or source.path.startswith("tests/")


def stray_sql(source: Source) -> Iterator[Violation]:
    """Database drivers and SQL texts, to be used only where ``may_hold_sql``."""
    for node, module in imports(source):
        if module.partition(".")[0] in SQL_LIBRARIES:
            yield source.violation(node, f"imports {module}; the database is reached through adapters/postgres")
    prose = set(_docstrings(source.tree))
    for literal in ast.walk(source.tree):
        if not isinstance(literal, ast.Constant) or not isinstance(literal.value, str) or literal in prose:
            continue
        if SQL.match(literal.value) or SELECT_FROM.match(literal.value):
            yield source.violation(literal, "SQL outside adapters/postgres")


def may_hold_sql(source: Source) -> bool:
    return source.path.startswith(SQL_ROOMS)


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def empty_names(path: str) -> Iterator[Violation]:
    """Modules and folders whose name does not say what is in them."""
    parts = PurePosixPath(path).with_suffix("").parts
    for part in parts:
        if part.lower().strip("_") in EMPTY_NAMES:
            yield Violation(path, 1, f"{part} does not say what it holds")


def unknown_folders(paths: tuple[str, ...]) -> Iterator[Violation]:
    """Python files in a folder that is neither a room nor known as not installed."""
    for path in paths:
        top = path.partition("/")[0]
        known = path.startswith(tuple(f"{folder}/" for folder in ROOMS.values())) or top in NOT_INSTALLED
        if path.endswith(".py") and not known:
            yield Violation(path, 1, f"{top} is no room; add it to tests/architecture/sources.py and pyproject.toml")


def uninstalled_folders(paths: tuple[str, ...]) -> Iterator[Violation]:
    """Folders of modules without __init__.py, which an installation leaves out."""
    present = set(paths)
    for path in paths:
        folder = path.rpartition("/")[0]
        in_room = path.startswith(tuple(f"{room}/" for room in ROOMS.values()))
        is_versions = folder == "migrations/versions"  # Alembic loads these by path
        if path.endswith(".py") and in_room and not is_versions and f"{folder}/__init__.py" not in present:
            yield Violation(path, 1, f"{folder} has no __init__.py")
