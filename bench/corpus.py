"""Synthetic documents with word frequencies like those of prose, the same at every run."""

import random
from collections.abc import Iterator

_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ra", "si", "ta", "ve", "wo", "zu", "ka", "mi")
_VOCABULARY = 8_000
_WORDS_PER_PASSAGE = 90


def documents(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """(name, Markdown) of ``count`` documents of one passage each."""
    chance = random.Random(seed)  # noqa: S311 - the same text at every run, no secret
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_VOCABULARY)]
    weights = [1 / (rank + 2) for rank in range(_VOCABULARY)]
    for number in range(count):
        words = chance.choices(vocabulary, weights, k=_WORDS_PER_PASSAGE)
        sentences = [" ".join(words[start : start + 12]).capitalize() + "." for start in range(0, len(words), 12)]
        yield f"bench/{number:05}.md", f"# Document {number}\n\n{' '.join(sentences)}\n".encode()
