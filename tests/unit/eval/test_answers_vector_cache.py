"""Texts are embedded once, whatever run they come in, and a damaged file is forgotten."""

from collections.abc import Sequence
from pathlib import Path

from eval.answers.vector_cache import RememberingEmbedder


class CountingEmbedder:
    """Implements Embedder: a vector is the length of its text."""

    model = "length"
    dimension = 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return (float(len(text)),)

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        self.asked += texts
        return b"".join(len(text).to_bytes(4, "little") for text in texts)


def cut_off(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])


async def test_a_text_is_embedded_once_and_keeps_its_place(tmp_path: Path) -> None:
    real = CountingEmbedder()
    expected = await CountingEmbedder().embed_spans(["a", "bb", "a"])
    assert await RememberingEmbedder(real, tmp_path).embed_spans(["a", "bb", "a"]) == expected
    later = RememberingEmbedder(real, tmp_path)
    assert await later.embed_spans(["bb", "a", "ccc"]) == await CountingEmbedder().embed_spans(["bb", "a", "ccc"])
    assert real.asked == ["a", "bb", "ccc"]


async def test_a_file_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    real = CountingEmbedder()
    await RememberingEmbedder(real, tmp_path).embed_spans(["a"])
    cut_off(tmp_path)
    assert await RememberingEmbedder(real, tmp_path).embed_spans(["a"]) == (1).to_bytes(4, "little")
    assert real.asked == ["a", "a"]


async def test_questions_are_embedded_anew(tmp_path: Path) -> None:
    assert await RememberingEmbedder(CountingEmbedder(), tmp_path).embed_query("four") == (4.0,)
