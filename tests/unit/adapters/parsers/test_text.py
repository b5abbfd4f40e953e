"""Plain text: decoding and paragraphs."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.text import TextParser
from domain.knowledge.errors import CorruptDocumentError, EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import parsed

WORDS = "Größe: naïve café — “quoted” 42 €"


Parse = Callable[[bytes], ParsedDocument]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda content: parsed(TextParser(), tmp_path, content, "folder/notes.txt")


def test_paragraphs_are_what_blank_lines_separate(parse: Parse) -> None:
    document = parse(b"\n\none\ntwo\n \t\n  three\n\n")
    assert [document.text[block.start : block.end] for block in document.blocks] == ["one\ntwo", "  three"]
    assert document.title == "notes"


@pytest.mark.parametrize(
    "content",
    [
        WORDS.encode(),
        codecs.BOM_UTF8 + WORDS.encode(),
        WORDS.encode("utf-16"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        WORDS.encode("utf-32"),
        codecs.BOM_UTF32_BE + WORDS.encode("utf-32-be"),
        WORDS.encode("cp1252"),
        "Größe: naïve café".encode("utf-16-le"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16", "utf-16-be", "utf-32", "utf-32-be", "cp1252", "utf-16 without mark"],
)
def test_usual_encodings_are_read(parse: Parse, content: bytes) -> None:
    assert parse(content).text == WORDS[: len(parse(content).text)]


def test_other_encodings_are_recognised(parse: Parse) -> None:
    assert parse("Привет, как дела? Это обычный текст.".encode("cp1251")).text.startswith("Привет")


@pytest.mark.parametrize(
    "content",
    [
        b"abc\x00def",
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4,
        b"%PDF-1.7\nobj",
        b"PK\x03\x04rest",
        codecs.BOM_UTF16_LE + b"\x00\xd8",
        b"\x01\x02\x03\x04words",
    ],
    ids=["nul", "program", "pdf", "zip", "half a surrogate", "controls"],
)
def test_binary_content_is_refused(parse: Parse, content: bytes) -> None:
    with pytest.raises(CorruptDocumentError):
        parse(content)


@pytest.mark.parametrize("content", [b"", b" \n\t ", codecs.BOM_UTF8, "\u2003\u00a0".encode()])
def test_content_without_words_is_empty(parse: Parse, content: bytes) -> None:
    with pytest.raises(EmptyDocumentError):
        parse(content)


def test_one_broken_byte_in_a_utf8_text_spoils_no_other_letter(parse: Parse) -> None:
    content = WORDS.encode() * 20 + b"\xff" + WORDS.encode()
    assert parse(content).text == WORDS * 20 + "\ufffd" + WORDS


def test_western_text_in_several_languages_is_no_other_encoding(parse: Parse) -> None:
    text = "Die schöne Frau war köstlich. L'été était très chaud. El niño comió ñoquis. João ficou ótimo. På kvällen."
    assert parse(text.encode("cp1252")).text == text
