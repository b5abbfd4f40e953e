"""PDF files: the text of every page, in blocks that know their page."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from adapters.parsers.document_text import DocumentText
from adapters.parsers.limits import MOST_PAGES, check_characters
from adapters.parsers.pdf.lines import Line, page_lines
from adapters.parsers.pdf.structure import Sizes, page_parts
from domain.knowledge.errors import (
    CorruptDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    UnsupportedFormatError,
)
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "pdf/1"


class PdfParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocument-, EncryptedDocument-, EmptyDocument-, DocumentTooLarge- or UnsupportedFormatError."""
        with _opened(path, name) as document:
            pages = list(_pages(document, name))
            title = _title(document)
        sizes = Sizes(line for lines in pages for line in lines)
        text = DocumentText(name)
        for number, lines in enumerate(pages, start=1):
            text.page = number
            _write_page(text, lines, sizes)
        if text.is_empty:
            raise EmptyDocumentError(
                f"'{name}' has {len(pages)} pages but no text: they are probably scanned images. "
                "Run text recognition (OCR) over the file and upload the result."
            )
        return text.finish(title or PurePosixPath(name).stem or None, "application/pdf", PARSER, pages=len(pages))


def _write_page(text: DocumentText, lines: list[Line], sizes: Sizes) -> None:
    for part in page_parts(lines, sizes):
        if part.kind == "heading":
            text.heading(part.text, part.level)
        elif part.kind == "list":
            text.list_lines(part.text.split("\n"))
        else:
            text.paragraph(part.text)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[pypdfium2.PdfDocument]:
    try:
        # By its bytes: the library would make the path absolute, and a confined process cannot tell where it is.
        document = pypdfium2.PdfDocument(path.read_bytes())
    except pypdfium2.PdfiumError as error:
        document = pypdfium2.PdfDocument(io.BytesIO(_without_lock(path, name, error.err_code)))
    try:
        yield document
    finally:
        document.close()


def _without_lock(path: Path, name: str, code: int | None) -> bytes:
    """The file without its encryption, if it opens for everybody: pdfium refuses some such files that are sound.

    Raises EncryptedDocumentError when a password is needed, else what ``code`` of pdfium means.
    """
    if code == pdfium.FPDF_ERR_SECURITY:
        raise UnsupportedFormatError(
            f"'{name}' is encrypted in a way that cannot be read. Save a copy without encryption and upload that."
        )
    if code != pdfium.FPDF_ERR_PASSWORD:
        raise CorruptDocumentError(
            f"'{name}' is a damaged or incomplete PDF. Save or export it again and upload the new copy."
        )
    # Slow to import and rarely needed.
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    unlocked = io.BytesIO()
    try:
        reader = PdfReader(path)
        opened = bool(reader.decrypt("")) if reader.is_encrypted else True
        if opened:
            PdfWriter(clone_from=reader).write(unlocked)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError):
        opened = False
    if not opened:
        raise EncryptedDocumentError(
            f"'{name}' opens with a password only. Save a copy without a password and upload that."
        )
    return unlocked.getvalue()


def _pages(document: pypdfium2.PdfDocument, name: str) -> Iterator[list[Line]]:
    count = len(document)
    if count > MOST_PAGES:
        raise DocumentTooLargeError(
            f"'{name}' has {count:,} pages; at most {MOST_PAGES:,} can be read. Split it into several documents.",
            pages=count,
        )
    characters = 0
    for number in range(count):
        lines = _read_page(document, number, name)
        characters += sum(len(line.text) for line in lines)
        check_characters(characters, name)
        yield lines


def _read_page(document: pypdfium2.PdfDocument, number: int, name: str) -> list[Line]:
    try:
        page = document[number]
        try:
            text = page.get_textpage()
            try:
                return list(page_lines(text))
            finally:
                text.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        # A document of which a page is missing must not look whole.
        raise CorruptDocumentError(
            f"Page {number + 1} of '{name}' is damaged. Save or export the PDF again and upload the new copy.",
            page=number + 1,
        ) from error


def _title(document: pypdfium2.PdfDocument) -> str | None:
    title = document.get_metadata_value("Title")
    return " ".join(title.split()) or None
