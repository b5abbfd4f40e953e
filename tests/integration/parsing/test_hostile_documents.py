"""Files made to hurt: each ends with its code, within its limits, and the next document is parsed as ever."""

import io
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from adapters.confined.process_limits import MIB
from adapters.document_processes.isolated import IsolatedParser
from domain.knowledge.errors import IngestError
from tests.fixtures.documents import WORD, docx, pdf, pdf_file

BOMB_BYTES = 260 * MIB
CATALOGUE = "<< /Type /Catalog /Pages 2 0 R >>"
FONT = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


@cache
def bomb() -> bytes:
    return docx("", {"word/document.xml": " " * BOMB_BYTES})


def lying_bomb() -> bytes:
    """Says that it unpacks to a hundred bytes."""
    return bomb().replace(BOMB_BYTES.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def nested_zips() -> bytes:
    content = b"x"
    for _ in range(50):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("word/document.xml", content)
        content = packed.getvalue()
    return content


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    main = (
        f'<!DOCTYPE d [<!ENTITY l0 "lol">{entities}]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&l9;</w:t>'
        "</w:r></w:p></w:body></w:document>"
    )
    return docx("", {"word/document.xml": main})


def outside_entity() -> bytes:
    main = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r>'
        "<w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    return docx("", {"word/document.xml": main})


def page_tree_loop() -> bytes:
    return pdf_file([CATALOGUE, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 50 >>"])


def form_loop() -> bytes:
    draw = "/Fm Do"
    form = f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {FONT} /XObject << /Fm 5 0 R >> >> /Length {len(draw)} >>"
    return pdf_file(
        [
            CATALOGUE,
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R {FONT} /XObject << /Fm 5 0 R >> >> >>",
            f"<< /Length {len(draw)} >>\nstream\n{draw}\nendstream",
            f"{form}\nstream\n{draw}\nendstream",
        ]
    )


def cross_reference_loop() -> bytes:
    content = pdf(["Words"])
    start = content.rindex(b"xref\n0")
    return content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def stream_bomb() -> bytes:
    """A page whose content, packed twice, unpacks to a quarter of a gigabyte of nothing."""
    packed = zlib.compress(zlib.compress(b" " * (256 * MIB)))
    plain = pdf_file(
        [
            CATALOGUE,
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            f"<< /Filter [/FlateDecode /FlateDecode] /Length {len(packed)} >>\nstream\nHERE\nendstream",
        ]
    )
    return plain.replace(b"HERE", packed)


def many_pages() -> bytes:
    kids = "3 0 R " * 100_000
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return pdf_file([CATALOGUE, f"<< /Type /Pages /Kids [{kids}] /Count 100000 >>", page])


def tiny_parts(part: str, count: int) -> Callable[[], bytes]:
    """Some kilobytes of a Word document that unpack to a million elements and no text worth the name."""
    return lambda: docx(part * count + "<w:p><w:r><w:t>x</w:t></w:r></w:p>")


def attributes() -> bytes:
    return b"<div " + b" ".join(b"a%d" % number for number in range(200_000)) + b">x</div>"


def formatting() -> bytes:
    return b"".join(b"<font a=%d>" % number for number in range(5_000)) + b"<p>x" * 5_000


def wide_table() -> bytes:
    return b"<table><tr>" + b"<td>x" * 10_000 + b"</tr>" + b"<tr><td>x" * 50_000 + b"</table>"


def footnotes() -> bytes:
    asked = "".join(f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in range(20_000))
    notes = "".join(f'<w:footnote w:id="{number}"><w:p/></w:footnote>' for number in range(20_000))
    return docx(f"<w:p>{asked}</w:p>", {"word/footnotes.xml": f'<w:footnotes xmlns:w="{WORD}">{notes}</w:footnotes>'})


DEEP = 100_000
TOO_LARGE, CORRUPT, EMPTY = {"document_too_large"}, {"corrupt_document"}, {"empty_document"}
ENDED = {"parser_timeout", "parser_out_of_memory", "parser_crashed"}
READ = {"read"}
HOSTILE: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "zip bomb": (bomb, "x.docx", TOO_LARGE),
    "zip bomb that lies": (lying_bomb, "x.docx", CORRUPT),
    "zips in zips": (nested_zips, "x.docx", CORRUPT),
    "billion laughs": (billion_laughs, "x.docx", CORRUPT),
    "entity of a local file": (outside_entity, "x.docx", CORRUPT),
    "deep Word document": (lambda: docx("<w:sdt>" * DEEP + "</w:sdt>" * DEEP), "x.docx", TOO_LARGE),
    "deep JSON": (lambda: b"[" * DEEP + b"]" * DEEP, "x.json", TOO_LARGE),
    "deep HTML": (lambda: b"<div>" * DEEP + b"x", "x.html", TOO_LARGE),
    "deep lists in HTML": (lambda: b"<ul><li>" * DEEP + b"x", "x.html", TOO_LARGE),
    "deep tables in HTML": (lambda: b"<table><td>" * DEEP + b"x", "x.html", TOO_LARGE),
    "deep quotes in Markdown": (lambda: b">" * DEEP + b"x", "x.md", READ),
    "deep lists in Markdown": (lambda: b"- " * DEEP + b"x", "x.md", READ),
    "deep brackets in Markdown": (lambda: b"[" * DEEP + b"x", "x.md", READ),
    "wide table in Markdown": (lambda: b"|" * DEEP + b"\n" + b"-|" * DEEP, "x.md", READ | {"parser_timeout"}),
    "page tree in a circle": (page_tree_loop, "x.pdf", CORRUPT | EMPTY),
    "drawing in a circle": (form_loop, "x.pdf", EMPTY),
    "cross references in a circle": (cross_reference_loop, "x.pdf", CORRUPT | READ),
    "stream bomb": (stream_bomb, "x.pdf", EMPTY | ENDED),
    "100,000 pages": (many_pages, "x.pdf", TOO_LARGE),
    "a cell of 100 MB": (lambda: b"a,b\n" + b"x" * (100 * MIB), "x.csv", TOO_LARGE),
    "a cell of 10 MB": (lambda: b'a,b\n"' + b"x" * (10 * MIB), "x.csv", TOO_LARGE),
    "1,000,000 columns": (lambda: b"x," * 1_000_000, "x.csv", TOO_LARGE),
    "one line of 10 MB": (lambda: b"x" * (10 * MIB), "x.txt", READ),
    "a million lines": (lambda: b"\n" * MIB + b"x", "x.md", READ),
    "10 MB of <div>": (lambda: b"<div>" * (2 * MIB), "x.html", TOO_LARGE),
    "200,000 attributes": (attributes, "x.html", TOO_LARGE),
    "formatting that is never closed": (formatting, "x.html", TOO_LARGE),
    "one wide row and many short ones": (wide_table, "x.html", TOO_LARGE),
    "cells over a thousand million columns": (lambda: b"<table><td colspan=1000000000>x", "x.html", READ),
    "a million words in one cell": (lambda: b"<table><td>" + b"<p>x</p>" * 200_000, "x.html", READ),
    "a million backticks in code": (lambda: b"<pre>" + b"`" * MIB, "x.html", READ),
    "a million Word paragraphs": (tiny_parts("<w:p/>", 2_100_000), "x.docx", TOO_LARGE),
    "a million Word runs": (tiny_parts("<w:p><w:r/></w:p>", 700_000), "x.docx", TOO_LARGE),
    "20,000 footnotes": (footnotes, "x.docx", READ),
    "300,000 headings": (lambda: b"# a\n\n" * 300_000, "x.md", TOO_LARGE),
    "a million items": (lambda: b"- x\n" * MIB, "x.md", TOO_LARGE),
    "one wide row of CSV": (lambda: b"x," * 9_999 + b"\n" + b"x\n" * 50_000, "x.csv", TOO_LARGE),
    "a million paragraphs": (lambda: b"a\n\n" * MIB, "x.txt", TOO_LARGE),
    "a million objects": (lambda: b"[" + b'{"a":1},' * 300_000 + b"1]", "x.json", TOO_LARGE),
    "controls": (lambda: b"\x01\x02\x03" * 1000, "x.md", CORRUPT),
}


@pytest.mark.parametrize(("make", "name", "endings"), HOSTILE.values(), ids=HOSTILE)
async def test_it_ends_with_a_code_and_the_parser_goes_on(
    unmeasured_parser: IsolatedParser, tmp_path: Path, make: Callable[[], bytes], name: str, endings: set[str]
) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(make())
    try:
        await unmeasured_parser.parse(path, "", name)
        ending = "read"
    except IngestError as error:
        ending = error.code
    assert ending in endings
    path.write_bytes(b"text")
    assert (await unmeasured_parser.parse(path, "", "x.txt")).text == "text"
