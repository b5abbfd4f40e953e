"""Markdown becomes blocks without losing a character."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.markdown import MarkdownParser
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import parsed, sources

LINES = (
    "# One", "## Two ##", "Title", "=====", "---", "- item", "  - nested", "1. first", "    indented", "```", "~~~sh",
    "> quoted", "| a | b |", "|---|---|", "| 1 | 2 |", "[ref]: http://example.test 'T'", "<div>", "</div>", "", "  ",
    "plain text", "a \\* b", "\tTab", "![image](x.png)", "$$", "key: value", "...", "\u2028odd\u2028", "end\x0cfeed",
)  # fmt: skip


Parse = Callable[..., ParsedDocument]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda text, name="guide.md": parsed(MarkdownParser(), tmp_path, text, name)


@pytest.mark.parametrize("seed", range(150))
def test_blocks_of_any_text_are_in_order_and_leave_out_only_white_space(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)
    text = "\n".join(["x", *(chance.choice(LINES) for _ in range(chance.randint(1, 40)))])
    document = parse(text)
    at = 0
    for block in document.blocks:
        assert document.text[at : block.start].strip() == ""
        assert at <= block.start < block.end
        at = block.end
    assert document.text[at:].strip() == ""
    assert document.text == text


def test_each_kind_of_block_is_recognised(parse: Parse) -> None:
    document = parse(
        "# Head\n\nWords\nmore\n\n- a\n  - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n> said\n"
        "\n```sh\nls\n\nls\n```\n\nUnder\n---\n"
    )
    assert sources(document) == [
        ("heading", "# Head"),
        ("paragraph", "Words\nmore"),
        ("list", "- a\n  - b"),
        ("table", "| x | y |\n|---|---|\n| 1 | 2 |"),
        ("quote", "> said"),
        ("code", "```sh\nls\n\nls\n```"),
        ("heading", "Under\n---"),
    ]
    assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2]


def test_link_definitions_and_html_are_kept_as_paragraphs(parse: Parse) -> None:
    document = parse("Text\n\n[ref]: http://example.test\n\n<div>\nhi\n</div>")
    assert sources(document)[1:] == [
        ("paragraph", "[ref]: http://example.test"),
        ("paragraph", "<div>\nhi\n</div>"),
    ]


def test_front_matter_is_text_and_no_heading(parse: Parse) -> None:
    document = parse("---\ntitle: Keys\nowner: ops\n---\n# Rotate\n\nNow.")
    assert sources(document)[0] == ("paragraph", "---\ntitle: Keys\nowner: ops\n---")
    assert document.title == "Rotate"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## Part\n\n# The `real` **title**\n\n# Another", "The real title"),
        ("Over\n====\n", "Over"),
        ("no heading", "guide"),
        ("```\n# comment\n```\n", "guide"),
        ("# [Keys](keys.md) of snake_case and 2 \\* 3 #\n", "Keys of snake_case and 2 * 3"),
    ],
)
def test_the_title_is_the_first_top_heading_or_the_file_name(parse: Parse, text: str, title: str) -> None:
    assert parse(text, "handbook/guide.md").title == title


def test_line_ends_of_other_systems_become_line_feeds(parse: Parse) -> None:
    assert parse("# A\r\n\r\nb\rc").text == "# A\n\nb\nc"


def test_deep_nesting_is_no_danger(parse: Parse) -> None:
    document = parse("> " * 5000 + "x\n" + "- " * 5000 + "y")
    assert "".join(text for _, text in sources(document)).count("> ") == 5000


def test_a_document_of_white_space_is_empty(parse: Parse) -> None:
    with pytest.raises(EmptyDocumentError):
        parse(" \n\t\n")
