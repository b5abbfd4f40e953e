"""What in an English message points back to something said before: an opening, a fragment, a pronoun without a noun.

A pronoun that its own message explains ("How do I rotate a key and revoke it?") points nowhere else. Within one clause
a pronoun never means the clause's own noun, so only what stands in an earlier clause can explain it.
"""

import itertools
import re
from typing import Final, Literal, NamedTuple

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_BETWEEN_CLAUSES: Final = re.compile(r"[,;:.?!](?=\s)|\s[-\u2013]\s")
_INTERJECTIONS: Final = re.compile(
    r"(?:(?:ok|okay|so|well|hmm*|thanks|thank you|great|cool|nice|perfect|yes|yeah|no|alright|right|sorry|hi|hello|hey)"
    r"\b[\s,.!:-]*)+",
    re.IGNORECASE,
)
_CONJUNCTION: Final = re.compile(r"(?:(?:and|or|but|also|plus|then|now)\b[\s,:-]*)+", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"(?:what about|how about|what if (?:it(?:['\u2019]?s| is| was)|i (?:use|want))"
    r"|(?:is it |does it |do )?(?:the )?same(?: thing| question| figures?| numbers?)?(?: again)?"
    r"(?=\s+(?:for|in|on|with|at|but|by|from|as)\b)|likewise|ditto"
    r"|(?:as )?compared (?:to|with)|compare (?:it |that |this )?(?:to|with)|versus|vs\.?|what of"
    r"|(?:wait,? )?i (?:meant?|was asking about)|make (?:it|that)|rather)\b[\s,:-]*",
    re.IGNORECASE,
)
_MORE: Final = re.compile(
    r"(?:(?:but |and )?(?:why|how|how so|how come|where|when|by whom|who)(?: is that| exactly)?|why not|then what"
    r"|(?:and )?(?:what(?:['\u2019]s| is)? next|then|what else|anything else|what then)"
    r"|(?:(?:can|could) you )?(?:please )?"
    r"(?:tell me more|say more|explain(?: more| further)?|elaborate|go on|continue)(?: about (?:it|that|this))?"
    r"|(?:any |some |give me |show me )?(?:more|further) (?:details?|information|info|examples?)"
    r"|(?:for example|(?:an|any) examples?))(?: please)?",
    re.IGNORECASE,
)
ASKING: Final = frozenset("how what which when where why who whom whose".split())
AUXILIARIES: Final = frozenset(
    "is are was were am be been being do does did can could may might must shall should will would has have had"
    " what's who's where's how's when's why's that's isn't aren't doesn't don't can't won't".split()
)
PREPOSITIONS: Final = frozenset(
    "about after against as at before between by during except for from in inside into like of off on onto out outside"
    " over per since through to toward towards under until up using via with within without".split()
)
DETERMINERS: Final = frozenset("a an the my our your his her each every any some no another".split())
PEOPLE: Final = frozenset("i we you me us he she one somebody someone anybody anyone everybody everyone people".split())
_PRONOUNS: Final = frozenset("it its they them their theirs".split())
_DEMONSTRATIVES: Final = frozenset("this that these those".split())
_OPENS_A_CLAUSE: Final = frozenset(
    "and or but if when while because so then which who whether once unless although though after before until".split()
)
_LIGHT: Final = frozenset(
    "also too still even just only really please again always ever never not now often then there here out back long"
    " much many more most often happens happen do doing done mean means work works".split()
)
_WITHOUT_A_NOUN: Final = (
    ASKING | AUXILIARIES | PREPOSITIONS | DETERMINERS | PEOPLE | _OPENS_A_CLAUSE | _LIGHT | _PRONOUNS | _DEMONSTRATIVES
)
_SHOWING: Final = frozenset("show see get have use give do".split())
_SEPARATED: Final = frozenset("off on up down out back again".split())
"""Of verbs that take their object in between: "turn that off"."""
_STANDS_FOR_A_NOUN: Final = frozenset(
    "also too possible allowed safe free required necessary available enough okay ok correct right true normal"
    " supported work works happen happens mean means apply applies cost costs take takes expire fail stop help last"
    " matter need needs require affect include change count go instead again automatically manually".split()
)
_NEGATIONS: Final = frozenset("not no never cannot nothing".split())
_JUDGING: Final = frozenset("is was works worked helped helps makes did looks sounds seems".split())
_REMARKING: Final = frozenset(
    "got get see did made found tried solved fixed understood understand forget love like know works worked makes"
    " that's it's this's done".split()
)
_CROWDED: Final = 4
_IMPERSONAL: Final = re.compile(
    r"\bit\b(?:['\u2019]s)?(?:\s+(?:is|was|would|will|be|been|also|still|even|really|ever|not|already|too|so|very|generally"
    r"|usually))*\s+(?:possible|impossible|okay|ok|fine|good|bad|safe|better|best|worth|wise|necessary|important|essential"
    r"|true|likely|normal|common|allowed|mandatory|required|recommended|advisable|appropriate|hard|easy|difficult|late"
    r"|enough|legal|illegal|useful|sensible|more|less|a\s+good\s+idea|a\s+problem|takes?|costs?|matters?|makes?\s+sense"
    r"|seems?|looks?|rains?|snows?)\b(?=.*\b(?:to|that|if|whether|when|\w{2,}ing)\b|\s*$)|\bit\s+(?:rain|snow)s?\b",
    re.IGNORECASE,
)
_NOT_IMPERSONAL: Final = re.compile(r"\b(?:takes?|costs?|possible|allowed|safe|required|necessary|free|worth)\W*$")

Place = Literal["object", "subject", "possessive", "action"]


