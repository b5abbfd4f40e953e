"""Reading sections and what can be quoted of them."""

import random

import pytest

from domain.answers.sections import read_sections

PIECES = (
    "# A",
    "## B",
    "Words here.",
    "- x",
    "  y",
    "1. z",
    "```",
    "~~~",
    "| a |",
    "|---|",
    "> q",
    "",
    "---",
    "===",
    "<p>",
)


def quoted(text: str) -> list[tuple[str, str]]:
    return [(said.kind, said.text) for section in read_sections(text) for said in section.statements]


@pytest.mark.parametrize("seed", range(150))
def test_sections_of_any_text_follow_each_other_and_quote_what_stands_in_them(seed: int) -> None:
    chance = random.Random(seed)
    text = "\n".join(chance.choice(PIECES) for _ in range(chance.randint(0, 25)))
    sections = read_sections(text)
    assert sections[-1].end == len(text)
    for section in sections:
        for said in section.statements:
            assert section.start <= said.start < said.end <= section.end
            assert said.text.split()[-1] in text[said.start : said.end]


def test_headings_form_a_path() -> None:
    sections = read_sections(
        "## Rotate\n\nx.\n\n### In `console`\n\ny.\n\nRevoke\n------\nz.", above=("Keys", "Create")
    )
    assert [section.headings for section in sections] == [
        ("Keys", "Rotate"),
        ("Keys", "Rotate", "In console"),
        ("Keys", "Revoke"),
    ]


def test_a_passage_that_begins_in_a_section_has_the_path_of_that_section() -> None:
    assert read_sections("More words.", above=("Keys", "Create"))[0].headings == ("Keys", "Create")


def test_items_are_whole_with_their_continuations_and_code() -> None:
    text = "1. Run\n   this:\n\n   ```sh\n   a\n\n   b\n   ```\n\n   Then wait.\n"
    text += "2. Stop\nlazily\n\n3. End\n\nAfter the list."
    assert quoted(text) == [
        ("step", "Run\n   this:\n\n   ```sh\n   a\n\n   b\n   ```\n\n   Then wait."),
        ("step", "Stop\nlazily"),
        ("step", "End"),
        ("sentence", "After the list."),
    ]


def test_nested_lists_belong_to_their_item_and_other_marks_begin_another_list() -> None:
    sections = read_sections("1. a\n   - inner\n2. b\n- c\n- d")
    assert [(said.kind, said.list_number) for said in sections[0].statements] == [
        ("step", 1),
        ("step", 1),
        ("bullet", 2),
        ("bullet", 2),
    ]


def test_tables_code_rules_and_html_are_not_quoted() -> None:
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    text += "```\n# no heading. Or sentence.\n```\n\n---\n\n<div>x</div>\n\nWords stay here."
    assert quoted(text) == [("sentence", "Words stay here.")]
    assert len(read_sections(text)) == 1


def test_sentences_are_flat_and_short_ones_go_with_the_next() -> None:
    text = "No. The old secret is gone,\nso start again. See e.g. Appendix B of the handbook. > Follow these:"
    assert quoted(text)[:2] == [
        ("sentence", "No. The old secret is gone, so start again."),
        ("sentence", "See e.g. Appendix B of the handbook."),
    ]


def test_what_introduces_a_list_is_not_quoted() -> None:
    assert quoted("Do the following things in order:\n\n- a") == [("bullet", "a")]


def test_quotations_lose_their_marks() -> None:
    assert quoted("> Never share\n> a secret.") == [("sentence", "Never share a secret.")]


def test_a_fence_that_never_closes_reaches_to_the_end() -> None:
    assert quoted("```\n# x\n- y") == []
