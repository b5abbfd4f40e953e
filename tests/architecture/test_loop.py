"""What every test run loads stays small: clients of servers are loaded by the folders that use them."""

import pytest

from tests.architecture.sources import ROOMS, Source, load

LOADED_BY_ALL = ("tests/conftest.py", "tests/fixtures/loading.py")


def heavy(source: Source) -> list[str]:
    """Imports of our own code or of its fixtures, and plugins that are named for all runs."""
    tops = [name for name in source.names.values() if name.partition(".")[0] in {*ROOMS, "tests"}]
    return tops + ["pytest_plugins"] * ("pytest_plugins" in source.text)


@pytest.mark.parametrize("path", LOADED_BY_ALL)
def test_what_all_runs_load_imports_nothing_of_ours(path: str) -> None:
    assert heavy(load(path)) == []


@pytest.mark.parametrize(
    "bad", ["from tests.fixtures.stack import stack", "import bootstrap.settings", 'pytest_plugins = ["a"]']
)
def test_a_heavy_import_is_found(bad: str) -> None:
    assert heavy(Source("tests/conftest.py", bad))
