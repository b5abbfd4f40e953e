"""PDF files become blocks that know their page."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from adapters.parsers.pdf.document import PdfParser
from domain.knowledge.errors import (
    CorruptDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
)
from domain.knowledge.parsed import ParsedDocument
from tests.fixtures.documents import pdf, pdf_file
from tests.unit.adapters.parsers.reading import assert_sound, parsed, sources, stored_words, words

Parse = Callable[[bytes], ParsedDocument]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda content: parsed(PdfParser(), tmp_path, content, "manual.pdf")


def locked(content: bytes, user_password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password, "owner", algorithm=algorithm)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize("seed", range(20))
def test_every_word_of_every_page_is_stored_and_knows_its_page(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)
    terms = ("keys", "rotate", "(each)", "90", "days.", "Größe", "a-b", "1.")
    pages = [
        "\n".join(
            " ".join(chance.choice(terms) for _ in range(chance.randint(0, 12))) for _ in range(chance.randint(1, 50))
        )
        + f"\npage{number}"
        for number in range(1, chance.randint(2, 8))
    ]
    document = parse(pdf(pages))
    assert_sound(document)
    assert stored_words(document) == words(" ".join(pages))
    for number, _ in enumerate(pages, start=1):
        at = document.text.index(f"page{number}")
        (block,) = (block for block in document.blocks if block.start <= at < block.end)
        assert block.page == number


def test_larger_letters_are_headings_gaps_are_borders_and_marks_are_lists(parse: Parse) -> None:
    page = (
        "Guide\n\nRotating keys\n\nChoose a key and\npress the button.\n\n\nThen wait.\n\n• first\n• second\n\n\nEnd."
    )
    document = parse(pdf([page], sizes={"Guide": 24, "Rotating keys": 16}))
    assert sources(document) == [
        ("heading", "# Guide"),
        ("heading", "## Rotating keys"),
        ("paragraph", "Choose a key and\npress the button."),
        ("paragraph", "Then wait."),
        ("list", "- first\n- second"),
        ("paragraph", "End."),
    ]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_file_that_opens_without_a_password_is_read_though_it_is_encrypted(parse: Parse, algorithm: str) -> None:
    assert parse(locked(pdf(["Secret words"]), "", algorithm)).text == "Secret words"


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_file_that_needs_a_password_is_encrypted(parse: Parse, algorithm: str) -> None:
    with pytest.raises(EncryptedDocumentError, match="password"):
        parse(locked(pdf(["Secret words"]), "open", algorithm))


def test_pages_without_text_are_empty_and_the_message_names_the_remedy(parse: Parse) -> None:
    with pytest.raises(EmptyDocumentError, match="OCR"):
        parse(pdf(["", ""]))


def test_too_many_pages_are_too_large(parse: Parse) -> None:
    kids = "3 0 R " * 100_000
    content = pdf_file(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count 100000 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        ]
    )
    with pytest.raises(DocumentTooLargeError, match="pages"):
        parse(content)


def test_pages_that_are_missing_make_the_file_corrupt(parse: Parse) -> None:
    with pytest.raises(CorruptDocumentError, match="Page 2"):
        parse(pdf(["First", "Second"]).replace(b"6 0 obj", b"9 0 obj"))


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF"])
def test_a_file_that_cannot_be_opened_is_corrupt(parse: Parse, content: bytes) -> None:
    with pytest.raises(CorruptDocumentError):
        parse(content)
