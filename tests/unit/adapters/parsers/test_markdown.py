"""Markdown becomes blocks without losing a character."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.markdown import MarkdownParser
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import assert_sound, parsed, sources

LINES = (
    "# One", "## Two ##", "Title", "=====", "---", "- item", "  - nested", "1. first", "    indented", "```", "~~~sh",
    "> quoted", "| a | b |", "|---|---|", "| 1 | 2 |", "[ref]: http://example.test 'T'", "<your-token>", "", "  ",
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


def test_link_definitions_are_kept_as_paragraphs(parse: Parse) -> None:
    assert sources(parse("Text\n\n[ref]: http://example.test"))[1:] == [("paragraph", "[ref]: http://example.test")]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<div align=center>\n<h2>Head</h2>\n<img src=x.png>\nwords</div>\n\nText *a*",
         ["## Head", "words", "Text *a*"]),
        ("<table><tr><td rowspan=2>x<td>1\n\n<tr><td>2</table>", ["| x | 1 |\n|---|---|\n| x | 2 |"]),
        ("<details>\n<summary>How long?</summary>\n\n18 *hours*.\n\nMore.\n\n</details>\n\n# End",
         ["**How long?**\n18 *hours*.", "More.", "# End"]),
        ("<details><summary>How?</summary>\n\n- a\n- b\n\n</details>", ["**How?**", "- a\n- b"]),
        ("a\n\n<!-- not\n\nseen -->\n\n    code\n", ["a", "    code"]),
        ("a\n\n<!-- never closed\n\nwords", ["a", "<!-- never closed\n\nwords"]),
        ("<your-token>\n\n<p hidden>no</p>\n", ["<your-token>"]),
        ("<Tabs>\n<TabItem value=a>\n\nUse `a`.\n\n</TabItem>\n</Tabs>", ["Use `a`."]),
        ("```html\n<div>\n```\n\n<br>", ["```html\n<div>\n```"]),
    ],
    ids=["structure", "table", "details", "list in details", "comment", "open comment", "brackets", "MDX", "code"],
)  # fmt: skip
def test_html_blocks_are_written_as_what_they_show(parse: Parse, text: str, blocks: list[str]) -> None:
    document = parse(text)
    assert [source for _, source in sources(document)] == blocks
    assert_sound(document)


def test_many_pieces_of_html_take_no_time(parse: Parse) -> None:
    assert len(parse("a\n\n<b>x</b>\n\n" * 30_000).blocks) == 60_000


FRONT = '---\ntitle: "Keys: all"\ndescription: >\n  Of the\n  house\ntags: [ops, 2]\nowner: {a: 1}\n---\n'


def test_front_matter_is_metadata_and_its_title_the_documents(parse: Parse) -> None:
    document = parse(FRONT + "# Rotate\n\nNow.")
    assert document.text == "# Rotate\n\nNow."
    assert document.title == "Keys: all"
    assert document.metadata == {
        "encoding": "utf-8", "title": "Keys: all", "description": "Of the house", "tags": ["ops", "2"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("+++\ntitle = 'Pumps'\n+++\nWords", "Pumps"),
        ("---\ntitle: Pumps: a guide\ntags:\n  - [x\n---\nWords", "Pumps: a guide"),
        ("---\nowner: ops\n...\nWords", "guide"),
        ("---\ntitle: [a]\n---\nWords", "guide"),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---\nWords", "guide"),
        ("---\ntitle: " + "[" * 9000 + "\n---\nWords", "[" * 2000),
    ],
    ids=["toml", "nearly yaml", "no title", "not one value", "anchors", "deep"],
)
def test_front_matter_of_any_kind_is_no_text(parse: Parse, text: str, title: str) -> None:
    document = parse(text)
    assert (document.text, document.title) == ("Words", title)


@pytest.mark.parametrize("text", ["---\nWords: so\n\nand more\n\n---\nend", "---\n\nend", "--- \nkey: 1\nend"])
def test_text_between_rules_is_no_front_matter(parse: Parse, text: str) -> None:
    assert parse(text).text == text


def test_a_page_of_front_matter_alone_is_its_title_and_description(parse: Parse) -> None:
    assert parse(FRONT).text == "# Keys: all\n\nOf the house"
    with pytest.raises(EmptyDocumentError):
        parse("---\nweight: 3\n---\n")


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
