"""The words of questions and texts, and how much of a question a text takes up."""

import math
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import islice
from typing import Final

from domain.text.stems import stems

MAX_QUESTION_WORDS: Final = 64
"""How many distinct words of a question are looked for. Each is compared with every word of every passage."""
_SHORTEST_PREFIX: Final = 4
_LONGEST_REST: Final = 4
_RELATED_CREDIT: Final = 0.8

_ASKS_FOR_STEPS: Final = re.compile(
    r"\bhow\s+to\b|\bhow\s+(?:do|can|could|should|would|must|may)\s+(?:i|you|we|one|somebody|someone)\b|\bsteps?\b"
    r"|^\W*(?:can|could|may)\s+(?:i|we)\b|\bwhat\s+(?:do|can|should|must)\s+(?:i|we|you)\s+do\b"
)
_ASKS_FOR_MEANING: Final = re.compile(r"\W*(?:what|who)(?:\s+(?:is|are)\b|['\u2019]s\b)")
_ASKS_FOR_FACTS: Final = re.compile(
    r"\W*(?:what|which|who|whose|when|where|why|how|is|are|was|were|does|do|did|can|could|may|will|would|should|has|have)\b"
)


def asks_for_steps(question: str) -> bool:
    """Whether a list of steps is wanted; words without a question ("rotate api key") are read that way too."""
    text = " ".join(question.casefold().split())
    return _ASKS_FOR_STEPS.search(text) is not None or _ASKS_FOR_FACTS.match(text) is None


def asks_for_meaning(question: str) -> bool:
    """Whether the question is of the form "What is a …?"."""
    return _ASKS_FOR_MEANING.match(question.casefold()) is not None


class QuestionWords:
    """The words of one question, weighted by how few of the given texts hold them."""

    def __init__(self, question: str, texts: Iterable[Collection[str]]) -> None:
        self.wants_steps = asks_for_steps(question)
        self.wants_meaning = asks_for_meaning(question)
        held = [frozenset(words) for words in texts]
        self._weights: dict[str, float] = {}
        for word in islice(dict.fromkeys(stems(question)), MAX_QUESTION_WORDS):
            holding = sum(_credit(word, words) > 0 for words in held)
            self._weights[word] = math.log(1 + (len(held) + 1) / max(1, holding))
        self._total = sum(self._weights.values())

    def coverage(self, *weighed: tuple[Collection[str], float]) -> float:
        """The share in [0, 1] of the question that stands in texts, given as (words, worth in [0, 1])."""
        if not self._total:
            return 0.0
        distinct = [(frozenset(words), worth) for words, worth in weighed]
        found = sum(
            weight * max(_credit(word, words) * worth for words, worth in distinct)
            for word, weight in self._weights.items()
        )
        return found / self._total


@lru_cache(maxsize=16384)
def _credit(word: str, words: frozenset[str]) -> float:
    """How well a text's words hold ``word``: itself, a longer or shorter form of it, or not at all."""
    if word in words:
        return 1.0
    shorter = (word[:-cut] for cut in range(1, _LONGEST_REST + 1) if len(word) - cut >= _SHORTEST_PREFIX)
    if any(form in words for form in shorter):
        return _RELATED_CREDIT
    longest = len(word) + _LONGEST_REST if len(word) >= _SHORTEST_PREFIX else 0
    return _RELATED_CREDIT if any(len(form) <= longest and form.startswith(word) for form in words) else 0.0
