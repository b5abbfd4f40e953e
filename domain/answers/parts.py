"""The questions of a message that asks several things."""

import re
from typing import Final

from domain.text.clauses import clauses_of

MAX_PARTS: Final = 3
_SHORTEST: Final = 4
_A_STORY: Final = 2
_ENOUGH_WORDS: Final = 5
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s")
_ASKING: Final = (
    r"what|who|when|where|which|why|how|is|are|does|do|can|could|may|has|was|wie|wer|wann|wo|welche\w*|kann|darf|gibt"
    r"|combien|où|quand|cuánto|dónde|cuándo"
)
_ASKS: Final = re.compile(
    rf"(?:(?:also|and|until|from|in)\s+)?(?:{_ASKING}|list|compare|tell|show|give)\b", re.IGNORECASE
)
_SPLIT: Final = re.compile(
    rf",?\s(?:and|und|et|y)\s(?=(?:(?:until|from|since|in|at|for)\s)?(?:{_ASKING})\b)", re.IGNORECASE
)


def parts_of(message: str) -> list[str]:
    """The parts, none if there is only one question: "My laptop was stolen. What do I do?" is one."""
    clauses = (part.strip() for clause in clauses_of(message) for part in _SPLIT.split(" ".join(clause.split())))
    parts = [part for part in clauses if len(part) >= _SHORTEST]
    is_several = len(parts) > 1 and all(_ASKS.match(part) or part.endswith("?") for part in parts)
    return parts[:MAX_PARTS] if is_several else []


def question_after_story(message: str) -> str | None:
    """The one question of a message that tells a story before it, if it says enough by itself."""
    sentences = _SENTENCE_END.split(" ".join(message.split()))
    questions = [sentence for sentence in sentences if sentence.endswith("?")]
    if len(sentences) < _A_STORY or len(questions) != 1 or len(questions[0].split()) < _ENOUGH_WORDS:
        return None
    return questions[0]
