"""Many texts in batches, and their vectors back in the order of the texts."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

import numpy as np

from adapters.embedders.vectors import Vectors, to_bytes


def batches_by_length(texts: Sequence[str], size: int) -> Iterator[tuple[list[int], list[str]]]:
    """Texts of like length together, with their numbers: a batch costs as much as its longest text, many times over."""
    by_length = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    for start in range(0, len(by_length), size):
        numbers = by_length[start : start + size]
        yield numbers, [texts[number] for number in numbers]


def in_order(vectors: dict[int, Vectors]) -> bytes:
    """The vectors of texts 0, 1, 2 …, on the wire."""
    return to_bytes(np.stack([vectors[number] for number in range(len(vectors))])) if vectors else b""


async def one_ahead(
    batches: Iterable[tuple[list[int], list[str]]], start: Callable[[list[str]], asyncio.Future[Vectors]]
) -> AsyncIterator[tuple[list[int], Vectors]]:
    """The numbers and the vectors of each batch, in order. While one is awaited the next has been started already."""
    started: deque[tuple[list[int], asyncio.Future[Vectors]]] = deque()
    try:
        for numbers, batch in batches:
            started.append((numbers, start(batch)))
            if len(started) > 1:
                first, vectors = started.popleft()
                yield first, await vectors
        while started:
            first, vectors = started.popleft()
            yield first, await vectors
    finally:
        for _, vectors in started:
            vectors.cancel()
