"""CSV becomes one table with every cell."""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.csv_table import CsvParser
from domain.knowledge.errors import DocumentTooLargeError, EmptyDocumentError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import assert_sound, parsed, stored_words, words

Parse = Callable[[str], ParsedDocument]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda content: parsed(CsvParser(), tmp_path, content, "prices.csv")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator_is_recognised(parse: Parse, separator: str) -> None:
    rows = ["Name", "Price", "Note"], ["Tea", "1.50", "hot"], ["Milk", "0.99", ""]
    document = parse("\r\n".join(separator.join(row) for row in rows))
    assert document.text == "| Name | Price | Note |\n|---|---|---|\n| Tea | 1.50 | hot |\n| Milk | 0.99 |  |"
    assert [block.kind for block in document.blocks] == ["table"]


def test_decimal_commas_do_not_make_columns(parse: Parse) -> None:
    assert parse("Name;Price\nTea;1,50\nMilk;0,99").text.endswith("| Tea | 1,50 |\n| Milk | 0,99 |")


@pytest.mark.parametrize("seed", range(30))
def test_every_word_of_any_table_is_stored(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)
    cells = ("a b", 'say "x"', "1,5", "two\nlines", "p|q", "", "ü", "; semi")
    rows = [[chance.choice(cells) for _ in range(chance.randint(2, 9))] for _ in range(chance.randint(1, 300))]
    written = io.StringIO()
    csv.writer(written).writerows([["head", "er"], *rows])
    document = parse(written.getvalue())
    assert_sound(document)
    assert stored_words(document) == words(" ".join(" ".join(row) for row in [["head", "er"], *rows]))


def test_a_quotation_mark_that_is_never_closed_loses_no_word(parse: Parse) -> None:
    assert words(parse('a,b\n1,"two\nthree,four\n').text) == words("a b 1 two three four")


def test_a_single_column_is_paragraphs(parse: Parse) -> None:
    assert parse("one\ntwo\n").text == "one\n\ntwo"


@pytest.mark.parametrize("content", ["a,b\n" + "x" * 1_000_001 + ",1", "," * 10_000], ids=["cell", "columns"])
def test_a_monstrous_cell_or_row_is_too_large(parse: Parse, content: str) -> None:
    with pytest.raises(DocumentTooLargeError):
        parse(content)


def test_a_table_of_nothing_is_empty(parse: Parse) -> None:
    with pytest.raises(EmptyDocumentError):
        parse(",,,\n,,,\n")


def test_names_of_a_report_above_the_header_are_no_rows_of_its_table(parse: Parse) -> None:
    document = parse("Prices 2025\nas of May,,\n,,\nName,Price,Note\nTea,1.50,hot\nMilk,,\n")
    assert document.text == (
        "Prices 2025\n\nas of May\n\n| Name | Price | Note |\n|---|---|---|\n| Tea | 1.50 | hot |\n| Milk |  |  |"
    )


@pytest.mark.parametrize("content", ["Name,\nTea,1\n", ",Price\nTea,1\n"])
def test_a_header_with_an_empty_cell_is_a_header(parse: Parse, content: str) -> None:
    assert [block.kind for block in parse(content).blocks] == ["table"]
