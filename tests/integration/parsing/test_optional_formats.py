"""Formats that the optional library reads, through the same confined process as every other."""

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from adapters.document_processes.isolated import IsolatedParser
from domain.knowledge.errors import UnsupportedFormatError

INSTALLED = find_spec("unstructured") is not None
MODEL = find_spec("en_core_web_sm") is not None
needs_library = pytest.mark.skipif(
    not INSTALLED, reason="unstructured is not installed: pip install --no-deps -r requirements/unstructured.txt"
)
RTF = rb"{\rtf1\ansi {\pard \b First heading\par}{\pard A paragraph about keys.\par}}"
MAIL = b"From: a@example.test\nTo: b@example.test\nSubject: Keys\nMIME-Version: 1.0\n\nRotate the keys every year.\n"


def presentation(body: str = "") -> bytes:
    from pptx import Presentation

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1 if body else 5])
    slide.shapes.title.text = "Keys"
    if body:
        slide.placeholders[1].text = body
    table = slide.shapes.add_table(2, 2, 0, 0, 3_000_000, 1_000_000).table
    for number, words in enumerate(("Name", "Days", "Live", "90")):
        table.cell(number // 2, number % 2).text = words
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


def workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Name", "Days"])
    book.active.append(["Live", 90])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def parsed_text(parser: IsolatedParser, folder: Path, content: bytes, name: str) -> str:
    path = folder / "uploaded"
    path.write_bytes(content)
    return (await parser.parse(path, "application/octet-stream", name)).text


@needs_library
async def test_a_presentation_keeps_titles_and_tables(parser: IsolatedParser, tmp_path: Path) -> None:
    text = await parsed_text(parser, tmp_path, presentation(), "show.pptx")
    assert "# Keys" in text.split("\n")
    assert "| Name | Days |\n|---|---|\n| Live | 90 |" in text


@needs_library
async def test_a_workbook_is_tables(parser: IsolatedParser, tmp_path: Path) -> None:
    text = await parsed_text(parser, tmp_path, workbook(), "book.xlsx")
    assert text == "| Name | Days |\n|---|---|\n| Live | 90 |"


@needs_library
@pytest.mark.skipif(MODEL, reason="the language model is installed")
@pytest.mark.parametrize(("content", "name"), [(RTF, "x.rtf"), (MAIL, "x.eml"), (None, "x.pptx")])
async def test_a_missing_language_model_is_named_with_how_to_get_it(
    parser: IsolatedParser, tmp_path: Path, content: bytes | None, name: str
) -> None:
    with pytest.raises(UnsupportedFormatError, match="spacy download en_core_web_sm"):
        await parsed_text(parser, tmp_path, content or presentation("Rotate the keys"), name)


@needs_library
@pytest.mark.skipif(not MODEL, reason="the language model en_core_web_sm is not installed")
@pytest.mark.parametrize(("content", "name", "words"), [(RTF, "x.rtf", "about keys"), (MAIL, "x.eml", "every year")])
async def test_texts_that_need_the_language_model_are_read_with_it(
    parser: IsolatedParser, tmp_path: Path, content: bytes, name: str, words: str
) -> None:
    assert words in await parsed_text(parser, tmp_path, content, name)


@pytest.mark.skipif(INSTALLED, reason="unstructured is installed")
@pytest.mark.parametrize(("content", "name"), [(RTF, "x.rtf"), (RTF, "x.doc"), (MAIL, "x.eml"), (MAIL, "saved mail")])
async def test_without_the_library_the_message_names_what_to_install(
    parser: IsolatedParser, tmp_path: Path, content: bytes, name: str
) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"requirements/unstructured\.txt"):
        await parsed_text(parser, tmp_path, content, name)


@pytest.mark.skipif(INSTALLED, reason="unstructured is installed")
@pytest.mark.parametrize("member", ["ppt/presentation.xml", "xl/workbook.xml"])
async def test_office_files_are_known_by_what_is_in_them(parser: IsolatedParser, tmp_path: Path, member: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(member, "<x/>")
    with pytest.raises(UnsupportedFormatError, match=r"requirements/unstructured\.txt"):
        await parsed_text(parser, tmp_path, packed.getvalue(), "x.docx")
