"""What may be asked at all."""

import re
import unicodedata
from typing import Final

from domain.base import Value

VERSION: Final = "policy-1"
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


class Admission(Value):
    """Whether a message may be answered; ``rule_id`` names the rule that refused it."""

    admitted: bool
    rule_id: str | None = None
    reason: str | None = None


def normalise(text: str) -> str:
    """Fold case, width, compatibility forms and invisible characters, so that a pattern cannot be dodged by them."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return " ".join(folded.split())


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
