"""What is not so: a question for it is not answered by what is."""

import re
from typing import Final

_NEGATIVE: Final = re.compile(
    r"\b(?:not|no|never|without|none|neither|nor|cannot|except|excluded|nicht|kein\w{0,2}|ohne|nie|sans|jamais|sin|nunca|senza"
    r"|não|sem|niet|geen|zonder|bez)\b|n['\u2019]t\b"
)
_MAX_TEXT: Final = 1_000


def is_negative(text: str) -> bool:
    return _NEGATIVE.search(text[:_MAX_TEXT].casefold()) is not None
