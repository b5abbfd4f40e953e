"""What a follow-up asks of the documents: its pronoun, or what it adds, put into the question before."""

from typing import Final

from domain.questions.figure_slots import SlotReader
from domain.questions.pronouns import ASKING, AUXILIARIES, DETERMINERS, PREPOSITIONS, Message, Pronoun, pronoun_of
from domain.questions.topic import Topic

_MAX_FRAGMENT_WORDS: Final = 8
_MAX_BARE_WORDS: Final = 6
_ORDERS: Final = frozenset("rotate configure create enable install explain show list set add give tell help".split())


def of_documents(message: Message, topic: Topic, slots: SlotReader) -> tuple[str, str] | None:
    """(rule, question) of a message about what was asked of the documents before; None if it is not about that."""
    if message.asks_for_more:
        return "asks_for_more", topic.with_detail(message.body.casefold() or message.opening)
    if len(message.words) > 1 and (pronoun := pronoun_of(message)) is not None:
        if not message.opening or message.words[0] not in DETERMINERS:
            return _of_what_it_means(message, pronoun, topic)
        # "What about the old one?"
        message = Message.whole(message.opening, topic.named_by(pronoun, message))
    if not is_fragment(message) and not is_bare(message):
        return None
    if _names_things(message) and not slots.knows_value(message.body):
        # "What about invoices?" asks the same of another thing, "what about python?" and "by CLI?" narrow the question:
        # of eighteen such questions fifteen found their document that way, eight with all words kept.
        other = topic.with_other_thing(message.body)
        if other is not None:
            return "other_thing", other
    return "detail", topic.with_detail(message.body)


def _of_what_it_means(message: Message, pronoun: Pronoun, topic: Topic) -> tuple[str, str]:
    if topic.action and pronoun.place == "object" and is_fragment(message):
        asked = Message.whole("", f"how do I {message.body}")
        return "action_on_it", topic.put_for(pronoun._replace(at=pronoun.at + 3), asked)
    return "pronoun", topic.put_for(pronoun, message)


def _names_things(message: Message) -> bool:
    """Whether a fragment names something that an action can be done to."""
    first, last = message.words[0], message.words[-1]
    return first not in PREPOSITIONS and (first in DETERMINERS or last.endswith("s"))


def is_fragment(message: Message) -> bool:
    """Joined on to what came before, and without a question of its own."""
    return bool(message.opening and message.words) and _has_no_question(message, _MAX_FRAGMENT_WORDS)


def is_bare(message: Message) -> bool:
    """A phrase such as "in the console?", not joined on by anything."""
    words = message.words
    asks = not (ASKING | AUXILIARIES).isdisjoint(words)
    return words[:1] != () and words[0] in PREPOSITIONS and not asks and _has_no_question(message, _MAX_BARE_WORDS)


def _has_no_question(message: Message, most: int) -> bool:
    words = message.words
    return len(words) <= most and not message.asks_by_itself and not _is_order(words)


def _is_order(words: tuple[str, ...]) -> bool:
    """Whether they ask for an action on something named: "delete the webhook"."""
    own_object = len(words) > 1 and words[1] in DETERMINERS and words[0] not in PREPOSITIONS | DETERMINERS
    return own_object or (words[:1] != () and words[0] in _ORDERS)
