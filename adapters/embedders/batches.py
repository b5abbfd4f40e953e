"""Many texts in batches, and their vectors back in the order of the texts."""

from collections.abc import Iterator, Sequence

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
