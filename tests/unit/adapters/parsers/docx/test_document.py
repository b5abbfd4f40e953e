"""Word documents become blocks, with every kind of text that they can hold."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from adapters.parsers.docx.document import DocxParser
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError, EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.fixtures.documents import WORD, docx, paragraph
from tests.unit.adapters.parsers.reading import assert_sound, parsed, sources, stored_words, words

Parse = Callable[..., ParsedDocument]
NAMESPACE = f'xmlns:w="{WORD}"'
STYLES = f"""<w:styles {NAMESPACE}>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="My heading"/><w:basedOn w:val="H2"/></w:style>
<w:style w:styleId="Src"><w:name w:val="Source Code"/></w:style>
<w:style w:styleId="Q"><w:name w:val="Quote"/></w:style>
<w:style w:styleId="LB"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {NAMESPACE}>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    def parse(body: str, parts: Mapping[str, str] | None = None) -> ParsedDocument:
        known = {"word/styles.xml": STYLES, "word/numbering.xml": NUMBERING, **(parts or {})}
        return parsed(DocxParser(), tmp_path, docx(body, known), "handbook.docx")

    return parse


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def item(text: str, level: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="2"/></w:numPr>')


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def test_styles_and_numbering_say_what_a_paragraph_is(parse: Parse) -> None:
    document = parse(
        styled("The guide", "T") + styled("Keys", "Mine") + paragraph("Plain") + styled("dot", "LB")
        + paragraph("between") + item("one") + item("a", 1) + item("two") + styled("ls", "Src") + styled("  -l", "Src")
        + styled("said", "Q") + paragraph("Deep", '<w:outlineLvl w:val="2"/>')
    )  # fmt: skip
    assert sources(document) == [
        ("heading", "# The guide"),
        ("heading", "## Keys"),
        ("paragraph", "Plain"),
        ("list", "- dot"),
        ("paragraph", "between"),
        ("list", "1. one\n   1. a\n2. two"),
        ("code", "```\nls\n  -l\n```"),
        ("quote", "> said"),
        ("heading", "### Deep"),
    ]
    assert document.title == "The guide"


def test_tables_are_tables_and_inner_ones_stay_in_their_cell(parse: Parse) -> None:
    inner = "<w:tbl>" + row(paragraph("in"), paragraph("ner")) + "</w:tbl>"
    document = parse(
        "<w:tbl>" + row(paragraph("Code"), paragraph("Meaning"))
        + "<w:sdt><w:sdtContent>" + row(paragraph("E1") + paragraph("E2"), inner + paragraph("tail"))
        + "</w:sdtContent></w:sdt>"
        + "</w:tbl>"
    )  # fmt: skip
    assert document.text == "| Code | Meaning |\n|---|---|\n| E1 E2 | in ner tail |"


def cell(text: str, properties: str) -> str:
    return f"<w:tcPr>{properties}</w:tcPr>{paragraph(text)}"


def test_merged_cells_hold_in_each_row_and_under_each_header_that_they_cover(parse: Parse) -> None:
    begin, on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    document = parse(
        "<w:tbl>"
        + row(cell("Hall", begin), cell("Shift", wide))
        + row(cell("", on), paragraph("Day"), paragraph("Guard"))
        + row(cell("North", begin), paragraph("Mon"), paragraph("Ada"))
        + row(cell("", on), paragraph("Tue"), cell("Ben", begin))
        + row(cell("South", begin), paragraph("Mon"), cell("", on))
        + row(cell("", '<w:vMerge w:val="continue"/>'), cell("closed", wide))
        + "</w:tbl>"
    )
    assert document.text.split("\n") == [
        "| Hall | Shift Day | Shift Guard |",
        "|---|---|---|",
        "| North | Mon | Ada |",
        "| North | Tue | Ben |",
        "| South | Mon | Ben |",
        "| South | closed | closed |",
    ]


def test_rows_that_word_repeats_on_each_page_are_the_header(parse: Parse) -> None:
    header = "<w:tr><w:trPr><w:tblHeader/></w:trPr>"
    document = parse(
        "<w:tbl>"
        + header + row(cell("Prices", '<w:gridSpan w:val="2"/>')).removeprefix("<w:tr>")
        + header + row(paragraph("Item"), paragraph("Price")).removeprefix("<w:tr>")
        + header + row(paragraph("(name)"), paragraph("(EUR)")).removeprefix("<w:tr>")
        + row(paragraph("Rye"), paragraph("3"))
        + "</w:tbl>"
    )  # fmt: skip
    assert document.text == "Prices\n\n| Item (name) | Price (EUR) |\n|---|---|\n| Rye | 3 |"


MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
ALTERNATIVES = "http://schemas.openxmlformats.org/markup-compatibility/2006"
BOX = f"<w:txbxContent>{paragraph('box')}</w:txbxContent>"
TWICE = (
    f'<mc:AlternateContent xmlns:mc="{ALTERNATIVES}"><mc:Choice>{BOX}</mc:Choice>'
    f"<mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent>"
)
WHEREVER = {
    "link": ("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>", "link"),
    "tracked change": (
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>",
        "new",
    ),
    "signs": ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>", "a\tb\nc-"),
    "field": (
        "<w:fldSimple><w:r><w:t>field</w:t></w:r></w:fldSimple><w:r><w:instrText>PAGE</w:instrText></w:r>",
        "field",
    ),
    "tag": ("<w:smartTag><w:r><w:t>tag</w:t></w:r></w:smartTag>", "tag"),
    "formula": (f'<m:oMath xmlns:m="{MATH}"><m:r><m:t>x+1</m:t></m:r></m:oMath>', "x+1"),
    "text box": (f"<w:r><w:t>out</w:t></w:r><w:r>{TWICE}</w:r>", "out\n\nbox"),
}


def test_content_controls_are_only_wrappings(parse: Parse) -> None:
    assert parse(f"<w:sdt><w:sdtContent>{paragraph('control')}</w:sdtContent></w:sdt>").text == "control"


@pytest.mark.parametrize(("runs", "expected"), WHEREVER.values(), ids=WHEREVER)
def test_text_is_found_wherever_word_puts_it(parse: Parse, runs: str, expected: str) -> None:
    assert parse(f"<w:p>{runs}</w:p>").text == expected


def test_notes_stand_at_the_end_with_their_mark(parse: Parse) -> None:
    document = parse(
        '<w:p><w:r><w:t>Text</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r></w:p>' + paragraph("More"),
        {
            "word/footnotes.xml": f'<w:footnotes {NAMESPACE}><w:footnote w:id="5">{paragraph("Why")}</w:footnote>'
            "</w:footnotes>"
        },
    )
    assert document.text == "Text[^1]\n\nMore\n\n[^1]: Why"


def test_pages_are_those_of_words_last_layout(parse: Parse) -> None:
    turned = "<w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r></w:p>"
    assert [block.page for block in parse(turned + paragraph("c")).blocks] == [1, 2, 2]
    assert [block.page for block in parse(paragraph("c")).blocks] == [None]


@pytest.mark.parametrize("seed", range(30))
def test_every_word_of_any_document_is_stored(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)
    number = 0

    def text() -> str:
        nonlocal number
        number += 1
        return " ".join([f"w{number}", *["rotate keys."] * chance.randint(0, 40)])

    makers: tuple[Callable[[], str], ...] = (
        lambda: paragraph(text()),
        lambda: styled(text()[:60], chance.choice(("T", "H2", "Mine"))),
        lambda: styled(text(), chance.choice(("Src", "Q", "LB", "Unknown"))),
        lambda: item(text(), chance.randint(0, 9)),
        lambda: "<w:tbl>" + "".join(row(paragraph(text()), paragraph(text())) for _ in range(3)) + "</w:tbl>",
    )
    document = parse("".join(chance.choice(makers)() for _ in range(chance.randint(1, 60))))
    assert_sound(document)
    stored = stored_words(document)
    assert {name: stored[f"w{name}"] for name in range(1, number + 1)} == dict.fromkeys(range(1, number + 1), 1)


ENTITY = f'<!DOCTYPE d [<!ENTITY e "text">]><w:document {NAMESPACE}><w:body><w:p>&e;</w:p></w:body></w:document>'


@pytest.mark.parametrize("main", [ENTITY, "<w:document", "", "<other/>"], ids=["entities", "cut", "nothing", "no body"])
def test_a_main_part_that_word_never_wrote_is_corrupt(tmp_path: Path, main: str) -> None:
    relations = '<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>'
    with pytest.raises(CorruptDocumentError):
        parsed(DocxParser(), tmp_path, docx("", {"_rels/.rels": relations, "word/document2.xml": main}), "x.docx")


def test_deep_nesting_is_too_large(parse: Parse) -> None:
    with pytest.raises(DocumentTooLargeError):
        parse("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000)


def test_a_document_of_empty_paragraphs_is_empty(parse: Parse) -> None:
    with pytest.raises(EmptyDocumentError):
        parse("<w:p/><w:p/>")


def test_words_of_the_body_are_counted_as_the_source_has_them(parse: Parse) -> None:
    assert words(parse(paragraph("R&amp;D: 5 &lt; 6")).text) == words("R D 5 6")
