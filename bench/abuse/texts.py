"""Messages and bodies that cost more to read than to send."""

import json
from typing import Any, Final
from uuid import uuid4

from bench.abuse.attack import Recipe, posting

_LONGEST: Final = 8_000


def _filled(unit: str) -> str:
    return (unit * (_LONGEST // len(unit) + 1))[:_LONGEST]


_DATES: Final = _filled("what was the request volume on 3 March 2024, since last Tuesday and 5 days ago? ")
_COUNTS: Final = _filled("how many ")
_LIGATURES: Final = "\ufdfa" * _LONGEST
_DIGITS: Final = _filled("00 1 ")
_PHONES: Final = _filled("call +41 44 668 18 00 or ")
_MARKS: Final = _filled("a\u0301\u0302\u0303\u0304\u200b")
_PRONOUNS: Final = _filled("and how do I do it with that one, and then what about it? ")
_MARKUP: Final = _filled("[a](b) **c** `d` <e> | f |\n")


def _chat(name: str, message: str, at_once: int = 2) -> Recipe:
    return Recipe(name, posting("/v1/chat", lambda: {"message": message}), at_once)


def _histories() -> dict[str, Any]:
    said = [{"role": "user", "content": _PRONOUNS[:2_000]} for _ in range(40)]
    return {"messages": [*said, {"role": "user", "content": "and how do I undo it?"}]}


_EMPTY_VALUES: Final = json.dumps(
    {"query": "keys", "filters": {"tags": [""] * 240_000}}, separators=(",", ":")
).encode()
_NUMBERS: Final = json.dumps({"messages": [0] * 500_000}, separators=(",", ":")).encode()
_KEYS: Final = json.dumps({"message": "a", "metadata": {f"key{n}": n for n in range(40_000)}}).encode()
_NESTED: Final = b'{"message": "a", "metadata": {"a": ' + b"[" * 400_000 + b"]" * 400_000 + b"}}"

TEXTS: Final = (
    _chat("a message of dates", _DATES, 4),
    _chat("how many, how many", _COUNTS),
    _chat("ligatures that unfold to eighteen letters", _LIGATURES),
    _chat("digits and blanks", _DIGITS),
    _chat("telephone numbers", _PHONES),
    _chat("marks upon marks", _MARKS),
    _chat("markup without end", _MARKUP),
    Recipe("long conversations", posting("/v1/chat", _histories)),
    Recipe("plain questions, many", posting("/v1/chat", lambda: {"message": "How do I rotate an API key?"}), 24),
    Recipe(
        "questions that wait for no answer",
        posting("/v1/chat", lambda: {"message": f"How do I rotate {uuid4()}?"}, {"Prefer": "respond-async"}),
        8,
    ),
    Recipe("long searches", posting("/v1/search", lambda: {"query": _PRONOUNS[:1_000], "top_k": 50}), 4),
    Recipe("a filter of empty values", posting("/v1/search", _EMPTY_VALUES)),
    Recipe("a list of numbers for messages", posting("/v1/chat", _NUMBERS)),
    Recipe("forty thousand keys", posting("/v1/chat", _KEYS)),
    Recipe("brackets", posting("/v1/chat", _NESTED)),
)
