"""What may be asked at all."""

import re
import unicodedata
from typing import Final

from domain.base import Value

VERSION: Final = "policy-1"
# What shows nothing and is neither a format nor a control character: joiners, fillers, variation selectors.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


class Admission(Value):
    """Whether a message may be answered; ``rule_id`` names the rule that refused it."""

    admitted: bool
    rule_id: str | None = None
    reason: str | None = None


def normalise(text: str) -> str:
    """Fold case, width, compatibility forms and invisible characters, so that a pattern cannot be dodged by them."""
    shown = "".join(character for character in _BLANK.sub("", text) if _is_shown(character))
    return " ".join(unicodedata.normalize("NFKC", shown).casefold().split())


def _is_shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf")


def admit(message: str, deny_patterns: tuple[str, ...]) -> Admission:
    """Refuse a message that contains one of the bot's deny patterns (substrings, compared after normalising)."""
    normalised = normalise(message)
    for number, pattern in enumerate(deny_patterns, start=1):
        wanted = normalise(pattern)
        if wanted and wanted in normalised:
            return Admission(
                admitted=False,
                rule_id=f"deny_pattern/{number}",
                reason="This question touches a topic that this assistant has been told not to discuss.",
            )
    return Admission(admitted=True)
