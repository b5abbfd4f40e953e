"""What kind of question it is, decided by rules so that the same question is always read the same way."""

import re
from typing import Final

from domain.answer import Intent
from domain.base import Value

VERSION: Final = "intent-2"


class Classification(Value):
    """Every intent that holds, the first one leading; ``rules`` names what matched, in the same order."""

    intents: tuple[Intent, ...]
    rules: tuple[str, ...]


_RULES: Final[tuple[tuple[Intent, str, re.Pattern[str]], ...]] = (
    (
        Intent.ACCESS,
        "own_access",
        re.compile(
            r"\b(?:what|which)\s+(?:packs?|tools?|roles?|permissions?|access)\b[^?.]*\b(?:i|my|me)\b"
            r"|\bmy\s+(?:roles?|permissions?|access)\b|\bwhat\s+(?:am|can)\s+i\s+(?:allowed|permitted|access)"
        ),
    ),
    (
        Intent.STATS,
        "measured_over_time",
        re.compile(
            r"\b(?:last|past)\s+\d+\s*(?:h|d|hours?|days?|weeks?)\b|\b(?:last|past|this)\s+(?:week|month|24h|7d)\b"
            r"|\b(?:p50|p95|p99)\b|\b(?:request|error)\s+(?:volume|count|rate)\b|\bservices\s+by\b"
            r"|\b(?:volume|traffic|requests?|errors?|failures?|latency|response\s+times?|busiest\s+services)\b.*"
            r"\b(?:yesterday|today|since|between|ago|(?:last|past|this|previous)\s+\w+|in\s+(?:january|february|march"
            r"|april|may|june|july|august|september|october|november|december)|sandbox|production|service)\b"
            r"|\bhow\s+many\s+(?:\w+\s+)?(?:requests|errors|calls|failures)\b"
        ),
    ),
    (
        Intent.HAND_OFF,
        "asks_for_a_person",
        re.compile(r"\b(?:talk|speak|connect|hand\s*(?:me)?\s*(?:over|off))\b[^?.]*\b(?:human|person|agent|someone)\b"),
    ),
    (
        Intent.HOW_TO,
        "asks_how",
        re.compile(
            r"\bhow\b|\bsteps?\b|\bset\s*up\b|\bconfigure\b|\bcreate\b|\brotate\b|\benable\b|\binstall\b|\bwhat\b|\bwhy\b"
            r"|\bwhen\b|\bwhere\b|\bcan\s+i\b|\bguide\b|\bexplain\b"
        ),
    ),
)
_HOW: Final = re.compile(r"\bhow\b(?!\s+(?:many|much|slow|fast|often|long)\b)")
_SMALL_TALK: Final = re.compile(
    r"(?:hi|hello|hey|good\s+(?:morning|afternoon|evening)|thanks?|thank\s+you|bye|goodbye)(?:\s+(?:there|all|you))?[\s!.,]*"
)


def classify(message: str) -> Classification:
    """Return the intents of a message; a message that no rule knows is read as a how-to question."""
    text = " ".join(message.casefold().split())
    if _SMALL_TALK.fullmatch(text):
        return Classification(intents=(Intent.SMALL_TALK,), rules=("greeting",))
    matched = [(intent, rule) for intent, rule, pattern in _RULES if pattern.search(text)]
    intents = [intent for intent, _ in matched]
    if not {Intent.ACCESS, Intent.HAND_OFF, Intent.STATS}.isdisjoint(intents):
        # "What roles do I have?" contains a question word too; only an explicit "how" asks for steps besides.
        matched = [(intent, rule) for intent, rule in matched if intent is not Intent.HOW_TO or _HOW.search(text)]
    if not matched:
        matched = [(Intent.HOW_TO, "default")]
    return Classification(intents=tuple(intent for intent, _ in matched), rules=tuple(rule for _, rule in matched))
