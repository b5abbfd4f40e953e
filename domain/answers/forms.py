"""The form of a question: what its answer has to be, by the words that ask, in the languages that are read."""

import re
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """What the answer has to be: steps, a definition, a person, a time, and so on; ``open`` if nothing says."""

    HOW = "how"
    WHAT_IS = "what_is"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    AMOUNT = "amount"
    DURATION = "duration"
    WHY = "why"
    YES_NO = "yes_no"
    LIST = "list"
    COMPARE = "compare"
    CODE = "code"
    SUMMARY = "summary"
    OPEN = "open"


_ASIDE: Final = r"\W*(?:(?:and|also|please|hi|hello|so|but|then|ok|now|exactly|und|bitte|et|y|e|en|i)\W+)*"
_APOSTROPHE: Final = "['\u2019]"

# Alternatives of each form; "^" is the beginning of the question after asides such as "and" and "please". The first
# form that fits is the one.
_WORDS: Final[tuple[tuple[Form, tuple[str, ...]], ...]] = (
    (
        Form.SUMMARY,
        (
            r"\bsummari[sz]e\b",
            r"\b(?:summary|overview)\s+of\b",
            r"\bwhat\s+is\b.{1,80}\b(?:page|guide|document|report|manual|article)\s+about\b",
            r"\bfasse\b.{1,80}\bzusammen\b",
            r"\b(?:zusammenfassung|überblick)\b",
            r"\brésum(?:e|é|er|ez)\b",
            r"^(?:resume|resumir|resumo)\s+(?:el|la|los|las|este|esta|o|a|os|as)\b",
            r"\bresumen\s+de\b",
            r"\briassum\w+\b",
            r"\bsamenvatting\b",
            r"\bstreść\b|\bstreszczenie\b",
        ),
    ),
    (
        Form.COMPARE,
        (
            r"\b(?:compare|differences?|versus|vs|unterschied|différence|diferencia|differenza|diferença|verschil|różnica)\b",
        ),
    ),
    (
        Form.DURATION,
        (
            r"\bhow\s+(?:long|often|soon|quickly|old)\b",
            r"\bwie\s+(?:lange|oft)\b",
            r"\bcombien\s+de\s+temps\b",
            r"\bcuánto\s+(?:tiempo|dura)\b",
            r"\bquanto\s+tempo\b",
            r"\bhoe\s+lang\b",
            r"\bjak\s+długo\b",
        ),
    ),
    (
        Form.AMOUNT,
        (
            r"\bhow\s+(?:much|many|big|large|tall|high|far|fast|loud|heavy|hard|wide|deep|expensive|late|early)\b",
            r"\bwie\s?(?:viele?|teuer|hoch|groß|schwer|laut)\b",
            r"\b(?:was\s+kostet|combien|cuánt[oa]s?|quant[oaei]s?|hoeveel|ile)\b",
            r"\bcosts?\b",
            r"\bprices?\s+(?:of|for)\b",
            r"\bwhat\s+number\b",
        ),
    ),
    (
        Form.HOW,
        (
            r"\bhow\s+(?:to|can)\b",
            r"\bhow\s+(?:do|can|could|should|would|must|may)\s+(?:i|you|we|one|somebody|someone|they)\b",
            r"\bsteps?\b",
            r"\bwhat\s+(?:now|next)\b",
            r"\bwhat\s+(?:do|can|should|must)\s+(?:i|we|you)\s+do\b",
            r"^(?:can|could)\s+(?:you\s+)?(?:explain|show)",
            r"\bwie\s+\w+\s+(?:ich|wir|man)\b",
            r"^wie\s+(?:kann|muss|soll)\b",
            r"^(?:comment|cómo|come|como|hoe|jak)\b",
        ),
    ),
    (
        Form.WHO,
        (r"^(?:who|whom|whose|wer|wem|wen|qui|quién|quiénes|chi|quem|wie\s+is|kto)\b", r"\ban\s+wen\b"),
    ),
    (
        Form.WHEN,
        (
            r"^(?:(?:until|from|since)\s+)?when\b",
            r"^(?:at\s+)?what\s+(?:time|day|date)\b",
            r"\b(?:until|from)\s+when\b",
            r"^(?:(?:ab|bis)\s+)?wann\b",
            r"^um\s+wie\s?viel\s+uhr\b",
            r"^(?:quand|à\s+quelle\s+heure|cuándo|a\s+qué\s+hora|quando|a\s+che\s+ora|a\s+que\s+horas)\b",
            r"^(?:wanneer|hoe\s+laat|kiedy|o\s+której)\b",
        ),
    ),
    (Form.WHERE, (r"^(?:where|wo|woher|wohin|où|dónde|dove|onde|waar|gdzie)\b",)),
    (Form.WHY, (r"^(?:why|warum|wieso|weshalb|pourquoi|por\s+qué|perché|por\s+que|waarom|dlaczego)\b",)),
    (
        Form.LIST,
        (
            r"^(?:list|enumerate|name\s+(?:all|the))\b",
            r"^(?:which|what)\s+(?:\w+\s+){0,2}\w+s\s+(?:are|can|do|does|exist|may|there|include|need|have)\b",
            r"^what\s+are\s+(?:the|all)\b",
            r"\blist\s+(?:all|of)\b",
        ),
    ),
    (
        Form.WHAT_IS,
        (
            rf"^(?:what|whats|wat)(?:{_APOSTROPHE}?s)?\b",
            r"^(?:define|explain|meaning\s+of)\b",
            r"^was\s+(?:ist|sind|bedeutet|heißt)\b",
            rf"^qu{_APOSTROPHE}est-ce\b",
            rf"^(?:qué\s+(?:es|son)|(?:che\s+)?cos{_APOSTROPHE}è|o\s+que\s+é|wat\s+is|co\s+to\s+jest)\b",
            r"\bmeans?\b",
        ),
    ),
    (
        Form.YES_NO,
        (
            r"^(?:is|are|was|were|does|do|did|can|could|may|will|would|should|has|have|am|must)\b",
            r"^(?:ist|sind|gibt\s+es|kann|darf|muss|hat|haben|est-ce|peut-on|puis-je|hay|puedo|se\s+puede)\b",
            rf"^(?:è|c{_APOSTROPHE}è|posso|há|is\s+er|mag|kan|czy)\b",
        ),
    ),
)


def _pattern(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(one.replace("^", f"^{_ASIDE}", 1) if one.startswith("^") else one for one in alternatives)
    return re.compile(joined)


_FORMS: Final = tuple((form, _pattern(alternatives)) for form, alternatives in _WORDS)
_CODE: Final = re.compile(r"\b(?:command|snippet|code\s+sample|example\s+code|syntax)\b")


def form_of(question: str) -> Form:
    """Of a question in any letters, on one line."""
    folded = question.casefold().lstrip("¿¡ ")
    form = next((form for form, pattern in _FORMS if pattern.search(folded)), Form.OPEN)
    return Form.CODE if form in (Form.WHAT_IS, Form.OPEN) and _CODE.search(folded) else form
