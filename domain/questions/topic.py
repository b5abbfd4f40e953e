"""What a how-to question is about: the action that it asks for, and the thing that is acted on."""

import re
from typing import Final, NamedTuple

from domain.questions.pronouns import ASKING, AUXILIARIES, DETERMINERS, PEOPLE, PREPOSITIONS, Message, Pronoun, words_of

_DETAIL: Final = re.compile(r"(?<!\s)\s*\(([^()]*)\)(?=\W{0,100}$)")
_ASKS_FOR_AN_ACTION: Final = re.compile(
    r"(?:(?:what(?:['\u2019]s| is) the (?:best |right |easiest )?way|what are the steps|is it possible|steps|guide) to"
    r"|how to|(?:(?:how|where|when|why) )?(?:do|can|could|should|would|must|may|might) (?:i|we|you|one|somebody|someone"
    r"|people|customers|users|members|admins)|(?:please )?(?:show|tell|explain)(?: me)? how (?:to|i can|do i))\s+"
    r"(?:(?:also|best|then|now|safely|quickly|actually)\s+)*(?!do\b)(?P<action>.+)",
    re.IGNORECASE,
)
_ASKS_WHAT_IT_IS: Final = re.compile(
    r"(?:what|who|where)(?:['\u2019]s| is| are| was| were)\s+(?P<thing>.+)"
    r"|(?:what|how|why|when|where) (?:does|do|did|is|are|was|were|has|have)\s+(?P<does>.+?)\s+[^\W_]+"
    r"(?:\s+(?:like|for|on))?",
    re.IGNORECASE,
)
_COUNTS: Final = re.compile(
    r"(?:how (?:many|much)|which|what) (?P<counted>[^\W_]+(?: [^\W_]+)?) (?:do|does|did|is|are|was|were|can|could|may"
    r"|should|must|will|would|have|has)\b.*",
    re.IGNORECASE,
)
_PARTICLES: Final = frozenset("up down on off in out over away back".split())
_ENDS_A_THING: Final = (
    (PREPOSITIONS - {"of", "like"})
    | AUXILIARIES
    | ASKING
    | frozenset("and or but if while because so then that only again too".split())
)
_MAX_WORDS: Final = 8
_TOKEN: Final = re.compile(r"\S+")


def detail_of(question: str) -> str:
    """What an earlier follow-up added to a question in brackets; empty if nothing."""
    found = _DETAIL.search(question)
    return found[1] if found else ""


