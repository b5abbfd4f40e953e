"""Whether a text tries to give the assistant orders: what a user writes, what a document says, what a tool returns.

Rules only, so that the same text is always judged alike and a history can name the rule. They see through folding and
through one layer of base64 or hexadecimal digits. Nothing here makes a text safe to obey: documents and tool results
are quoted and never executed, so a miss is a bad quotation and not an action.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from domain.base import Value
from domain.guardrails.hostile_code import IN_CODE
from domain.guardrails.injection_in_documents import IN_DOCUMENTS
from domain.guardrails.injection_in_languages import ASKED, LEAVE_RULES
from domain.guardrails.injection_in_messages import IN_MESSAGES, WITH_NAMES
from domain.guardrails.injection_patterns import EVERYWHERE
from domain.guardrails.injection_rules import Group
from domain.policy.rules import Screening
from domain.text.folding import normalise, skeleton

Groups = tuple[Group, ...]

VERSION: Final = "injection-2"
DENIAL: Final = "This message asks the assistant to leave its rules or to tell what it must not, so it is not answered."
WITHHELD: Final = "withheld"
"""What stands in the place of a text that tries to give orders."""
_ENCODED: Final = re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/]{24,4000}={0,2}|(?:[0-9a-fA-F]{2} ?){12,2000})(?![\w+/=])")
_MOST_ENCODED: Final = 8


class Suspicion(Value):
    """``rule_id`` is injection/RULE."""

    rule_id: str


_OF_MESSAGES: Final = (*EVERYWHERE, *IN_MESSAGES)
_OF_DOCUMENTS: Final = (*EVERYWHERE, *IN_DOCUMENTS)
_OF_MESSAGES_IN_LANGUAGES: Final = (*LEAVE_RULES, *ASKED)


def screen_message(text: str) -> Suspicion | None:
    """The first rule that a user's message breaks."""
    return _first(text, _OF_MESSAGES, _OF_MESSAGES_IN_LANGUAGES, WITH_NAMES)


def screen_content(text: str, screening: Screening = Screening.STANDARD) -> Suspicion | None:
    """The first rule that a passage, or a text from a tool, breaks."""
    found = _first(_on_one_line(text), _OF_DOCUMENTS, LEAVE_RULES) or _first(text, EVERYWHERE) or _hostile_code(text)
    if found is None and screening is Screening.STRICT:
        return _first(text, IN_MESSAGES, ASKED, WITH_NAMES)
    return found


def _hostile_code(text: str) -> Suspicion | None:
    rule = _matching(normalise(text), IN_CODE)
    return _suspicion(rule) if rule else None


def _on_one_line(text: str) -> str:
    """Lines with bars between them: rules that look for the beginning of a sentence find that of a line too."""
    return " | ".join(line for each in text.split("\n") if (line := each.strip()))


def _first(text: str, rules: Groups, in_languages: Groups = (), with_names: Groups = ()) -> Suspicion | None:
    """``rules`` are of folded text and its look-alikes, ``in_languages`` of folded text alone, ``with_names`` of the
    text as it is."""
    plain = normalise(text)
    looks_like = skeleton(text)
    for spelled in (plain,) if plain == looks_like else (plain, looks_like):
        if rule := _matching(spelled, rules):
            return _suspicion(rule)
    if rule := _matching(plain, in_languages) or _matching(text, with_names):
        return _suspicion(rule)
    for decoded in _decoded(text):
        if _matching(normalise(decoded), rules):
            return _suspicion("encoded")
    return None


def _suspicion(rule: str) -> Suspicion:
    return Suspicion(rule_id=f"injection/{rule}")


def _matching(text: str, rules: Groups) -> str | None:
    return next((one.rule for one in rules if one.matches(text)), None)


def _decoded(text: str) -> Iterator[str]:
    """What the first encoded runs say, where they say anything in letters."""
    for number, match in enumerate(_ENCODED.finditer(text)):
        if number == _MOST_ENCODED:
            return
        run = match.group().replace(" ", "")
        for decode in (bytes.fromhex, base64.b64decode):
            try:
                yield decode(run).decode("utf-8")
            except (ValueError, binascii.Error):
                continue
