"""The staff handbook pack: what its manifest promises, and that nothing in it is for others."""

from pathlib import Path

from packs.staff_handbook import pack as manifest
from packs.staff_handbook.pack import PACK
from packs.staff_handbook.tools import leave_allowance

FOLDER = Path(manifest.__file__).parent


def test_the_manifest_names_the_pack_after_its_folder() -> None:
    assert FOLDER.name == PACK.id


def test_only_staff_may_use_it_and_its_documents_are_internal() -> None:
    assert PACK.roles == ("staff",)
    assert {source.visibility for source in PACK.sources} == {"internal"}
    assert not any(tool.roles for tool in PACK.tools)


def test_the_tool_says_what_the_document_says() -> None:
    text = (FOLDER / "howto" / "book-leave.md").read_text(encoding="utf-8")
    allowance = leave_allowance()
    assert f"{allowance['leave_days']} days of annual leave" in text
    assert allowance["carry_over_days"] == 5
    assert "Up to five days move into the next year" in text


def test_every_document_says_that_it_is_for_staff() -> None:
    documents = sorted((FOLDER / "howto").glob("*.md"))
    assert len(documents) == 3
    assert all("for the staff of Northwind Relay" in document.read_text(encoding="utf-8") for document in documents)
