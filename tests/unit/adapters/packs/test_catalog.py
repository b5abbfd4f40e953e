"""A pack that cannot be used stops the start, which names its file and its field."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from adapters.packs.catalog import ENTRY_POINTS, InstalledPacks, PackInvalidError

GOOD = """
from answerable_sdk.packs import Pack, Source
PACK = Pack(id="{id}", display_name="One", description="One.", sources=(Source(kind="folder", path="howto"),){more})
"""
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a package with one pack for each text, and return its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def written(*manifests: str, howto: bool = True) -> str:
        package = f"packs_{uuid4().hex}"
        for number, text in enumerate(manifests):
            folder = tmp_path / package / f"one{number}"
            (folder / "howto").mkdir(parents=True) if howto else folder.mkdir(parents=True)
            (folder / "__init__.py").touch()
            (folder / "pack.py").write_text(text, encoding="utf-8")
        (tmp_path / package / "__init__.py").touch()
        return package

    return written


def refused(package: str) -> PackInvalidError:
    with pytest.raises(PackInvalidError) as error:
        InstalledPacks(package, announced=())
    return error.value


def good(name: str = "one", more: str = "") -> str:
    return GOOD.format(id=name, more=more)


def tool(schema: str, query: str) -> str:
    connector = f"{{'kind': 'sql_readonly', 'query': '{query}'}}"
    return f", tools=({{'name': 'count', 'description': 'x', 'schema': {schema}, 'connector': {connector}}},)"


EMPTY = "{'type': 'object', 'properties': {}, 'additionalProperties': False}"
BAD = "{'type': 'object', 'properties': {'a': {'type': 'nonsense'}}, 'additionalProperties': False}"


@pytest.mark.parametrize(
    ("manifests", "howto", "field"),
    [
        ((good(), good()), True, "id"),
        ((good("Not An Id"),), True, "id"),
        ((good(),), False, "sources.0.path"),
        ((good(more=tool(BAD, "a.sql")),), True, "tools.0.schema"),
        ((good(more=tool(EMPTY, "a.sql")),), True, "tools.0.connector.query"),
        (("import nothing_of_this_name",), True, ""),
        (("1 +",), True, ""),
        (("PACK = 7",), True, "PACK"),
    ],
)
def test_a_bad_pack_is_refused_with_file_and_field(
    write: Write, manifests: tuple[str, ...], howto: bool, field: str
) -> None:
    error = refused(write(*manifests, howto=howto))
    assert error.details["field"] == field
    assert "pack.py" in str(error.details["file"])


def test_a_package_that_announces_itself_is_found(write: Write) -> None:
    package = write(good("other"))
    entry = EntryPoint("other", f"{package}.one0.pack:PACK", ENTRY_POINTS)
    packs = InstalledPacks(announced=(entry,))
    folders = InstalledPacks(announced=())
    assert set(packs.summaries()) - set(folders.summaries()) == {packs.summaries()[-1]}
    assert packs.summaries()[-1].pack_id == "other"


def test_a_pack_that_is_named_but_not_installed_is_told_once() -> None:
    packs = InstalledPacks()
    with capture_logs() as logs:
        packs.notice(["product_support", "gone"])
        packs.notice(["gone"])

    assert packs.missing() == ("gone",)
    assert [(one["event"], one["pack_id"], one["log_level"]) for one in logs] == [
        ("pack_not_installed", "gone", "warning")
    ]
