import tomllib
from importlib.metadata import packages_distributions
from typing import Any

import pytest

from tests.architecture import boundaries
from tests.architecture.committed_text import pins
from tests.architecture.sources import ROOMS, ROOT, Source, assert_none, load, paths, sources


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_pure_rooms_import_only_what_their_list_names() -> None:
    assert_none(v for s in sources(*boundaries.PURE_ROOMS) for v in boundaries.foreign_imports(s))


def test_every_library_that_is_imported_is_declared() -> None:
    runtime, dev = (pins((ROOT / f"requirements/{name}.in").read_text(encoding="utf-8")) for name in ("runtime", "dev"))
    providers = packages_distributions()
    assert_none(
        violation
        for source in sources()
        for violation in boundaries.undeclared_imports(
            source, providers, {*runtime} if source.room in ROOMS else {*runtime, *dev}
        )
    )


def test_only_the_settings_read_the_environment() -> None:
    files = (s for s in sources() if not boundaries.may_read_the_environment(s))
    assert_none(v for s in files for v in boundaries.environment_reads(s))


def test_every_exception_for_the_environment_is_still_needed() -> None:
    for path in boundaries.READS_THE_ENVIRONMENT:
        assert list(boundaries.environment_reads(load(path))), path


def test_sql_stands_only_in_the_postgres_adapter_the_migrations_and_the_embedded_server() -> None:
    files = (s for s in sources() if not boundaries.may_hold_sql(s))
    assert_none(v for s in files for v in boundaries.stray_sql(s))


def test_every_module_has_a_name_that_says_what_it_holds() -> None:
    assert_none(v for path in paths() if path.endswith(".py") for v in boundaries.empty_names(path))


def test_every_python_file_stands_in_a_known_folder() -> None:
    assert_none(boundaries.unknown_folders(paths()))


def test_every_folder_of_a_room_is_a_package() -> None:
    assert_none(boundaries.uninstalled_folders(paths()))


def test_every_room_is_installed_measured_and_under_the_import_contracts() -> None:
    tool = _pyproject()["tool"]
    assert set(tool["importlinter"]["root_packages"]) == set(ROOMS)
    assert set(tool["coverage"]["run"]["source_pkgs"]) == set(ROOMS) - {"migrations"}
    included = set(tool["setuptools"]["packages"]["find"]["include"])
    assert included == {name for room in set(ROOMS) - {"answerable_sdk"} for name in (room, f"{room}.*")}


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("domain/bad.py", "import structlog"),
        ("domain/bad.py", "from adapters.postgres import pool"),
        ("activities/bad.py", "from psycopg.rows import dict_row"),
        ("workflows/bad.py", "def f():\n    import httpx"),
        ("workflows/bad.py", "import adapters"),
    ],
)
def test_a_foreign_import_is_found(path: str, bad: str) -> None:
    assert list(boundaries.foreign_imports(Source(path, bad)))


def test_a_relative_import_belongs_to_its_own_room() -> None:
    assert not list(boundaries.foreign_imports(Source("domain/good.py", "from .base import Value\nimport json")))


def test_a_library_that_came_with_another_is_found() -> None:
    providers = {"starlette": ["starlette"], "fastapi": ["FastAPI"]}
    bad = Source("api/bad.py", "import fastapi\nfrom starlette.requests import Request")
    assert [v.line for v in boundaries.undeclared_imports(bad, providers, {"fastapi"})] == [2]


@pytest.mark.parametrize(
    "bad",
    [
        "import os\nx = os.environ.get('X')",
        "from os import environ as e\nx = e['X']",
        "import os as system\nx = system.getenv('X')",
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...",
    ],
)
def test_a_read_of_the_environment_is_found(bad: str) -> None:
    assert list(boundaries.environment_reads(Source("cli/bad.py", bad)))


@pytest.mark.parametrize(
    "bad",
    [
        "import psycopg",
        "from sqlalchemy.orm import Session",
        "q = 'SELECT 1'",
        "q = f'select a from {table} where id = 1'\nr = 'select id from turn where x = 1'",
        "q = '''\n  insert into turn (id) values (1)'''",
        "q = 'UPDATE turn SET state = 1'",
        "q = 'delete from turn '",
        "q = f'CREATE ROLE {name}'",
        "q = 'WITH live AS (SELECT 1)'",
    ],
)
def test_stray_sql_is_found(bad: str) -> None:
    assert list(boundaries.stray_sql(Source("api/bad.py", bad)))


@pytest.mark.parametrize(
    "good",
    [
        'def f():\n    """SELECT the best passages."""',
        "hint = 'Select a bot from the list.'",
        "hint = 'Update the document, then set its visibility.'",
        "hint = 'Create an API key'",
    ],
)
def test_prose_is_not_taken_for_sql(good: str) -> None:
    assert not list(boundaries.stray_sql(Source("api/good.py", good)))


@pytest.mark.parametrize("path", ["domain/utils.py", "adapters/shared/http.py", "tests/unit/_helpers.py"])
def test_an_empty_name_is_found(path: str) -> None:
    assert list(boundaries.empty_names(path))


def test_a_new_room_is_found_until_it_is_declared() -> None:
    assert list(boundaries.unknown_folders(("parlour/tea.py",)))
    assert not list(boundaries.unknown_folders(("domain/tea.py", "sdk/answerable_sdk/tea.py", "docs/tea.md")))


def test_a_folder_that_would_not_be_installed_is_found() -> None:
    assert list(boundaries.uninstalled_folders(("api/admin/users.py",)))
    assert not list(boundaries.uninstalled_folders(("api/admin/__init__.py", "api/admin/users.py")))
