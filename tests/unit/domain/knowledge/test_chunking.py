"""Passages and spans: sizes, borders, and that nothing is lost."""

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from adapters.parsers.csv_table import CsvParser
from adapters.parsers.html.document import HtmlParser
from adapters.parsers.markdown import MarkdownParser
from adapters.parsers.text import TextParser
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.parsed import Block, ParsedDocument
from domain.knowledge.passage import PassageSet

SENTENCE = "The gateway counts every request of a project and refuses those above its limit. "
WORDS = ("gateway", "Über", "日本語。", "a?", "e.g.", "x" * 70, "naïve", "42", "`code`", "**B**", "—", "\u00a0", "Q:")


def markdown(text: str) -> ParsedDocument:
    return read(MarkdownParser(), text, "guide.md")


def plain(text: str) -> ParsedDocument:
    return read(TextParser(), text, "notes.txt")


def read(parser: CsvParser | HtmlParser | MarkdownParser | TextParser, text: str, name: str) -> ParsedDocument:
    with NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        return parser.parse(Path(file.name), "", name)


def random_markdown(seed: int) -> str:
    chance = random.Random(seed)

    def words(most: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))

    def rows() -> range:
        return range(chance.randint(1, 120 if chance.random() < 0.1 else 6))

    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"{'#' * chance.randint(1, 6)} {words(6)}",
        lambda: "\n".join(f"{number}. {words(30)}" for number in rows()),
        lambda: "| a | b |\n|---|---|\n" + "\n".join(f"| {words(5)} | {words(9)} |" for _ in rows()),
        lambda: "```\n" + "\n\n".join(words(12) for _ in rows()) + "\n```",
        lambda: "\n".join(f"> {words(20)}" for _ in rows()),
        lambda: f"## {words(3)}?\n\n{words(60)}",
        lambda: words(900),
        lambda: words(80),
        lambda: words(80),
    )
    separator = chance.choice(("\n\n", "\n\n\n", "\n  \n"))
    return separator.join(chance.choice(kinds)() for _ in range(chance.randint(1, 60)))


def uncovered(document: ParsedDocument, passages: PassageSet, *, by_spans: bool) -> str:
    covered = bytearray(len(document.text))
    for passage in passages.passages:
        for part in passage.spans if by_spans else (passage,):
            covered[part.start : part.end] = b"\x01" * (part.end - part.start)
    return "".join(sign for sign, seen in zip(document.text, covered, strict=True) if not seen).strip()


@pytest.mark.parametrize("seed", range(60))
def test_every_character_of_any_document_is_in_a_passage_and_in_a_span(seed: int) -> None:
    text = random_markdown(seed)
    options = (
        ChunkOptions() if seed % 2 else ChunkOptions(minimum=400, maximum=700, minimum_overlap=50, maximum_overlap=90)
    )
    for document in (markdown(text), plain(text)):
        passages = chunk(document, options)
        assert uncovered(document, passages, by_spans=False) == ""
        assert uncovered(document, passages, by_spans=True) == ""


@pytest.mark.parametrize("seed", range(60))
def test_passages_and_spans_of_any_document_are_exact_excerpts_within_their_limits(seed: int) -> None:
    document = markdown(random_markdown(seed))
    for ordinal, passage in enumerate(chunk(document, ChunkOptions()).passages):
        assert passage.ordinal == ordinal
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.end - passage.start <= 5000
        for span in passage.spans:
            assert passage.start <= span.start < span.end <= passage.end
            assert span.end - span.start <= 900
            assert document.text[span.start] == "#" or document.text[span.start : span.end] in span.text


def test_the_same_document_gives_the_same_passages() -> None:
    document = markdown(random_markdown(7))
    assert chunk(document, ChunkOptions()) == chunk(document, ChunkOptions())


def test_a_short_document_is_one_passage() -> None:
    passages = chunk(markdown("# Keys\n\nRotate them.\n"), ChunkOptions()).passages
    assert [(passage.text, passage.section_heading) for passage in passages] == [("# Keys\n\nRotate them.", "Keys")]


def test_long_prose_gives_passages_of_the_wanted_size_that_overlap_as_wanted() -> None:
    passages = chunk(plain("\n\n".join([SENTENCE * 7] * 60)), ChunkOptions()).passages
    assert len(passages) > 5
    assert all(3500 <= passage.end - passage.start <= 5000 for passage in passages[:-1])
    overlaps = [before.end - after.start for before, after in pairwise(passages)]
    assert all(500 <= overlap <= 800 for overlap in overlaps)