class Message(NamedTuple):
    """A message taken apart. ``opening`` says how it joins on to what came before: "and", "what about", or not at all.

    ``body`` is the rest, without closing marks; ``words`` are those of the body in lower case. ``clauses`` has the
    numbers of the words that begin a clause.
    """

    opening: str
    body: str
    words: tuple[str, ...]
    clauses: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Message":
        rest = " ".join(text.split())
        if found := _INTERJECTIONS.match(rest):
            rest = rest[found.end() :]
        start = rest
        for pattern in (_CONJUNCTION, _OPENING):
            if found := pattern.match(rest):
                rest = rest[found.end() :]
        opening = start[: len(start) - len(rest)].strip(" ,:-").casefold()
        body = rest.strip(" ?!.,:;\u2026")
        return cls.whole(opening, body)

    @classmethod
    def whole(cls, opening: str, body: str) -> "Message":
        """A message whose opening is known."""
        words, clauses = words_of(body), []
        count = 0
        for part in _BETWEEN_CLAUSES.split(body):
            clauses.append(count)
            count += len(words_of(part))
        clauses += [at for at, word in enumerate(words) if at and word in _OPENS_A_CLAUSE | ASKING]
        return cls(opening, body, words, tuple(sorted(clauses)))

    @property
    def asks_by_itself(self) -> bool:
        """Whether its first word begins a question of its own."""
        return bool(self.words) and self.words[0] in ASKING | AUXILIARIES

    @property
    def asks_for_more(self) -> bool:
        """Whether it is nothing but "why?", "tell me more" and the like."""
        whole = f"{self.opening} {self.body}".strip()
        return _MORE.fullmatch(self.body) is not None or _MORE.fullmatch(whole) is not None

    @property
    def is_remark(self) -> bool:
        """Whether it says how the speaker fared: "got it", "that helped". Nothing is asked, unless it went wrong."""
        words = self.words[1:] if self.words[:1] in (("i",), ("we",), ("i've",), ("you",)) else self.words
        if any(word in _NEGATIONS or word.endswith("n't") for word in words):
            return False
        judged = words[:1] != () and words[0] in _DEMONSTRATIVES | {"it"} and words[1:2] != () and words[1] in _JUDGING
        return judged or (words[:1] != () and words[0] in _REMARKING)


class Pronoun(NamedTuple):
    """A pronoun whose noun stands outside of its message: its place in the words, and the part that it plays."""

    at: int
    place: Place


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, hyphens and apostrophes inside them kept."""
    return tuple(_WORD.findall(text.casefold().replace("\u2019", "'")))


def pronoun_of(message: Message) -> Pronoun | None:
    """The first pronoun of a message that nothing in it explains."""
    for index, word in enumerate(message.words):
        place = _place(message, index, word)
        if place is not None and not _explained(message, index, place):
            return Pronoun(index, place)
    return None


def _place(message: Message, index: int, word: str) -> Place | None:
    words = message.words
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if word in _DEMONSTRATIVES or word in ("same", "so"):
        return _demonstrative(words, index, before, after)
    if word == "one":
        stands = (not after or after in PREPOSITIONS) and before not in DETERMINERS | _DEMONSTRATIVES | ASKING
        return "object" if stands and index and before not in AUXILIARIES | PREPOSITIONS else None
    if word not in _PRONOUNS or (word == "it" and _is_impersonal(message.body)):
        return None
    if word in ("its", "their"):
        return "possessive"
    if word == "it" and before in ("do", "doing", "did"):
        return "action"
    return "object" if index and before not in AUXILIARIES | _OPENS_A_CLAUSE | ASKING else "subject"


def _demonstrative(words: tuple[str, ...], index: int, before: str, after: str) -> Place | None:
    """This and that as pronouns; not before a noun, and not where "that" opens a clause."""
    ends = not after or after in PREPOSITIONS | AUXILIARIES | {"too", "again", "and", "or", "if", "when"}
    if before in ("do", "doing", "did", "done") and ends:
        return "action"
    if words[index] == "same":
        return "action" if before == "the" and words[index - 2 : index - 1] in (("do",), ("doing",)) and ends else None
    if words[index] == "so":
        return None
    if before in AUXILIARIES - {"do"} or not index:
        # "Is that safe?" has a pronoun, "Is that service available?" a noun.
        alone = len(words) - index <= 2 and after not in PREPOSITIONS
        return "subject" if ends or after in _STANDS_FOR_A_NOUN or alone else None
    if before in PREPOSITIONS and ends:
        return "object"
    shown = before in _SHOWING and after in PREPOSITIONS
    return "object" if shown or not after or after in _SEPARATED else None


def _is_impersonal(body: str) -> bool:
    found = _IMPERSONAL.search(body)
    return found is not None and not (found.end() >= len(body) and _NOT_IMPERSONAL.search(body.casefold()))


def _explained(message: Message, index: int, place: Place) -> bool:
    """Whether something before the pronoun may be what it means."""
    words = message.words
    starts = [at for at in message.clauses if at <= index]
    clause = words[starts[-1] : index]
    if place == "possessive" and _nouns(clause):
        return True
    if len([word for word in clause if word not in _WITHOUT_A_NOUN]) >= _CROWDED:
        # Participles and infinitives hide clauses: "features of genes thought to make them resistant".
        return True
    return any(_nouns(words[start:end]) for start, end in itertools.pairwise(starts))


def _nouns(words: tuple[str, ...]) -> tuple[str, ...]:
    """What may be nouns among the words of a clause: what an article or a preposition announces, else the words that
    carry meaning, but for the first one, which is the verb of "how do I …"."""
    meaning = [(at, word) for at, word in enumerate(words) if word not in _WITHOUT_A_NOUN]
    announced = tuple(word for at, word in meaning if at and words[at - 1] in DETERMINERS | PREPOSITIONS)
    return announced or tuple(word for _, word in meaning[1:])
