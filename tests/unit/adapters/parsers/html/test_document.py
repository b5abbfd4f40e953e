"""HTML pages become blocks, with every visible word and no other."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.html.document import HtmlParser
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import assert_sound, parsed, sources, stored_words, words

Parse = Callable[..., ParsedDocument]
TAGS = (
    "p div ul ol li table tr td th h1 h3 pre blockquote b i span br dl dt dd section code tbody caption a form "
    "button article label select option"
).split()


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda page, name="page.html": parsed(HtmlParser(), tmp_path, page, name)


@pytest.mark.parametrize("seed", range(150))
def test_every_word_of_any_page_is_stored_once(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)
    parts, number = ["<body>start "], 0
    for _ in range(chance.randint(1, 80)):
        tag = chance.choice(TAGS)
        parts.append(chance.choice((f"<{tag}>", f"<{tag}>", f"</{tag}>")))
        if chance.random() < 0.6:
            number += 1
            parts.append(f" w{number} ")
    document = parse("".join(parts))
    assert_sound(document)
    stored = stored_words(document)
    assert {word: stored[f"w{word}"] for word in range(1, number + 1)} == dict.fromkeys(range(1, number + 1), 1)


def test_each_kind_of_block_is_recognised(parse: Parse) -> None:
    document = parse(
        "<h1>Head <b>line</b></h1>loose<p>Words <i>and</i><br>more</p><ul><li>a<ul><li>b</li></ul></li></ul>"
        "<ol start=3><li>c<li>d</ol><table><tr><th>x<th>y<tr><td>1<td>2|3</table>"
        "<blockquote>said</blockquote><pre>\nls  -l\n\n  end</pre><h3>Under</h3>"
    )
    assert sources(document) == [
        ("heading", "# Head line"),
        ("paragraph", "loose"),
        ("paragraph", "Words and\nmore"),
        ("list", "- a\n   - b"),
        ("list", "3. c\n4. d"),
        ("table", "| x | y |\n|---|---|\n| 1 | 2\\|3 |"),
        ("quote", "> said"),
        ("code", "```\nls  -l\n\n  end\n```"),
        ("heading", "### Under"),
    ]
    assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 3]


def test_code_in_a_step_stays_with_its_step(parse: Parse) -> None:
    document = parse("<ol><li><p>Run this:</p><pre>make up</pre><p>and wait.</p><li>Ask.</ol>")
    assert sources(document) == [
        ("list", "1. Run this:\n   ```\n   make up\n   ```\n   and wait.\n2. Ask."),
    ]


def test_tables_that_only_arrange_a_page_are_read_through(parse: Parse) -> None:
    document = parse(
        "<table><tr><td>menu<td><h2>Head</h2><p>Text</p><table><tr><td>a<td>b</table><p>tail</table><p>end"
    )
    assert sources(document) == [
        ("paragraph", "menu"),
        ("heading", "## Head"),
        ("paragraph", "Text"),
        ("table", "| a | b |\n|---|---|"),
        ("paragraph", "tail"),
        ("paragraph", "end"),
    ]


def test_empty_spacer_columns_of_tables_are_left_out(parse: Parse) -> None:
    document = parse("<table><tr><td>a<td> <td>b<tr><td>c<td>&nbsp;<td>d</table>")
    assert document.text == "| a | b |\n|---|---|\n| c | d |"


def test_scripts_styles_and_comments_are_not_seen(parse: Parse) -> None:
    document = parse("<head><title>T</title><style>no</style></head><p>yes<script>no</script><!-- no --><template>no")
    assert words(document.text) == {"yes": 1}


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title> The\n title </title><h1>Other</h1>", "The title"),
        ("<h1>First</h1>", "First"),
        ("<p>x", "page"),
        ("<svg><title>icon</title></svg><p>x", "page"),
    ],
)
def test_the_title_is_the_pages_own_or_its_heading_or_the_file_name(parse: Parse, page: str, title: str) -> None:
    assert parse(page).title == title


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=windows-1251><p>Привет мир".encode("cp1251"),
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"><p>日本'.encode("iso2022_jp"),
        '<meta charset="iso-8859-1"><p>“42 €”'.encode("cp1252"),
        '<meta charset="iso-8859-1"><p>“42 €” wrongly declared'.encode(),
        '<meta charset="nonsense"><p>größer'.encode(),
        '<meta charset="utf-8"><p>42 €'.encode("utf-16"),
    ],
)
def test_the_declared_encoding_counts_where_the_bytes_do_not_speak_against_it(parse: Parse, page: bytes) -> None:
    text = parse(page).text
    assert text.split()[0] in ("Привет", "日本", "“42", "größer", "42")


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            "<tr><th>Hall<th>Day<th>Guard<tr><td rowspan=2>North<td>Mon<td>Ada<tr><td>Tue<td>Ben",
            "| Hall | Day | Guard |\n|---|---|---|\n| North | Mon | Ada |\n| North | Tue | Ben |",
        ),
        (
            "<tr><th rowspan=2>Room<th colspan=2>Price<tr><th>Winter<th>Summer<tr><td>A<td>10<td>20",
            "| Room | Price Winter | Price Summer |\n|---|---|---|\n| A | 10 | 20 |",
        ),
        (
            "<tr><td>Room<td>Mon<td>Tue<tr><td>A<td colspan=2>closed<tr><td>B<td>1<td>2",
            "| Room | Mon | Tue |\n|---|---|---|\n| A | closed | closed |\n| B | 1 | 2 |",
        ),
        (
            "<tr><th colspan=3>Prices<tr><td>Item<td>Price<td>Unit<tr><td colspan=3>Bread<tr><td>Rye<td>3<td>kg",
            "Prices\n\n| Item | Price | Unit |\n|---|---|---|\n| Bread |  |  |\n| Rye | 3 | kg |",
        ),
        (
            "<tr><th>Weight<td>12 kg<tr><th>Height<td>3 m",
            "|  |  |\n|---|---|\n| Weight | 12 kg |\n| Height | 3 m |",
        ),
        (
            "<thead><tr><td>A<td>B<tbody><tr><td rowspan=0>x<td>1<tr><td>2<tr><td>3",
            "| A | B |\n|---|---|\n| x | 1 |\n| x | 2 |\n| x | 3 |",
        ),
    ],
    ids=["rows", "two header rows", "columns", "caption and band", "names in the first column", "down to the end"],
)
def test_merged_cells_hold_in_each_row_and_under_each_header_that_they_cover(
    parse: Parse, rows: str, text: str
) -> None:
    assert parse(f"<table>{rows}</table>").text == text


def test_a_long_cell_over_many_rows_is_written_once(parse: Parse) -> None:
    document = parse(f"<table><tr><th>a<th>b<tr><td rowspan=99>{'long ' * 100}<td>1" + "<tr><td>2" * 98 + "</table>")
    assert words(document.text)["long"] == 100


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>no</p>",
        "<p style='color:red; DISPLAY : none !important'>no</p>",
        "<div style='visibility:hidden'><p>no</p></div>",
        "<noscript><p>no</p></noscript>",
        "<template><p>no</p></template>",
        "<del>no</del><ins></ins>",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(parse: Parse, hidden: str) -> None:
    assert words(parse(f"<p>before</p>{hidden}<p>after").text) == {"before": 1, "after": 1}


@pytest.mark.parametrize(
    "page",
    [
        "<body style='display:none'><p>yes",
        "<p aria-hidden=true>yes",
        "<p hidden=until-found>yes",
        "<details><summary>yes</summary></details>",
        "<p class=hidden style='display:block'>yes",
        "<p>about<ins>yes</ins>",
    ],
)
def test_what_readers_see_or_open_is_read(parse: Parse, page: str) -> None:
    assert "yes" in parse(page).text


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<details><summary>How long?</summary><p>18 hours.</p><p>Loud: 9.</p></details><p>x",
         ["**How long?**\n18 hours.\nLoud: 9.", "x"]),
        ("<dl><dt>Key<dt>Token<dd>A secret.<dd>Kept safe.<dt>Days<dd>90</dl>x",
         ["**Key**\n**Token**\nA secret.\nKept safe.", "**Days**\n90", "x"]),
        ("<details><summary>Steps?</summary>First:<ol><li>a<li>b</ol>then</details>",
         ["**Steps?**\nFirst:", "1. a\n2. b", "then"]),
        ("<details><summary>Water</summary><details><summary>Proof?</summary>Yes.</details></details>",
         ["**Water**\n**Proof?**\nYes."]),
    ],
)  # fmt: skip
def test_a_term_or_summary_stays_with_what_is_said_of_it(parse: Parse, page: str, blocks: list[str]) -> None:
    assert [source for _, source in sources(parse(page))] == blocks


def test_nesting_beyond_any_reason_is_no_danger(parse: Parse) -> None:
    assert words(parse("<ul><li>x" * 1000 + "<table><tr><td>y " * 1000 + "<b>" * 5000 + "z").text) == {
        "x": 1000,
        "y": 1000,
        "z": 1,
    }


def test_a_page_without_words_is_empty(parse: Parse) -> None:
    with pytest.raises(EmptyDocumentError):
        parse("<html><body><script>let x</script><img src=x.png><table><tr><td></table></body></html>")