def test_a_passage_ends_before_a_heading_when_one_is_near() -> None:
    text = f"# Guide\n\n{SENTENCE * 48}\n\n## Second part\n\n{SENTENCE * 40}"
    first, *_ = chunk(markdown(text), ChunkOptions()).passages
    assert first.end == text.index("\n\n## Second part") - 1


@pytest.mark.parametrize(
    "whole",
    [
        "| Code | Meaning |\n|---|---|\n" + "\n".join(f"| E{row} | Reason number {row} |" for row in range(60)),
        "\n".join(f"{row}. Open the page number {row} and choose its button." for row in range(1, 40)),
        "```python\n" + "\n\n".join(f"value_{row} = compute({row})" for row in range(60)) + "\n```",
        "### May I use it twice?\n\n" + "\n\n".join(SENTENCE * 3 for _ in range(6)),
        "**Q: May I use it twice?**\n\n" + SENTENCE * 4,
    ],
    ids=["table", "list", "code", "question heading", "question paragraph"],
)
@pytest.mark.parametrize("before", [38, 45, 52])
def test_what_belongs_together_is_whole_in_one_passage(whole: str, before: int) -> None:
    document = markdown(f"# Guide\n\n{SENTENCE * before}\n\n{whole}\n\n{SENTENCE * 50}")
    assert any(whole in passage.text for passage in chunk(document, ChunkOptions()).passages)


@pytest.mark.parametrize(
    "pair",
    [
        "Q: May I use it twice?\nA: ANSWER",
        "Q: May I use it twice?\n\nA: ANSWER",
        "**May I use it twice?**\n\nANSWER",
        "**May I use it twice?**\nANSWER",
        "### May I use it twice?\n\nANSWER",
        "<details><summary>May I use it twice?</summary><p>ANSWER</p></details>",
        "<dl><dt>May I use it twice?</dt><dd>ANSWER</dd></dl>",
    ],
    ids=["lines", "paragraphs", "bold", "bold line", "heading", "details", "definition list"],
)
@pytest.mark.parametrize("before", [30, 34, 38, 42, 46])
def test_a_question_is_never_parted_from_its_answer(pair: str, before: int) -> None:
    # Longer than an overlap, so that no overlap hides a cut.
    answered = pair.replace("ANSWER", SENTENCE * 24 + "There it ends.")
    if pair.startswith("<"):
        page = f"<h1>Guide</h1><p>{SENTENCE * before}</p>{answered}<p>{SENTENCE * 50}</p>"
        document = read(HtmlParser(), page, "guide.html")
    else:
        document = markdown(f"# Guide\n\n{SENTENCE * before}\n\n{answered}\n\n{SENTENCE * 50}")
    passages = chunk(document, ChunkOptions()).passages
    assert any("May I use it twice?" in one.text and "There it ends." in one.text for one in passages)


def test_a_row_of_a_table_of_questions_is_never_cut() -> None:
    rows = [f'"May I use it {row} times?","Number {row}. {SENTENCE * 20}End {row}."' for row in range(20)]
    passages = chunk(read(CsvParser(), "\n".join(["question,answer", *rows]), "faq.csv"), ChunkOptions()).passages
    assert len(passages) > 5
    for row in range(20):
        assert any(f"it {row} times?" in one.text and f"End {row}." in one.text for one in passages)


def test_a_heading_is_never_the_last_line_of_a_passage() -> None:
    for sentences in range(30, 70):
        text = f"# Guide\n\n{SENTENCE * sentences}\n\n## Next\n\n{SENTENCE * 50}"
        for passage in chunk(markdown(text), ChunkOptions()).passages:
            assert not passage.text.endswith("## Next")


def test_a_passage_names_the_path_of_headings_at_its_start() -> None:
    text = f"# Keys\n\n## Rotate\n\n### With an `overlap` period #\n\n{SENTENCE * 100}"
    passages = chunk(markdown(text), ChunkOptions()).passages
    assert passages[0].section_heading == "Keys"
    assert passages[1].section_heading == "Keys > Rotate > With an overlap period"


def test_a_heading_as_long_as_a_book_does_not_travel_with_every_passage() -> None:
    text = f"# {'rotation ' * 20_000}\n\n## {'lever ' * 20_000}\n\n{SENTENCE * 100}"
    document = markdown(text)
    found = chunk(document, ChunkOptions())
    assert len(found.title) <= 300
    assert all(len(passage.section_heading) <= 500 for passage in found.passages)
    assert found.passages[-1].section_heading.startswith("rotation rotation")
    assert uncovered(document, found, by_spans=False) == ""


