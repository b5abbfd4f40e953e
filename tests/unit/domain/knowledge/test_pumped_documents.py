"""Cutting a document costs in proportion to its length, whatever it repeats."""

import time
from collections.abc import Callable

import pytest

from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.headings import heading_text
from domain.knowledge.parsed import Block, BlockKind, ParsedDocument
from domain.knowledge.spans import table_header
from tests.fixtures.pumped_texts import UNITS, ordinary, pumped

LENGTH = 50_000
KINDS: tuple[BlockKind, ...] = ("paragraph", "list", "table", "code", "quote", "heading")
# What the chunker's own expressions look for, besides what all texts are tried with.
CUTS = ("- x\n", "1. x\n", "a\n", "a? ", "?*_ ", "Q: ", '."  A', "。」", "|a|\n", "|-|\n", "x" * 70, "a-\n", "# ", "`")


def document_of(text: str, kind: BlockKind) -> ParsedDocument:
    block = Block(kind=kind, start=0, end=len(text), level=1 if kind == "heading" else 0)
    return ParsedDocument(title=None, text=text, blocks=(block,), media_type="text/plain", parser="made")


def seconds(work: Callable[[], object]) -> float:
    """Of the processor."""
    started = time.process_time()
    work()
    return time.process_time() - started


def cut(text: str, kind: BlockKind) -> None:
    try:
        chunk(document_of(text, kind), ChunkOptions())
    except EmptyDocumentError:
        assert not text.strip()


@pytest.fixture(scope="module")
def usual() -> float:
    return seconds(lambda: cut(ordinary(LENGTH), "paragraph"))


@pytest.mark.parametrize("unit", [*UNITS, *CUTS])
def test_a_pumped_text_costs_about_what_prose_of_its_length_costs(unit: str, usual: float) -> None:
    text = pumped(unit, LENGTH)
    most = 12 * usual + 0.05
    for kind in KINDS:
        # What is slow once may be chance.
        assert any(seconds(lambda kind=kind: cut(text, kind)) < most for _ in range(2))  # type: ignore[misc]


@pytest.mark.parametrize("unit", ["_", "*", "`", "#", "# ", "[", "[a](", "_a", "\\"])
def test_a_headings_words_are_found_in_bounded_time(unit: str) -> None:
    most = 50 * seconds(lambda: heading_text("# " + ordinary(2_000))) + 0.01
    for text in (pumped(unit, LENGTH), "x" + pumped(unit, LENGTH) + "a"):
        assert seconds(lambda text=text: heading_text(f"# {text}")) < most  # type: ignore[misc]


def test_no_header_is_looked_for_in_a_row_of_megabytes() -> None:
    text = "|a" * 500_000 + "\n" + "|-" * 500_000 + "\nx"
    assert table_header(text, 0, len(text)) is None
    assert seconds(lambda: [table_header(text, 0, len(text)) for _ in range(1_000)]) < 0.5
