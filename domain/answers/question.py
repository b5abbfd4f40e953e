"""What is asked: the form of a question, and the words that its answer has to be about."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from domain.answers.ranges import calendar_names_in, figures_in
from domain.text.stems import stems
from domain.text.stop_words import STOP_WORDS, language_of
from domain.text.synonyms import identifiers, with_one_word

MAX_QUESTION: Final = 1_000
"""Characters of a question that are read."""
MAX_TERMS: Final = 32


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
    OPEN = "open"


_ASIDE: Final = r"\W*(?:(?:and|also|please|hi|hello|so|but|then|ok|now|exactly|und|bitte|et|y|e|en|i)\W+)*"
_FORMS: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        (Form.COMPARE, r"\bcompare\b|\bdifferences?\b|\bversus\b|\bvs\b|\bunterschied\b|\bdifférence\b|\bdiferencia\b"),
        (
            Form.DURATION,
            r"\bhow\s+(?:long|often|soon|quickly|old)\b|\bwie\s+(?:lange|oft)\b|\bcombien\s+de\s+temps\b"
            r"|\bcuánto\s+(?:tiempo|dura)\b|\bquanto\s+tempo\b|\bhoe\s+lang\b|\bjak\s+długo\b",
        ),
        (
            Form.AMOUNT,
            r"\bhow\s+(?:much|many|big|large|tall|high|far|fast|loud|heavy|hard|wide|deep|expensive|late|early)\b"
            r"|\bwie\s?(?:viele?|teuer|hoch|groß|schwer|laut)\b|\bwas\s+kostet\b|\bcombien\b|\bcuánt[oa]s?\b"
            r"|\bquant[oaei]s?\b|\bhoeveel\b|\bile\b|\bcosts?\b|\bprices?\s+(?:of|for)\b|\bwhat\s+number\b",
        ),
        (
            Form.HOW,
            r"\bhow\s+to\b|\bhow\s+(?:do|can|could|should|would|must|may)\s+(?:i|you|we|one|somebody|someone|they)\b"
            r"|\bsteps?\b|\bwhat\s+(?:do|can|should|must)\s+(?:i|we|you)\s+do\b|^\W*(?:can|could)\s+(?:you\s+)?(?:explain|show)"
            r"|^\W*wie\s+\w+\s+(?:ich|wir|man)\b|^\W*wie\s+(?:kann|muss|soll)\b|^\W*comment\b|^\W*¿?cómo\b|^\W*come\b"
            r"|^\W*como\b|^\W*hoe\b|^\W*jak\b|\bwie\s+\w+\s+ich\b",
        ),
        (Form.WHO, r"^{aside}(?:who|whom|whose|wer|wem|wen|qui|quién|quiénes|chi|quem|wie\s+is|kto)\b|\ban\s+wen\b"),
        (
            Form.WHEN,
            r"^{aside}(?:when|until\s+when|from\s+when|since\s+when|what\s+(?:time|day|date)|at\s+what\s+time|wann|ab\s+wann"
            r"|bis\s+wann|um\s+wie\s?viel\s+uhr|quand|à\s+quelle\s+heure|cuándo|a\s+qué\s+hora|quando|a\s+che\s+ora"
            r"|a\s+que\s+horas|wanneer|hoe\s+laat|kiedy|o\s+której)\b|\b(?:until|from)\s+when\b",
        ),
        (Form.WHERE, r"^{aside}(?:where|wo|woher|wohin|où|dónde|dove|onde|waar|gdzie)\b"),
        (Form.WHY, r"^{aside}(?:why|warum|wieso|weshalb|pourquoi|por\s+qué|perché|por\s+que|waarom|dlaczego)\b"),
        (
            Form.LIST,
            r"^{aside}(?:list|enumerate|name\s+(?:all|the))\b|^{aside}(?:which|what)\s+(?:\w+\s+){0,2}\w+s\s+(?:are|can|do|does"
            r"|exist|may|there|include|need|have)\b|^{aside}what\s+are\s+(?:the|all)\b|\blist\s+(?:all|of)\b",
        ),
        (
            Form.WHAT_IS,
            r"^{aside}(?:what|whats|wat)(?:'s|\u2019s|s)?\s+(?:is|are|was|were|counts|a|an|the)?\b"
            r"|^{aside}(?:was\s+(?:ist|sind|bedeutet|heißt)|qu['\u2019]est-ce|¿?qué\s+(?:es|son)|cos['\u2019]è|che\s+cos['\u2019]è"
            r"|o\s+que\s+é|wat\s+is|co\s+to\s+jest|define|explain|meaning\s+of)\b|\bmeans?\b",
        ),
        (
            Form.YES_NO,
            r"^{aside}(?:is|are|was|were|does|do|did|can|could|may|will|would|should|has|have|am|must)\b"
            r"|^{aside}(?:ist|sind|gibt\s+es|kann|darf|muss|hat|haben|est-ce|peut-on|puis-je|hay|puedo|se\s+puede|è|c['\u2019]è"
            r"|posso|há|is\s+er|mag|kan|czy)\b",
        ),
    )
    for pattern in (pattern.replace("{aside}", _ASIDE).replace("{{", "{").replace("}}", "}"),)
)
_OF_THE_FORM: Final = frozenset(
    "compare compared comparison difference differences versus vs command snippet syntax unterschied vergleiche list all "
    "number define explain meaning example steps step différence diferencia summarise summarize".split()
)
_OF_THE_ANSWER: Final = frozenset(
    "colour color kind type sort size date day year month time hour place location reason person people address name number "
    "version error code document page file value status word detail information question answer cost price fee charge rate "
    "amount term topic long longest highest lowest largest smallest farbe datum uhrzeit preis gebühr name nummer fehler seite "
    "couleur prix heure jour nombre color precio hora día número".split()
)
"""What the answer is an instance of: a text that says "teal" need not say "colour"."""
_INSTANCE: Final = 0.35
_VERB: Final = 0.5
_PARTICIPLE: Final = re.compile(r"[^\W\d_]{3,}(?:ed|en)|sold|paid|sent|made|kept|held|built|bought|met|led|won|lost|cost")
_VERB_PLACES: Final = (
    re.compile(r"\W*(?:which|what|welcher?|welche|welches|quels?|quelles?)\s+[^\W\d_]+\s+([^\W\d_]+)\s+\w"),
    re.compile(r"\W*(?:who|wer|qui|quién)\s+([^\W\d_]+)\s+\w"),
    re.compile(r"\W*(?:wann|wo|wie|was|wer)\b.*\b(ge[^\W\d_]+(?:t|en)|\w+ge\w+(?:t|en))\W*$"),
)
_AFTER_AUXILIARY: Final = re.compile(r"\b(?:do|does|did)\b[^?]*?\b([^\W\d_]+)\W*$")
_ASKS_IN_SIGNS: Final = re.compile("[的了吗呢么什怎多少几哪谁有是在和要请个我你您能吧嗎麼幾誰請個會か何いつどこだれ誰はのをにがでと]")
_NAMES_A_KIND: Final = re.compile(
    r"\W*(?:(?:in|on|at|to|from|by|for|of)\s+)?(?:which|what|how\s+(?:many|much))\s+(?!is\b|are\b|was\b|do|can\b|should\b)\w+"
)
"""A question that names what its answer is an instance of: what happens to it matters less."""
_NUMBERED: Final = re.compile(
    r"(?:\b[A-Z][\w-]*|\b(?:version|release|chapter|section|phase|level|grade|class|model|python|edition|part|firmware|v))\s+(\d+(?:\.\d+)*)\b"
)
_CODE: Final = re.compile(r"\b(?:command|snippet|code\s+sample|example\s+code|syntax)\b")
_NAMES_SOMETHING: Final = re.compile(r"(?<!^)(?<![.?!]\s)(?<![\w'\u2019])[A-Z][a-zà-ÿ]+")
_DETAIL: Final = re.compile(r"\(([^()]{1,200})\)\W*$")
_OF_DETAIL: Final = 1.5
_BESIDE_DETAIL: Final = 0.6
_STARTS: Final = re.compile(r"[^\W_]+")


class Term(NamedTuple):
    """A word that the answer is about. ``required``: nothing else can stand for it, as for a name, a code, a version.
    ``worth`` multiplies its weight."""

    stem: str
    word: str
    required: bool
    worth: float = 1.0
    is_name: bool = False


class Question(NamedTuple):
    text: str
    form: Form
    terms: tuple[Term, ...]
    language: str
    detail: frozenset[str] = frozenset()
    """Stems of what a follow-up asks for in place of something that its question names too."""
    figures: tuple[float, ...] = ()
    """Numbers that may lie within a range of the text."""
    calendar: tuple[tuple[str, str], ...] = ()
    """Days of the week and months, each as a stem and by its name."""

    @property
    def wants_steps(self) -> bool:
        return self.form is Form.HOW

    @property
    def head(self) -> Term | None:
        """What is asked for: "floors" of "how many floors", "deputy" of "who is the deputy of"."""
        if self.form not in _WITH_HEAD:
            return None
        first = min(self.terms, key=lambda term: _place(term, self.text), default=None)
        return first if first is not None and first.worth >= 1 else None


_WITH_HEAD: Final = (Form.AMOUNT, Form.WHO, Form.WHAT_IS, Form.WHERE)


def _place(term: Term, text: str) -> int:
    at = text.casefold().find(term.word)
    return at if at >= 0 else len(text)


def read_question(message: str) -> Question:
    """Of a long message its beginning is read. A follow-up has what it asks for in brackets at its end."""
    text = " ".join(message[:MAX_QUESTION].split())
    language = language_of(text)
    terms = _terms(text, language)
    detail = frozenset[str]()
    if follow_up := _DETAIL.search(text):
        of_detail = _terms(follow_up.group(1), language)
        detail = frozenset(term.stem for term in of_detail)
        terms = _with_detail(terms, detail)
    return Question(
        text=text,
        form=_form(text),
        terms=tuple(terms[:MAX_TERMS]),
        language=language,
        detail=detail,
        figures=figures_in(text),
        calendar=tuple((stem, name) for name in calendar_names_in(text) for stem in stems(name)),
    )


def _with_detail(terms: "list[Term]", detail: frozenset[str]) -> "list[Term]":
    """What the detail takes the place of is not known; a name gives way to a name."""
    names_one = any(term.required for term in terms if term.stem in detail)
    return [
        term._replace(worth=_OF_DETAIL, required=term.required)
        if term.stem in detail
        else term._replace(worth=_BESIDE_DETAIL, required=False)
        for term in terms
        if term.stem in detail or not (names_one and term.required)
    ]


def _form(text: str) -> Form:
    folded = text.casefold().lstrip("¿¡ ")
    for form, pattern in _FORMS:
        if pattern.search(folded):
            if form is Form.WHAT_IS and _CODE.search(folded):
                return Form.CODE
            return form
    return Form.CODE if _CODE.search(folded) else Form.OPEN


def _terms(text: str, language: str) -> "list[Term]":
    stop = STOP_WORDS[language]
    names = {found.group().casefold() for found in _NAMES_SOMETHING.finditer(text)} if language != "de" else set()
    numbers = {part for found in _NUMBERED.finditer(text) for part in found.group(1).split(".")}
    verb = _verb(text)
    names_a_kind = _NAMES_A_KIND.match(text.casefold()) is not None
    found: dict[str, Term] = {}
    for code in identifiers(text):
        found[code] = Term(code, code, required=True)
    parts = {part for code in found for part in _STARTS.findall(code)}
    for word in _STARTS.findall(with_one_word(text)):
        if word in parts:
            continue
        if word in stop or word in _OF_THE_FORM:
            continue
        for stem in stems(word):
            if _ASKS_IN_SIGNS.search(stem):
                continue
            required = word in names or word in numbers or (any(map(str.isdigit, word)) and not word.isdigit())
            if stem not in found or required:
                worth = _INSTANCE if _is_of_the_answer(word) else 1.0
                if not required and (word == verb or (names_a_kind and _PARTICIPLE.fullmatch(word))):
                    worth = min(worth, _VERB)
                found[stem] = Term(stem, word, required, 1.0 if required else worth, word in names)
    return list(found.values())


def _is_of_the_answer(word: str) -> bool:
    return word in _OF_THE_ANSWER or word.removesuffix("s") in _OF_THE_ANSWER


def _verb(text: str) -> str | None:
    """The word that says what happens, where its place tells it."""
    folded = text.casefold()
    found = next(filter(None, (place.match(folded) for place in _VERB_PLACES)), None) or (
        _AFTER_AUXILIARY.search(folded) if _NAMES_A_KIND.match(folded) else None
    )
    return found.group(1) if found else None
