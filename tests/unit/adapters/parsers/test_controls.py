"""Control characters and characters without any width do not get out of a document."""

from adapters.parsers.controls import cleaned
from domain.knowledge.parsed import Block, ParsedDocument


def document_of(text: str, title: str | None = None) -> ParsedDocument:
    block = Block(kind="paragraph", start=0, end=len(text))
    return ParsedDocument(title=title, text=text, blocks=(block,), media_type="text/plain", parser="made")


def test_each_control_becomes_a_space_so_that_words_and_offsets_stay() -> None:
    controls = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202d", "\u202e"]
    kept = {"\t", "\n"}
    text = "".join(f"word{ord(control)}{control}" for control in controls)
    clean = cleaned(document_of(text)).text
    assert len(clean) == len(text)
    assert clean.split() == [f"word{ord(control)}" for control in controls]
    assert {sign for sign in clean if sign in controls} == kept


def test_what_a_terminal_would_obey_is_only_letters_then() -> None:
    clean = cleaned(document_of("a\x1b]0;owned\x07b\x9b2Jc", title="\x1b[31mRed"))
    assert clean.text == "a ]0;owned b 2Jc"
    assert clean.title == "[31mRed"


def test_marks_of_direction_that_languages_need_stay() -> None:
    document = document_of("\u200fשלום\u200e \u2067abc\u2069")
    assert cleaned(document) == document


def test_characters_without_width_are_left_out_and_blocks_still_fit() -> None:
    parts = "\ufeffSee the com\u00adpu\u200bter", "\u200b\u2060", "wor\u2060ds\U000e0041 end"
    blocks, at = [], 0
    for part in parts:
        blocks.append(Block(kind="paragraph", start=at, end=at + len(part)))
        at += len(part) + 2
    made = document_of("\n\n".join(parts), title="Com\u00adputer").model_copy(update={"blocks": tuple(blocks)})
    clean = cleaned(made)
    assert [clean.text[block.start : block.end] for block in clean.blocks] == ["See the computer", "words end"]
    assert clean.title == "Computer"


def test_joiners_of_scripts_and_emoji_stay() -> None:
    document = document_of("می\u200cخواهم क्\u200dष 👩\u200d💻 ភាសា\u200bខ្មែរ")
    assert cleaned(document).text == document.text
