"""Which parser reads which document: its bytes decide, its name and type only between kinds of text."""

import io
import zipfile
from pathlib import Path

import pytest

from adapters.parsers.registry import ParserRegistry
from domain.knowledge.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    EncryptedDocumentError,
    UnsupportedFormatError,
)
from domain.knowledge.parsed import ParsedDocument
from tests.fixtures.documents import docx, pdf
from tests.unit.adapters.parsers.reading import stored_words

PAGE = b"<!DOCTYPE html><html><body><p>Words</p></body></html>"
MAIL = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: Keys\r\nMIME-Version: 1.0\r\n\r\nWords"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.fixture
def registry() -> ParserRegistry:
    return ParserRegistry()


def parse(registry: ParserRegistry, folder: Path, content: bytes, media_type: str, name: str) -> ParsedDocument:
    path = folder / "uploaded"
    path.write_bytes(content)
    return registry.parse(path, media_type, name)


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "name", "parsed_as"),
    [
        (b"# Words", "text/markdown", "x", "text/markdown"),
        (b"# Words", "Text/Markdown; charset=utf-8", "x.txt", "text/markdown"),
        (b"# Words", "text/plain", "README.md", "text/markdown"),
        (b"# Words", "text/plain", "notes", "text/plain"),
        (b"# Words", "", "a/b/NOTES.TXT", "text/plain"),
        (b"# Words", "application/octet-stream", "guide.markdown", "text/markdown"),
        (b"key: Words", "", "settings.yaml", "text/plain"),
        (b"a,b\n1,Words", "", "x.csv", "text/csv"),
        (b'{"a": "Words"}', "application/vnd.api+json", "x", "application/json"),
        (b'{"a": "Words"', "", "x.txt", "text/plain"),
        (b"<p>Words", "text/html", "x", "text/html"),
    ],
)
def test_kinds_of_text_are_told_apart_by_type_and_name(
    registry: ParserRegistry, tmp_path: Path, content: bytes, media_type: str, name: str, parsed_as: str
) -> None:
    document = parse(registry, tmp_path, content, media_type, name)
    assert document.media_type == parsed_as
    assert stored_words(document)["Words"] == 1


@pytest.mark.parametrize(
    ("content", "parsed_as"),
    [
        (pdf(["Words"]), "application/pdf"),
        (b"\n\n" + pdf(["Words"]), "application/pdf"),
        (docx("<w:p><w:r><w:t>Words</w:t></w:r></w:p>"), "application/vnd.openxmlformats-officedocument"),
        (PAGE, "text/html"),
        (PAGE.decode().encode("utf-16"), "text/html"),
        (b'<?xml version="1.0"?>' + PAGE, "text/html"),
    ],
    ids=["pdf", "pdf after blank lines", "docx", "html", "html in utf-16", "xhtml"],
)
@pytest.mark.parametrize(
    ("media_type", "name"), [("image/png", "x.png"), ("text/plain", "x.txt"), ("application/json", "x.json"), ("", "x")]
)
def test_a_mislabelled_document_goes_to_the_right_parser(
    registry: ParserRegistry, tmp_path: Path, content: bytes, parsed_as: str, media_type: str, name: str
) -> None:
    document = parse(registry, tmp_path, content, media_type, name)
    assert document.media_type.startswith(parsed_as)
    assert stored_words(document)["Words"] == 1


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png", "x.png"),
        (b"\x7fELF\x02\x01\x01\x00", "", "program"),
        (archive(a=b"x"), "application/zip", "x.zip"),
        (OLE, "", "x.bin"),
    ],
    ids=["picture", "program", "archive", "unknown Office file"],
)
def test_other_formats_are_refused_with_what_to_do(
    registry: ParserRegistry, tmp_path: Path, content: bytes, media_type: str, name: str
) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"[Uu]pload"):
        parse(registry, tmp_path, content, media_type, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x00\x01\x02 no pdf", "x.pdf"),
        (b"\x00\x01\x02 no zip", "x.docx"),
        (b"PK\x03\x04 and no more", "x.docx"),
        (docx("<w:p/>")[:300], "x.docx"),
        (b"%PDF-1.7\nand no more", "x.pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "x.md"),
    ],
)
def test_a_document_that_is_not_what_it_claims_and_nothing_else_is_corrupt(
    registry: ParserRegistry, tmp_path: Path, content: bytes, name: str
) -> None:
    with pytest.raises(CorruptDocumentError):
        parse(registry, tmp_path, content, "", name)


def test_an_office_file_with_a_password_is_encrypted(registry: ParserRegistry, tmp_path: Path) -> None:
    with pytest.raises(EncryptedDocumentError, match="password"):
        parse(registry, tmp_path, OLE + "EncryptedPackage".encode("utf-16-le"), "", "x.docx")


def test_no_bytes_are_an_empty_document(registry: ParserRegistry, tmp_path: Path) -> None:
    with pytest.raises(EmptyDocumentError):
        parse(registry, tmp_path, b"", "application/pdf", "x.pdf")
