"""Follow-up questions: what "and for sandbox?" asks, told from the turns before it. Rules for English, no model.

A message that stands by itself is left as it is. One that does not is written out as a question that does, from the
last turn that asked something; that question is what is screened, searched and recorded, so the next follow-up builds
on it. What cannot be told is left as it was said: a wrong guess would be answered with confidence.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from domain.answers.answer import Intent, Outcome
from domain.answers.items import with_item
from domain.base import Value
from domain.packs.ports import TimeframeReader
from domain.packs.tool import ToolDef
from domain.packs.tool_arguments import Moment
from domain.packs.tool_selection import select
from domain.questions import intent
from domain.questions.figure_slots import SlotReader, Slots
from domain.questions.follow_up_topic import is_bare, is_fragment, of_documents
from domain.questions.intent import Classification
from domain.questions.ordinals import item_asked
from domain.questions.pronouns import AUXILIARIES, DETERMINERS, PREPOSITIONS, Message, pronoun_of
from domain.questions.topic import Topic, detail_of

VERSION: Final = "follow-up-2"
MAX_TURNS: Final = 6
"""How far back the turn may be that a follow-up continues; greetings and thanks stand between."""
MAX_CHARACTERS: Final = 2_000
"""How much of those turns is read."""
_MAX_MESSAGE_CHARACTERS: Final = 200
_MAX_QUESTION_CHARACTERS: Final = 400
_MAX_SHORT_WORDS: Final = 6
_JOINING: Final = (
    PREPOSITIONS
    | DETERMINERS
    | frozenset(
        "and or but about please instead again too also only just now same then s it that this them those these me one"
        " there show give see figure figures number numbers value values data".split()
    )
)
_ASKING_FOR_FIGURES: Final = (
    _JOINING | AUXILIARIES | frozenset("what how many much which it its they i we you tell get got look looks".split())
)
_OF_ACCESS: Final = frozenset("packs pack tools tool roles role permissions permission access rights".split())
_NO_QUESTION: Final = frozenset({Intent.SMALL_TALK, Intent.HAND_OFF})

Kind = Literal["figures", "topic", "access"]


class PastTurn(Value):
    """A turn of the same conversation: its question as it was understood, and how it ended.

    One that only the client keeps has no ``turn_id``, and its place among the user's messages as ``sequence``.
    """

    sequence: int
    turn_id: str
    question: str
    outcome: Outcome
    intents: tuple[Intent, ...] = ()


class FollowUp(Value):
    """``question`` stands by itself and means what the message meant behind ``past``."""

    question: str
    kind: Kind
    rule: str
    past: PastTurn

    def read(self, figures: Sequence[str]) -> Classification:
        """The intents of the question; that it is for figures is known already, whatever their names are."""
        if self.kind == "figures":
            return Classification(
                intents=(Intent.STATS,), rules=("follow_up",), how_to=self.question, figures=self.question
            )
        return intent.classify(self.question, figures)


def may_follow(text: str) -> bool:
    """Whether a message could need the turns before it: cheap, and rather once too often."""
    if len(text) > _MAX_MESSAGE_CHARACTERS or detail_of(text):
        # What its own brackets say is what it points at.
        return False
    message = Message.of(text)
    return bool(
        item_asked(text)
        or message.opening
        or message.asks_for_more
        or pronoun_of(message)
        or is_bare(message)
        or (message.words and len(message.words) <= _MAX_SHORT_WORDS and not message.asks_by_itself)
    )


def within_budget(said: Sequence[str]) -> tuple[str, ...]:
    """The last of a user's messages, oldest first, as far back as a follow-up may look."""
    kept: list[str] = []
    left = MAX_CHARACTERS
    for message in reversed(said[-MAX_TURNS:]):
        left -= len(message)
        if left < 0:
            break
        kept.insert(0, message)
    return tuple(kept)


