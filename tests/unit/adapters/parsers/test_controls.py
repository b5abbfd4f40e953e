"""Control characters do not get out of a document."""

from adapters.parsers.controls import without_controls
from domain.knowledge.parsed import Block, ParsedDocument


def document_of(text: str, title: str | None = None) -> ParsedDocument:
    block = Block(kind="paragraph", start=0, end=len(text))
    return ParsedDocument(title=title, text=text, blocks=(block,), media_type="text/plain", parser="made")


def test_each_control_becomes_a_space_so_that_words_and_offsets_stay() -> None:
    controls = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202d", "\u202e"]
    kept = {"\t", "\n"}
    text = "".join(f"word{ord(control)}{control}" for control in controls)
    cleaned = without_controls(document_of(text)).text
    assert len(cleaned) == len(text)
    assert cleaned.split() == [f"word{ord(control)}" for control in controls]
    assert {sign for sign in cleaned if sign in controls} == kept


def test_what_a_terminal_would_obey_is_only_letters_then() -> None:
    cleaned = without_controls(document_of("a\x1b]0;owned\x07b\x9b2Jc", title="\x1b[31mRed"))
    assert cleaned.text == "a ]0;owned b 2Jc"
    assert cleaned.title == "[31mRed"


def test_marks_of_direction_that_languages_need_stay() -> None:
    document = document_of("\u200fשלום\u200e \u2067abc\u2069")
    assert without_controls(document) is document