class Topic(NamedTuple):
    """``base`` is the question without the detail that an earlier follow-up added in brackets, and without its mark.

    ``action`` is empty where none is asked for; ``thing`` where none could be found.
    """

    base: str
    action: str
    thing: str
    is_plain: bool = False
    """Whether the question is of a form that stays one when another thing is asked for."""

    @classmethod
    def of(cls, question: str) -> "Topic":
        base = _DETAIL.sub("", " ".join(question.split())).strip(" ?!.,:;\u2026")
        body = Message.of(base).body
        if found := _ASKS_FOR_AN_ACTION.match(body):
            action = found["action"]
            return cls(base, action, _thing(_object(action)), is_plain=True)
        if found := _COUNTS.fullmatch(body):
            return cls(base, "", _thing(_determined(body)) or found["counted"])
        if found := _ASKS_WHAT_IT_IS.fullmatch(body):
            return cls(base, "", _thing((found["thing"] or found["does"]).split()), is_plain=True)
        first, *rest = body.split() or [""]
        if rest and words_of(rest[0])[:1] and words_of(rest[0])[0] in DETERMINERS and first.casefold() not in ASKING:
            # "Rotate an API key": an order.
            return cls(base, body, _thing(rest), is_plain=True)
        return cls(base, "", _thing(_determined(body) or body.split()))

    def with_detail(self, detail: str) -> str:
        """The question, narrowed or changed by ``detail``."""
        return f"{_capital(self.base)} ({detail})?"

    def with_other_thing(self, other: str) -> str | None:
        """The question about another thing than this one; None where the thing cannot be told apart in it."""
        before, found, after = self.base.partition(self.thing)
        if not self.is_plain or not found or self.thing.split()[0].casefold() not in DETERMINERS:
            return None
        return f"{before}{other}{after}?"

    def named_by(self, pronoun: Pronoun, message: Message) -> str:
        """The body of a message such as "the old one", with the name of the thing: "the old API key"."""
        tokens = message.body.split()
        first, _, rest = self.thing.partition(" ")
        tokens[_token_of(tokens, pronoun.at)] = rest if rest and first.casefold() in DETERMINERS else self.thing
        return " ".join(tokens)

    def put_for(self, pronoun: Pronoun, message: Message) -> str:
        """``message`` with the topic in the place of its pronoun; in brackets where English would need other forms."""
        meant = (self.action or self.thing) if pronoun.place == "action" else self.thing
        tokens = [match.group() for match in _TOKEN.finditer(message.body)]
        at = _token_of(tokens, pronoun.at)
        fits = pronoun.place == "object" or (pronoun.place == "subject" and not _MEANS_THE_ACT.search(message.body))
        if fits and meant and tokens[at].casefold() in _REPLACEABLE:
            tokens[at] = _plural(meant) if tokens[at].casefold() in _SEVERAL else meant
            return f"{_capital(' '.join(tokens))}?"
        if pronoun.place == "action" and self.action and at and tokens[at - 1].casefold() == "do":
            tokens[at - 1 : at + 1] = [self.action]
            return f"{_capital(' '.join(tokens))}?"
        return f"{_capital(message.body)} ({self.action or meant or self.base})?"


_REPLACEABLE: Final = frozenset({"it", "they", "them", "this", "that", "these", "those", "one"})
_SEVERAL: Final = frozenset({"they", "them", "these", "those"})
_MEANS_THE_ACT: Final = re.compile(
    r"\b(?:that|this)\b|\bit\b.*\b(?:takes?|possible|costs?|happens?|done|required|necessary|automatically)\b",
    re.IGNORECASE,
)


def _token_of(tokens: list[str], index: int) -> int:
    """The token that holds the word with this number."""
    seen = -1
    for at, token in enumerate(tokens):
        seen += len(words_of(token))
        if seen >= index:
            return at
    return len(tokens) - 1


def _object(action: str) -> list[str]:
    """The words behind the verb of an action and its particle; none if a preposition stands between."""
    words = action.split()
    determined = _determined(action)
    rest = words[1:]
    while len(rest) > 1 and rest[0].casefold() in _PARTICLES:
        rest = rest[1:]
    if rest and rest[0].casefold() in PREPOSITIONS:
        return []
    return determined if determined and rest and rest[0].casefold() in ("and", "or") else rest


def _determined(text: str) -> list[str]:
    """From the first article or possessive on."""
    words = text.split()
    for at, word in enumerate(words):
        if word.casefold() in DETERMINERS and at + 1 < len(words):
            return words[at:]
    return []


def _thing(words: list[str]) -> str:
    kept: list[str] = []
    for word in words[:_MAX_WORDS]:
        bare = words_of(word)
        if kept and bare and bare[0] in _ENDS_A_THING:
            break
        kept.append(word)
        if word.endswith((",", ";", ":", ".")):
            break
    thing = " ".join(kept).strip(" ,;:.?!")
    return "" if thing.casefold() in PEOPLE | _REPLACEABLE else thing


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plural(thing: str) -> str:
    """Several of a thing that was spoken of as one: "a team member" are "team members"."""
    first, _, rest = thing.partition(" ")
    if first.casefold() not in ("a", "an") or not rest.isascii() or " of " in rest:
        return thing
    if re.search(r"(?:s|x|ch|sh)$", rest):
        return f"{rest}es"
    return f"{rest[:-1]}ies" if re.search(r"[^aeiou]y$", rest) else f"{rest}s"
