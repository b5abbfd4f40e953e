"""How words are numbered and packed in the index. The migration that converted older rows does the same in SQL."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from adapters.search.ranking import K1, B

NUMBERS: Final = 1_000_000_000
"""Terms are numbered by their MD5: two of 100,000 terms share a number by chance once or so in ten thousand."""

_MAX_IN_A_VECTOR: Final = 16_000
_MAX_IMPACT: Final = 255


@lru_cache(maxsize=100_000)
def number_of(term: str) -> int:
    """The index of ``term`` in a sparse vector, from 1."""
    return int(hashlib.md5(term.encode(), usedforsecurity=False).hexdigest()[:8], 16) % NUMBERS + 1


def one_hot(term: str) -> str:
    """The sparse vector whose inner product with a passage's says how often ``term`` stands in it."""
    return f"{{{number_of(term)}:1}}/{NUMBERS}"


def term_vectors(frequencies: Mapping[str, int]) -> list[str]:
    """A passage's terms as sparse vectors; one, unless there are more terms than one can hold."""
    numbered: Counter[int] = Counter()
    for term, frequency in frequencies.items():
        numbered[number_of(term)] += frequency
    items = [f"{number}:{frequency}" for number, frequency in sorted(numbered.items())]
    parts = [items[n : n + _MAX_IN_A_VECTOR] for n in range(0, len(items), _MAX_IN_A_VECTOR)] or [[]]
    return [f"{{{','.join(part)}}}/{NUMBERS}" for part in parts]


def postings_of(slots: Sequence[int], frequencies: Sequence[Counter[str]], mean_length: float) -> dict[str, list[int]]:
    """By term, the passages that hold it, each as slot * 256 + impact.

    The impact is the term's part of BM25 but for its idf, in 255 steps, at the mean length of this moment: good enough
    to choose the passages whose scores are then worked out exactly.
    """
    found: dict[str, list[int]] = {}
    for slot, counted in zip(slots, frequencies, strict=True):
        lift = K1 * (1 - B + B * counted.total() / mean_length)
        for term, frequency in counted.items():
            impact = max(1, round(_MAX_IMPACT * frequency / (frequency + lift)))
            found.setdefault(term, []).append(slot * 256 + impact)
    return found


def array_text(numbers: Iterable[int]) -> str:
    """The text form of a bigint[], for columns that hold one array a row."""
    return "{" + ",".join(map(str, numbers)) + "}"
