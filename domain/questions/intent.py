"""What kind of question it is, decided by rules so that the same question is always read the same way."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.answers.answer import Intent
from domain.base import Value
from domain.packs.tool_selection import Words
from domain.questions.about_itself import About, about_itself
from domain.text.clauses import clauses_of

VERSION: Final = "intent-5"


class Classification(Value):
    """Every intent that holds, the first one leading; ``rules`` names what matched, in the same order.

    ``how_to`` and ``figures`` are the message without the clauses that ask for something else: documents are searched
    with the one, tools are chosen by the other.
    """

    intents: tuple[Intent, ...]
    rules: tuple[str, ...]
    how_to: str = ""
    figures: str = ""


# What lies between two words of a rule is bounded, so that reading takes time in proportion to the length.
_RULES: Final[tuple[tuple[Intent, str, re.Pattern[str]], ...]] = (
    (
        Intent.ACCESS,
        "own_access",
        re.compile(
            r"\b(?:what|which)\s+(?:packs?|tools?|roles?|permissions?|access)\b[^?.]{0,160}\b(?:i|my|me)\b"
            r"|\bmy\s+(?:roles?|permissions?|access)\b|\bwhat\s+(?:am|can)\s+i\s+(?:allowed|permitted|access)"
            # Another's packs are nobody's to know; whoever asks for them is told of their own.
            r"|\b(?:what|which|list|show(?:\s+me)?)\s+(?:all\s+)?(?:the\s+)?packs\b"
        ),
    ),
    (
        Intent.STATS,
        "measured_over_time",
        re.compile(
            r"\b(?:last|past)\s+\d+\s*(?:h|d|hours?|days?|weeks?)\b|\b(?:last|past|this)\s+(?:week|month|24h|7d)\b"
            r"|\b(?:p50|p95|p99)\b|\b(?:request|error)\s+(?:volume|count|rate)\b|\bservices\s+by\b"
            r"|\b(?:volume|traffic|requests?|errors?|failures?|latency|response\s+times?|busiest\s+services)\b.{0,240}"
            r"\b(?:yesterday|today|since|between|ago|(?:last|past|this|previous)\s+\w+|in\s+(?:january|february|march"
            r"|april|may|june|july|august|september|october|november|december)|sandbox|production|service)\b"
            r"|\bhow\s+many\s+(?:\w+\s+)?(?:requests|errors|calls|failures)\b"
        ),
    ),
    (
        Intent.HAND_OFF,
        "asks_for_a_person",
        re.compile(
            r"\b(?:talk|speak|connect|hand\s*(?:me)?\s*(?:over|off))\b[^?.]{0,160}\b(?:human|person|agent|someone)\b"
        ),
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
_ELSEWHERE: Final = frozenset({Intent.ACCESS, Intent.HAND_OFF, Intent.STATS})
"""What is answered without documents."""
_HOW: Final = re.compile(r"\bhow\b(?!\s+(?:many|much|slow|fast|often|long)\b)")
_ASKS_FOR_STEPS: Final = re.compile(
    r"(?:also\s+|please\s+)*(?:how\b|rotate|set\s*up|configure|create|enable|install|explain|steps\b|guide\b|why\b|where\b"
    r"|what\s+(?:is|are|does|do|should)\b(?!\s+(?:it|that|this|they|those|these)\b))"
)
_POLITELY: Final = r"(?:also\s+|and\s+|please\s+)*"
_HOW_MANY: Final = re.compile(rf"{_POLITELY}how\s+(?:many|much)\b")
_ASKS_FOR_A_FIGURE: Final = re.compile(
    rf"{_POLITELY}(?:what(?:['\u2019]s|\s+(?:is|was|are|were))|(?:show|give|tell)\s+me|show|(?:number|count)\s+of|total)\b"
)
_ASKS_FOR_A_LIMIT: Final = re.compile(
    r"\bhow\s+(?:many|much)\b[^?.]{0,160}\b(?:(?:may|can|could)\s+(?:i|we|you|one)\b|(?:allowed|permitted|included)\b)"
)
"""What is allowed stands in documents; "how many requests" alone asks for what was measured."""
_NAMES_A_FIGURE: Final = "names_a_figure"
_ARTICLES: Final = frozenset({"a", "an", "the"})
_SMALL_TALK: Final = re.compile(
    r"(?:hi|hello|hey|good\s+(?:morning|afternoon|evening)|bye|goodbye|hallo|guten\s+(?:tag|morgen|abend)|bonjour|salut|hola"
    r"|buenos\s+días|ciao|buongiorno|olá|bom\s+dia|hoi|dzień\s+dobry|cześć|你好|您好|こんにちは|مرحبا)"
    r"(?:\s+(?:there|all|you))?[\s!.,]*"
)


def classify(message: str, figures: Sequence[str] = ()) -> Classification:
    """Return the intents of a message; a message that no rule knows is read as a how-to question.

    ``figures`` are the words by which the asker's tools are asked for.
    """
    text = " ".join(message.casefold().split())
    if itself := about_itself(text):
        is_list = itself is About.DOCUMENTS
        return Classification(intents=(Intent.ACCESS if is_list else Intent.SMALL_TALK,), rules=(itself.value,))
    if _SMALL_TALK.fullmatch(text):
        return Classification(intents=(Intent.SMALL_TALK,), rules=("greeting",))
    matched = _matched(text)
    clauses = [_Clause.of(clause, figures) for clause in clauses_of(message)]
    if any(Intent.STATS in clause.intents for clause in clauses) and Intent.STATS not in dict(matched):
        matched.insert(0, (Intent.STATS, _NAMES_A_FIGURE))
    if not _ELSEWHERE.isdisjoint(intent for intent, _ in matched):
        # "What roles do I have?" contains a question word too; only an explicit "how", or a clause that asks for
        # nothing but steps, asks for steps besides.
        explicit = bool(_HOW.search(text))
        matched = [(intent, rule) for intent, rule in matched if intent is not Intent.HOW_TO or explicit]
        if not explicit and any(clause.asks_for_steps for clause in clauses):
            matched.append((Intent.HOW_TO, "clause_asks_for_steps"))
    if not matched:
        matched = [(Intent.HOW_TO, "default")]
    return Classification(
        intents=tuple(intent for intent, _ in matched),
        rules=tuple(rule for _, rule in matched),
        how_to=_parts(message, clauses, Intent.HOW_TO),
        figures=_parts(message, clauses, Intent.STATS),
    )


class _Clause(NamedTuple):
    text: str
    intents: frozenset[Intent]

    @classmethod
    def of(cls, text: str, figures: Sequence[str]) -> "_Clause":
        folded = " ".join(text.casefold().split())
        found = frozenset(dict(_matched(folded))) & _ELSEWHERE
        if _asks_for_one_of(figures, folded):
            found |= {Intent.STATS}
        asks = _HOW.search(folded) if found else _ASKS_FOR_STEPS.match(folded) or _HOW.search(folded)
        return cls(text, found | {Intent.HOW_TO} if asks else found)

    @property
    def asks_for_steps(self) -> bool:
        return self.intents == {Intent.HOW_TO}


def _matched(text: str) -> list[tuple[Intent, str]]:
    found = [(intent, rule) for intent, rule, pattern in _RULES if pattern.search(text)]
    if _ASKS_FOR_A_LIMIT.search(text):
        return [(intent, rule) for intent, rule in found if intent is not Intent.STATS]
    return found


def _asks_for_one_of(figures: Sequence[str], text: str) -> bool:
    """Whether a clause asks for a figure: "what is the request volume" does, "reduce the request volume" does not.

    Only behind "how many" is one word enough, for alone it may mean anything.
    """
    if _ASKS_FOR_A_LIMIT.search(text):
        return False
    how_many = _HOW_MANY.match(text)
    words = Words.of(text)
    named = [Words.of(figure) for figure in figures if any(words.places(figure))]
    longest = max((len(figure.words) for figure in named), default=0)
    if how_many or _ASKS_FOR_A_FIGURE.match(text):
        return longest > (0 if how_many else 1)
    return longest > 1 and len([word for word in words.words if word not in _ARTICLES]) == longest


def _parts(message: str, clauses: Sequence[_Clause], wanted: Intent) -> str:
    """The clauses that ask for it, and those that ask for nothing; the whole message if none asks for it."""
    if not any(wanted in clause.intents for clause in clauses) or len(clauses) == 1:
        return message
    kept = [clause.text for clause in clauses if wanted in clause.intents or not clause.intents]
    return message if len(kept) == len(clauses) else " ".join(kept)
