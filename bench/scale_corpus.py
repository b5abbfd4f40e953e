"""Long Markdown documents whose words are as frequent as those of real texts, dealt from one seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

_SYLLABLES: Final = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ra", "si", "ta", "ve", "wo", "zu", "ka", "mi")
_VOCABULARY: Final = 50_000
_WORDS: Final = 95
_SENTENCE: Final = 12
_PARAGRAPHS: Final = 6


@dataclass(frozen=True)
class Made:
    """``mark`` is a word that no other document holds; ``question`` some words of one of its paragraphs."""

    name: str
    content: bytes
    sections: int
    mark: str
    question: str


class ScaleCorpus:
    """Sections of about 3,700 characters: with the overlap, a passage each. Words by Zipf-Mandelbrot."""

    def __init__(self, seed: int = 11) -> None:
        self._chance = np.random.default_rng(seed)
        syllables = self._chance.choice(_SYLLABLES, size=(_VOCABULARY, 4))
        lengths = self._chance.integers(2, 5, size=_VOCABULARY)
        self._words = ["".join(parts[:length]) for parts, length in zip(syllables, lengths, strict=True)]
        weights = 1 / (np.arange(_VOCABULARY) + 30.0)
        self._ends = np.cumsum(weights / weights.sum())

    def documents(self, sections: int, prefix: str = "scale") -> Iterator[Made]:
        """Without end, ``sections`` in each."""
        number = 0
        while True:
            yield self.document(f"{prefix}/{number:05}.md", sections, f"{prefix}mark{number:05}")
            number += 1

    def document(self, name: str, sections: int, mark: str) -> Made:
        # A word that is past the last of the vocabulary by rounding counts as the last.
        ranks = np.searchsorted(self._ends, self._chance.random(sections * _PARAGRAPHS * _WORDS)).clip(
            max=_VOCABULARY - 1
        )
        words = [self._words[rank] for rank in ranks]
        paragraphs = [_paragraph(words[start : start + _WORDS]) for start in range(0, len(words), _WORDS)]
        lines = [f"# Volume {mark}"]
        for section in range(sections):
            heading = " ".join(words[section * _WORDS * _PARAGRAPHS :][:4])
            lines += [f"## {heading}", *paragraphs[section * _PARAGRAPHS : (section + 1) * _PARAGRAPHS]]
        asked = self._chance.integers(len(paragraphs)) * _WORDS
        picked = self._chance.choice(words[asked : asked + _WORDS], int(self._chance.integers(3, 9)))
        return Made(name, "\n\n".join(lines).encode(), sections, mark, " ".join(picked))


def _paragraph(words: list[str]) -> str:
    starts = range(0, len(words), _SENTENCE)
    return " ".join(" ".join(words[start : start + _SENTENCE]).capitalize() + "." for start in starts)