class FollowUps:
    """Resolves messages against the turns before them. Deterministic: the same input gives the same question."""

    def __init__(self, timeframes: TimeframeReader) -> None:
        self._timeframes = timeframes

    def resolve(self, text: str, past: Sequence[PastTurn], tools: Sequence[ToolDef], moment: Moment) -> FollowUp | None:
        """What ``text`` asks behind ``past`` (newest first); None where it stands by itself or cannot be told.

        ``tools`` are those that the asker may use now: figures of others are not inherited.
        """
        if (item := item_asked(text)) is not None:
            return _of_list(item, past)
        message = Message.of(text)
        if not may_follow(text) or _has_another_purpose(text) or ("?" not in text and message.is_remark):
            return None
        if not message.opening and pronoun_of(message) is None and select(message.body, tools):
            # A figure by its name, joined on to nothing.
            return None
        slots = SlotReader(tools, self._timeframes, moment)
        names = [name for tool in tools for name in tool.metrics]
        # A figure or a time is asked of figures, whatever was asked of the documents since.
        for_figures = bool(message.opening) and slots.names_figure_or_time(message.body)
        for turn in _usable(past):
            intents = _intents(turn, names)
            if _NO_QUESTION.issuperset(intents) or (for_figures and Intent.STATS not in intents):
                continue
            found = self._continue(message, turn, intent.classify(turn.question, names), intents, slots)
            fits = found is not None and len(found.question) <= _MAX_QUESTION_CHARACTERS and _standing(found.question)
            return found if fits else None
        return None

    def retold(self, said: Sequence[str], tools: Sequence[ToolDef], moment: Moment) -> tuple[PastTurn, ...]:
        """The turns of a conversation that a client keeps, newest first, from the user's messages, oldest first.

        How they ended is not known here; that a denied one stays denied is seen to by what is asked now.
        """
        past: tuple[PastTurn, ...] = ()
        for place, message in enumerate(said, start=1):
            found = self.resolve(message, past, tools, moment)
            question = found.question if found else message
            past = (PastTurn(sequence=place, turn_id="", question=question, outcome=Outcome.ANSWERED), *past)
        return past

    def _continue(
        self, message: Message, turn: PastTurn, read: Classification, intents: tuple[Intent, ...], slots: SlotReader
    ) -> FollowUp | None:
        asked = slots.asked(read.figures) if Intent.STATS in intents else None
        if asked is not None:
            told = _figures(message, asked, slots)
            if told is not None:
                return FollowUp(question=told[1], kind="figures", rule=told[0], past=turn)
            if Intent.HOW_TO not in intents:
                return _about_figures(message, asked, turn)
        if Intent.ACCESS in intents and message.opening and _OF_ACCESS & set(message.words):
            noun = next(word for word in message.words if word in _OF_ACCESS)
            return FollowUp(question=f"Which {noun} do I have?", kind="access", rule="access", past=turn)
        if Intent.HOW_TO not in intents:
            return None
        told = of_documents(message, Topic.of(read.how_to), slots)
        return FollowUp(question=told[1], kind="topic", rule=told[0], past=turn) if told else None


def _of_list(item: int, past: Sequence[PastTurn]) -> FollowUp | None:
    """One item of what the last turn about documents listed."""
    for turn in _usable(past):
        intents = _intents(turn, ())
        if Intent.HOW_TO in intents:
            return FollowUp(question=with_item(turn.question, item), kind="topic", rule="item", past=turn)
        if not _NO_QUESTION.issuperset(intents):
            return None
    return None


def _usable(past: Sequence[PastTurn]) -> Iterable[PastTurn]:
    """The turns that may be continued, newest first, within the budget.

    Nothing is continued that was denied, nor what was said before it: a follow-up of a denied question must not become
    one of another. A question that was never understood itself tells nothing.
    """
    left = MAX_CHARACTERS
    for turn in past[:MAX_TURNS]:
        left -= len(turn.question)
        if turn.outcome is Outcome.DENIED or left < 0:
            return
        if (standing := _standing(turn.question)) is not None:
            yield turn.model_copy(update={"question": standing})


def _standing(question: str) -> str | None:
    """What a question is about, if that is told. Of one that still points back, what was added to it in brackets."""
    if question.strip() and not _is_open(question):
        return question
    return detail_of(question) or None


def _is_open(question: str) -> bool:
    message = Message.of(question)
    return bool(message.asks_for_more or pronoun_of(message) or is_bare(message) or is_fragment(message))


def _intents(turn: PastTurn, names: Sequence[str]) -> tuple[Intent, ...]:
    known = tuple(one for one in turn.intents if one is not Intent.UNKNOWN)
    return known or intent.classify(turn.question, names).intents


def _has_another_purpose(text: str) -> bool:
    """Greetings, thanks, calls for a person and questions about one's own rights are whole as they are."""
    return not {Intent.SMALL_TALK, Intent.HAND_OFF, Intent.ACCESS}.isdisjoint(intent.classify(text).intents)


def _figures(message: Message, asked: Slots, slots: SlotReader) -> tuple[str, str] | None:
    """(rule, question) of a message that names other figures, values or times for what was asked before."""
    named = slots.named(message.body, asked)
    if not named.names_something:
        return None
    pronoun = pronoun_of(message)
    asks_of_it = pronoun is not None and _asks_of_figures(message)
    allowed = _ASKING_FOR_FIGURES if named.figures or asks_of_it else _JOINING
    if not allowed.issuperset(named.unread):
        return None
    changed = asked.changed_by(named)
    if changed is None:
        return None
    rule = "other_figures" if named.figures else "other_values"
    return rule, slots.written(changed)


def _asks_of_figures(message: Message) -> bool:
    """What was it, can you show that, is it the same: of the things that tools are asked for."""
    words = message.words
    return words[0] in ("what", "how", "show") or words[1:2] == ("you",) or "same" in words


def _about_figures(message: Message, asked: Slots, turn: PastTurn) -> FollowUp | None:
    """How to change a figure: "how do I reduce it?"."""
    pronoun = pronoun_of(message)
    asks_of_it = pronoun is not None and pronoun.place == "object" and not message.opening
    if pronoun is None or not asks_of_it or message.words[:3] not in _HOW_TO_CHANGE or len(asked.figures) != 1:
        return None
    topic = Topic(base=asked.figures[0], action="", thing=f"the {asked.figures[0]}")
    return FollowUp(question=topic.put_for(pronoun, message), kind="topic", rule="pronoun", past=turn)


_HOW_TO_CHANGE: Final = (("how", "do", "i"), ("how", "can", "i"), ("how", "do", "we"), ("how", "can", "we"))
