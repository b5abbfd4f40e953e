"""The corpus of the measurement of many passages."""

from collections import Counter
from itertools import islice
from pathlib import Path

from adapters.parsers.registry import ParserRegistry
from bench.scale_corpus import ScaleCorpus
from domain.knowledge.chunking import ChunkOptions, chunk


def test_each_section_becomes_a_passage_of_several_spans(tmp_path: Path) -> None:
    made = ScaleCorpus().document("volume.md", 20, "volumemark")
    file = tmp_path / "volume.md"
    file.write_bytes(made.content)
    cut = chunk(ParserRegistry().parse(file, "text/markdown", made.name), ChunkOptions())
    assert len(cut.passages) == made.sections == 20
    assert cut.span_count >= 4 * 20
    assert sum("volumemark" in passage.text for passage in cut.passages) == 1


def test_words_are_as_frequent_as_in_real_texts() -> None:
    made = ScaleCorpus().document("volume.md", 50, "volumemark")
    counted = sorted(Counter(made.content.decode().casefold().split()).values(), reverse=True)
    # The commonest is common, and half of all that occur do so once or twice.
    assert counted[0] > 50
    assert counted[len(counted) // 2] <= 2


def test_the_same_seed_deals_the_same_documents_each_with_a_word_of_its_own() -> None:
    first, second = (list(islice(ScaleCorpus(3).documents(2), 3)) for _ in range(2))
    assert first == second
    assert len({made.mark for made in first}) == 3
    assert all(made.mark in made.content.decode() for made in first)
