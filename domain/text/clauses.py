"""The clauses of a message: steps and figures may be asked for in one message, each in words of its own."""

import re
from typing import Final

_JOINED: Final = r"(?:and|also|plus|but|then)"
_ASKS_ANEW: Final = (
    r"(?:how|what|which|when|where|why|who|show|tell|give|list|explain|can|could|do|does|is|are|my|rotate|configure"
    r"|create|enable|install|(?:the )?(?:request|error|failure) (?:volume|count|rate)|(?:the )?p\d\d)"
)
_BREAK: Final = re.compile(
    rf"(?<=[?!]) |(?<=\w[.]) (?=(?-i:[A-Z]))|;|\n|,? {_JOINED} (?=(?:(?:{_JOINED}|please) ){{0,3}}{_ASKS_ANEW}\b)",
    re.IGNORECASE,
)
_MOST: Final = 16


def clauses_of(message: str) -> tuple[str, ...]:
    """The clauses in order; one that asks for nothing new ("and for sandbox") stays with the one before it.

    White space is single in them: that keeps the expression linear in the length of a message. The last of many holds
    all the rest.
    """
    lines = "\n".join(" ".join(line.split()) for line in message.splitlines())
    return tuple(clause.strip() for clause in _BREAK.split(lines, maxsplit=_MOST - 1) if clause.strip())
