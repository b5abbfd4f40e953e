"""Passages that say the same: a copy of a page under another name should not take the place of another answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar
from zlib import crc32

Key = TypeVar("Key")
Sketch = tuple[int, ...]

_WORD: Final = re.compile(r"\w+")
_SHINGLE_WORDS: Final = 5
_SKETCH_SIZE: Final = 64
_ALIKE: Final = 0.9


def sketch_of(text: str) -> Sketch:
    """The smallest hashes of the runs of five words, at most 64 and ascending: enough to estimate how much two texts
    share (bottom-k sketches; Broder, On the resemblance and containment of documents, 1997)."""
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - _SHINGLE_WORDS + 1)
    hashes = {crc32(" ".join(words[start : start + _SHINGLE_WORDS]).encode()) for start in range(last)}
    return tuple(sorted(hashes)[:_SKETCH_SIZE])


def resemblance(one: Sketch, other: Sketch) -> float:
    """An estimate of the share of all runs of words that both texts have, in [0, 1]."""
    smallest = sorted({*one, *other})[:_SKETCH_SIZE]
    return len({*one} & {*other} & {*smallest}) / len(smallest) if smallest else 1.0


def without_near_duplicates(ranked: Sequence[Key], sketches: Mapping[Key, Sketch]) -> tuple[list[Key], list[Key]]:
    """What is kept and what is dropped of ``ranked``, best first: of texts that are alike the best stays.

    A key without a sketch is kept.
    """
    kept: list[Key] = []
    dropped: list[Key] = []
    for key in ranked:
        is_copy = key in sketches and _is_like_one_of(sketches[key], (sketches[k] for k in kept if k in sketches))
        (dropped if is_copy else kept).append(key)
    return kept, dropped


def _is_like_one_of(sketch: Sketch, others: Iterable[Sketch]) -> bool:
    return any(resemblance(sketch, other) >= _ALIKE for other in others)