def test_a_span_is_embedded_with_its_title_and_headings_but_points_to_its_own_text() -> None:
    text = "# Keys\n\nIntro.\n\n## Rotate\n\nChoose **Rotate**."
    _, span = chunk(markdown(text), ChunkOptions()).passages[0].spans
    assert span.text == "Keys\nRotate\nChoose **Rotate**."
    assert text[span.start : span.end] == "## Rotate\n\nChoose **Rotate**."


def test_a_span_never_reaches_over_a_heading() -> None:
    document = markdown(random_markdown(3))
    starts = [block.start for block in document.blocks if block.kind != "heading"]
    headings = [block.start for block in document.blocks if block.kind == "heading"]
    assert headings
    for passage in chunk(document, ChunkOptions()).passages:
        for span in passage.spans:
            body = min((start for start in starts if span.start <= start < span.end), default=span.end)
            assert not [heading for heading in headings if body < heading < span.end]


def test_most_spans_of_long_prose_are_of_the_wanted_size() -> None:
    passages = chunk(plain("\n\n".join([SENTENCE * 9] * 60)), ChunkOptions()).passages
    sizes = [span.end - span.start for passage in passages for span in passage.spans]
    assert all(200 <= size <= 900 for size in sizes)


def test_an_uploader_s_title_stands_before_every_span() -> None:
    document = markdown("# Keys\n\nRotate them.").model_copy(update={"title": "Handbook"})
    assert chunk(document, ChunkOptions()).passages[0].spans[0].text == "Handbook\nKeys\nRotate them."


@pytest.mark.parametrize("sizes", [{"minimum": 6000}, {"minimum_overlap": 900}, {"maximum": 1000, "minimum": 500}])
def test_sizes_that_contradict_each_other_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"minimum|maximum_overlap"):
        ChunkOptions(**sizes)


def test_a_passage_is_on_the_page_on_which_it_begins() -> None:
    pages = [f"Page {page}. {SENTENCE * 20}" for page in range(1, 9)]
    text = "\n\n".join(pages)
    starts = [text.index(page) for page in pages]
    blocks = tuple(
        Block(kind="paragraph", start=start, end=start + len(page.rstrip()), page=number)
        for number, (start, page) in enumerate(zip(starts, pages, strict=True), start=1)
    )
    document = ParsedDocument(title="t", text=text, blocks=blocks, media_type="application/pdf", parser="p")
    passages = chunk(document, ChunkOptions()).passages
    assert len(passages) > 2
    for passage in passages:
        assert passage.page == max(number for number, start in enumerate(starts, start=1) if start <= passage.start)


def test_a_word_that_a_line_end_broke_is_embedded_whole() -> None:
    (span,) = chunk(plain("The con-\nfiguration of key-\nValue pairs."), ChunkOptions()).passages[0].spans
    assert span.text.endswith("The configuration of key-\nValue pairs.")


def test_rows_far_from_their_header_are_embedded_with_it() -> None:
    rows = "\n".join(f"| E{row} | Reason number {row} |" for row in range(600))
    passages = chunk(markdown(f"# Codes\n\n| Code | Meaning |\n|---|---|\n{rows}"), ChunkOptions()).passages
    assert len(passages) > 3
    for passage in passages:
        for span in passage.spans:
            assert span.text.count("| Code | Meaning |") == 1


def test_a_passage_that_begins_within_a_table_knows_its_header() -> None:
    rows = "\n".join(f"| E{row} | Reason number {row} |" for row in range(600))
    text = f"# Codes\n\n| Code | Meaning |\n|---|---|\n{rows}\n\n## Afterwards\n\n{SENTENCE * 80}"
    passages = chunk(markdown(text), ChunkOptions()).passages
    within = [passage for passage in passages if passage.text.startswith("| E")]
    assert len(within) > 3
    assert {passage.table_header for passage in within} == {"| Code | Meaning |"}
    assert {passage.table_header for passage in passages if passage not in within} == {""}
    assert all(passage.text == text[passage.start : passage.end] for passage in passages)


def test_a_table_without_a_header_or_with_an_endless_one_repeats_nothing() -> None:
    rows = "\n".join(f"| E{row} | Reason number {row} |" for row in range(200))
    for header in ("", f"| {'wide ' * 60} | b |\n|---|---|\n"):
        passages = chunk(markdown(header + rows), ChunkOptions()).passages
        assert "wide" not in passages[-1].spans[-1].text
        assert passages[-1].table_header == ""
