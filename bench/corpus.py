"""Synthetic documents with word frequencies like those of prose, the same at every run."""

import asyncio
import random
from collections.abc import Iterable, Iterator

from answerable_sdk import AsyncAnswerable, Ingest

_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ra", "si", "ta", "ve", "wo", "zu", "ka", "mi")
_VOCABULARY = 8_000
_WORDS_PER_PASSAGE = 90
_PARAGRAPHS_OF_A_LONG_TEXT = 64
_AT_ONCE = 16


def documents(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """(name, Markdown) of ``count`` documents of one passage each."""
    for number, sentences in enumerate(_paragraphs(count, seed)):
        yield f"bench/{number:05}.md", f"# Document {number}\n\n{sentences}\n".encode()


def long_texts(count: int, seed: int) -> list[str]:
    """Plain texts of some sixty spans each."""
    paragraphs = list(_paragraphs(count * _PARAGRAPHS_OF_A_LONG_TEXT, seed))
    return ["\n\n".join(paragraphs[number::count]) for number in range(count)]


def _paragraphs(count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311 - the same text at every run, no secret
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_VOCABULARY)]
    weights = [1 / (rank + 2) for rank in range(_VOCABULARY)]
    for _ in range(count):
        words = chance.choices(vocabulary, weights, k=_WORDS_PER_PASSAGE)
        sentences = [" ".join(words[start : start + 12]).capitalize() + "." for start in range(0, len(words), 12)]
        yield " ".join(sentences)


async def ingest_all(client: AsyncAnswerable, batch: Iterable[tuple[str, bytes]]) -> list[Ingest]:
    """Upload every document and wait until each has ended."""
    dataset = (await client.datasets.list())[0]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str, content: bytes) -> Ingest:
        async with gate:
            accepted = await client.documents.upload(dataset.dataset_id, content, name=name, wait=True)
            return await client.ingests.wait(accepted.ingest_id)

    return await asyncio.gather(*(one(name, content) for name, content in batch))
