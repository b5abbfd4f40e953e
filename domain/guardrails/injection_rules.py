"""How a rule of screening is written down: the words without which it cannot match, then patterns.

Patterns are matched against folded text (domain/text/folding.py), so they are in lower case and know one space only.
Every gap in one is bounded, so that each runs in a time linear to the text. A text that lacks the words of a group, as
almost every text does, costs a search for each of these words and no pattern.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

Stems = tuple[str, ...]

ASSISTANT: Final = r"(?:ai|llm|gpt|language model|chat ?bot|bot|assistant|model)"
ANSWER: Final = r"(?:answers?|responses?|repl(?:y|ies)|summar(?:y|ies)|output|message|text)"
MODES: Final = (
    r"(?:dan|do anything now|jailbreak|jailbroken|god|unrestricted|unfiltered|uncensored|developer|dev|debug|sudo|admin(?:istrator)?"
    r"|root|maintenance|override|opposite|evil|chaos|hacker|test|diagnostic|system|privileged|verification|emergency|safe)"
)
CLAUSE: Final = (
    r"(?:(?:^|[.!?:;|>\"”'‘’*(\[{,-] ?)(?:[\w'’]+, )?|\b(?:please|then|now|and|must|should|shall|you|will|can|could|just|also"
    r"|instead|so|simply|kindly|always|hereby|first|important|critical|urgent|system|user|you to|have to|need to|going to|is to) )"
)
"""Where an order begins: a sentence, a quotation, a line, or the verb behind "please", "you must" and the like."""


class Group(NamedTuple):
    """A text has to hold one of each of ``needs`` before a pattern is tried."""

    rule: str
    needs: tuple[Stems, ...]
    patterns: tuple[re.Pattern[str], ...]

    def matches(self, text: str) -> bool:
        holds = text.__contains__
        for stems in self.needs:
            if not any(map(holds, stems)):
                return False
        return any(pattern.search(text) for pattern in self.patterns)


def group(rule: str, needs: Sequence[str], *patterns: str) -> Group:
    """``needs`` are alternatives with spaces between them; "_" stands for a space in one. Letters that are written in
    more than one way are composed as folding leaves them."""
    stems = tuple(tuple(_composed(stem.replace("_", " ")) for stem in each.split()) for each in needs)
    return Group(rule, stems, tuple(re.compile(_composed(pattern)) for pattern in patterns))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
