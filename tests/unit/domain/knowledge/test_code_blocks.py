"""Code stays code in every passage, however long its block is."""

import pytest

from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.code_blocks import MAX_CODE, with_short_code
from domain.knowledge.parsed import Block, ParsedDocument

LOG = [f"  2024-03-01 10:{number:02} relay worker. Restarted it" for number in range(60)] * 5


def document_of(*sources: str) -> ParsedDocument:
    blocks, at = [], 0
    for source in sources:
        kind = "code" if source.startswith(("```", "~~~~", "    ")) else "paragraph"
        blocks.append(Block.model_validate({"kind": kind, "start": at, "end": at + len(source), "page": 2}))
        at += len(source) + 2
    text = "\n\n".join(sources)
    return ParsedDocument(title=None, text=text, blocks=tuple(blocks), media_type="text/markdown", parser="made")


@pytest.mark.parametrize(
    ("opening", "code", "closing"),
    [
        ("```text\n", "\n".join(LOG), "\n```"),
        ("~~~~\n", "```\n" + "\n".join(LOG) + "\n```", "\n~~~~"),
        ("```\n", "\n".join(LOG), ""),
        ("```\n", "word " * 3_000, "\n```"),
        ("```\n", "x" * 20_000, "\n```"),
    ],
    ids=["info", "fence in code", "never closed", "one line", "one word"],
)
def test_every_piece_of_a_long_block_is_code(opening: str, code: str, closing: str) -> None:
    document = with_short_code(document_of("Before:", opening + code + closing, "After."))
    assert [block.kind for block in document.blocks] == [
        "paragraph",
        *["code"] * (len(document.blocks) - 2),
        "paragraph",
    ]
    assert {block.page for block in document.blocks} == {2}
    pieces = [document.text[block.start : block.end] for block in document.blocks[1:-1]]
    fence = closing.strip() or "```"
    assert all(piece.startswith(opening) and piece.endswith(f"\n{fence}") for piece in pieces)
    inner = [piece.removeprefix(opening).removesuffix(f"\n{fence}") for piece in pieces]
    assert "".join("".join(inner).split()) == "".join(code.split())
    assert max(map(len, pieces)) <= MAX_CODE // 2
    for passage in chunk(document, ChunkOptions()).passages:
        fences = [line for line in passage.text.split("\n") if line.startswith(fence)]
        assert len(fences) % 2 == 0


@pytest.mark.parametrize("opening", ["`" * 9_001, "```" + "x" * 9_000], ids=["fence", "language"])
def test_a_long_opening_is_not_repeated(opening: str) -> None:
    fence = opening.rstrip("x")
    code = ("`" * 9_000 if len(fence) > 3 else "word") + "\n" + "\n".join(LOG)
    source = f"{opening}\n{code}\n{fence}"
    document = with_short_code(document_of(source))
    assert len(document.text) < 3 * len(source)
    pieces = [document.text[block.start : block.end].split("\n") for block in document.blocks]
    assert all(first == last and first not in body for first, *body, last in pieces)


def test_lines_keep_their_indentation_and_indented_code_gets_fences() -> None:
    document = with_short_code(document_of("\n".join(f"    {line}" for line in LOG)))
    first = document.text[: document.blocks[0].end]
    assert first.startswith("```\n  2024-03-01 10:00")
    assert all("\n  2024" in document.text[block.start : block.end] for block in document.blocks)


def test_what_fits_into_a_passage_stays_whole() -> None:
    document = document_of("```\n" + "x\n" * 1_000 + "```", "word " * 2_000)
    assert with_short_code(document) is document
