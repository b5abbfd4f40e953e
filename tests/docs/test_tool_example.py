"""The tool in the README can be copied into a pack and answers its question."""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.timeframes.reader import DateparserTimeframes
from domain.packs.tool_arguments import Moment, ToolPlanner
from tests.architecture.sources import ROOT
from tests.docs.pages import pages

MANIFEST = """
from answerable_sdk.packs import Pack, Source
from readme_packs.one.tools import TOOLS
SOURCES = (Source(kind="folder", path="howto"),)
PACK = Pack(id="one", display_name="One", description="One.", sources=SOURCES, tools=TOOLS)
"""
QUESTION = "What is the seat price of the business plan?"


def test_the_tool_of_the_readme_is_chosen_and_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = (
        block for page in pages() if page.path == "README.md" for block in page.blocks if "python" in block.info
    )
    folder = tmp_path / "readme_packs" / "one"
    (folder / "howto").mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "tools.py").write_text(example.text, encoding="utf-8")
    (folder / "pack.py").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    tools = InstalledPacks("readme_packs", announced=()).tools()
    planner = ToolPlanner(DateparserTimeframes(), JsonSchemaValidator())

    plan = planner.plan(QUESTION, tools, Moment(datetime(2026, 12, 1, tzinfo=UTC), "UTC"))

    (call,) = plan.calls
    assert QUESTION in (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", " ")
    assert import_module("readme_packs.one.tools").seat_price(**call.arguments) == {"euros_per_seat": 19.0}
